import type { Command } from "commander";
import { binCommand } from "../../jobs/bin/options.js";
import { maskCommand } from "../../jobs/mask/options.js";
import { simulateCommand } from "../../jobs/simulate/options.js";
import { type CommandEntry, entry } from "../command.js";
import { demo } from "./demo.js";
import { estimate } from "./estimate.js";
import { evaluate } from "./evaluate.js";
import { exportCommand } from "./export.js";
import { extract } from "./extract.js";
import { fsc } from "./fsc.js";
import { generate } from "./generate.js";
import { info } from "./info.js";
import { pick } from "./pick.js";
import { potential } from "./potential.js";
import { train } from "./train.js";

/** Every command whose options are declared in its job; its work is loaded when it runs. */
export const entries: readonly CommandEntry[] = [
  entry(binCommand, () => import("./bin.js")),
  entry(maskCommand, () => import("./mask.js")),
  entry(simulateCommand, () => import("./simulate.js")),
];

const work: readonly (() => Command)[] = [
  estimate,
  potential,
  ...entries.map(({ build }) => build),
  train,
  generate,
  extract,
  pick,
  evaluate,
  fsc,
  exportCommand,
  info,
];

/** Every command, in the order of the help. A command file imports its job when it runs, so that --help stays fast. */
export const commands: readonly (() => Command)[] = [demo(work), ...work];
