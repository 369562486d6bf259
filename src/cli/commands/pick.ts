import { Command } from "commander";
import { pickRun } from "./pick-run.js";

/** `cryogem pick …`: find particles, and score what was found. */
export function pick(): Command {
  return new Command("pick")
    .description("Find particles in micrographs: run a picker, and score picks.")
    .addCommand(pickRun());
}
