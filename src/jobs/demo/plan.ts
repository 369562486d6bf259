import { estimateCommand } from "../estimate/options.js";
import { realismCommand } from "../evaluate/options.js";
import { generateCommand } from "../generate/options.js";
import { potentialCommand } from "../potential/options.js";
import { resolveOptions } from "../shared/options/check.js";
import type { CommandSpec, OptionsOf, ResolvedOptions } from "../shared/options/option.js";
import { shellLine, wordsOf } from "../shared/options/words.js";
import { simulateCommand } from "../simulate/options.js";
import { trainCommand } from "../train/options.js";
import { type DemoOptions, demoOptions } from "./options.js";

/** The commands that the demo goes through. */
export const DEMO_COMMANDS = {
  estimate: estimateCommand,
  potential: potentialCommand,
  simulate: simulateCommand,
  train: trainCommand,
  generate: generateCommand,
  realism: realismCommand,
} as const;
export type DemoCommand = keyof typeof DEMO_COMMANDS;

/** One command of the demo with its options. */
export type DemoStage<Name extends DemoCommand = DemoCommand> = {
  [Each in Name]: {
    /** What the progress and the report call it. */
    readonly title: string;
    readonly command: Each;
    readonly options: OptionsOf<(typeof DEMO_COMMANDS)[Each]["options"]>;
  };
}[Name];

/** A demo decided. */
export interface DemoPlan extends ResolvedOptions<typeof demoOptions> {
  /** Folder of the bundled example: train/, held-out/, 2za7.pdb. */
  readonly example: string;
  readonly stages: readonly DemoStage[];
}

/** Noise without a network, beside which the demo's result is scored. */
export const DEMO_BASELINES = ["gaussian", "poisson-gaussian", "coloured-gaussian"] as const;

/**
 * The demo as a list of commands: everything it does can be repeated by hand. The specimens that are generated are not
 * those that the networks were trained on; the held-out micrographs appear in the last command alone.
 *
 * @throws OptionError for an option out of its range
 */
export function planDemo(given: DemoOptions, example: string): DemoPlan {
  const options = resolveOptions(demoOptions, given);
  const { out } = options;
  return {
    ...options,
    example,
    stages: [
      ...specimenStages(options, example),
      ...trainingStages(options, example),
      ...generationStages(options),
      {
        title: "Score against held-out real micrographs",
        command: "realism",
        options: {
          real: [`${example}/held-out`],
          pixelSize: 3,
          synthetic: [`${out}/synthetic`, ...DEMO_BASELINES.map((name) => `${out}/baselines/${name}`)],
          out: `${out}/scores`,
        },
      },
    ],
  };
}

type Asked = ResolvedOptions<typeof demoOptions>;

function specimenStages({ out, seed }: Asked, example: string): readonly DemoStage[] {
  const simulation = (title: string, count: number, ownSeed: number, folder: string): DemoStage => ({
    title,
    command: "simulate",
    options: {
      ...{ map: [`${out}/map.mrc`], estimates: `${out}/estimates`, size: [600, 620], count },
      ...{ collapseRatio: 0.9, clustering: 0.7, symmetry: "O", seed: ownSeed, out: `${out}/${folder}` },
    },
  });
  const otherSeed = seed === Number.MAX_SAFE_INTEGER ? 0 : seed + 1;
  return [
    {
      title: "Estimate CTF, ice and noise of the real micrographs",
      command: "estimate",
      options: {
        ...{ micrographs: [`${example}/train`], pixelSize: 3, voltage: 300, cs: 0 },
        ...{ particleDiameter: 130, out: `${out}/estimates` },
      },
    },
    {
      title: "Potential of PDB 2ZA7",
      command: "potential",
      options: { model: `${example}/2za7.pdb`, pixelSize: 3, box: 64, out: `${out}/map.mrc` },
    },
    simulation("Simulate micrographs to train on", 16, seed, "simulated"),
    simulation("Simulate other micrographs to translate", 24, otherSeed, "specimens"),
  ];
}

function trainingStages({ out, seed, steps, device }: Asked, example: string): readonly DemoStage[] {
  const data = {
    real: [`${example}/train`],
    simulated: `${out}/simulated`,
    estimates: `${out}/estimates`,
  };
  return [
    {
      title: "Train the translator",
      command: "train",
      options: {
        ...{ translator: "cryogem", ...data, preset: "fast", steps, device },
        ...{ seed, resume: true, out: `${out}/models/cryogem` },
      },
    },
    ...DEMO_BASELINES.map(
      (translator): DemoStage => ({
        title: `Measure ${translator} noise`,
        command: "train",
        options: { translator, ...data, seed, resume: true, out: `${out}/models/${translator}` },
      }),
    ),
  ];
}

function generationStages({ out, device }: Asked): readonly DemoStage[] {
  const simulated = `${out}/specimens`;
  return [
    {
      title: "Generate the synthetic dataset",
      command: "generate",
      options: { model: `${out}/models/cryogem`, simulated, device, out: `${out}/synthetic` },
    },
    ...DEMO_BASELINES.map(
      (translator): DemoStage => ({
        title: `Generate with ${translator} noise`,
        command: "generate",
        options: { model: `${out}/models/${translator}`, simulated, out: `${out}/baselines/${translator}` },
      }),
    ),
  ];
}

/** The words of a stage's command line, after `cryogem`. */
export const stageWords = <Name extends DemoCommand>({ command, options }: DemoStage<Name>) =>
  wordsOf(DEMO_COMMANDS[command] as CommandSpec, options);

/** A stage as it would be typed by hand. */
export const stageLine = (stage: DemoStage): string => shellLine(["cryogem", ...stageWords(stage)]);
