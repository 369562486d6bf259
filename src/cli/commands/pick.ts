import { Command } from "commander";
import { pickRun } from "./pick-run.js";
import { pickScore } from "./pick-score.js";
import { pickTrain } from "./pick-train.js";

/** `cryogem pick …`: learn to find particles, find them, and score what was found. */
export function pick(): Command {
  return new Command("pick")
    .description("Find particles in micrographs: train a picker, run one, score picks.")
    .addCommand(pickTrain())
    .addCommand(pickRun())
    .addCommand(pickScore());
}
