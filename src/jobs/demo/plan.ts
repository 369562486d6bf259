/** One command of the demo, as it would be typed by hand after `cryogem`. */
export interface DemoStage {
  /** What the progress and the report call it. */
  readonly title: string;
  readonly command: readonly [name: string, ...options: string[]];
}

export interface DemoOptions {
  /** Folder of the bundled example: train/, held-out/, 2za7.pdb. */
  readonly example: string;
  /** Folder to write everything into. */
  readonly out: string;
  readonly seed: number;
  /** Training steps; absent: the preset's. */
  readonly steps?: number;
  /** Where the networks are computed, as `train` and `generate` take it; absent: their default. */
  readonly device?: string;
}

/** Noise without a network, beside which the demo's result is scored. */
export const DEMO_BASELINES = ["gaussian", "poisson-gaussian", "coloured-gaussian"] as const;

/**
 * The demo as a list of commands: everything it does can be repeated by hand. The specimens that are generated are not
 * those that the networks were trained on; the held-out micrographs appear in the last command alone.
 */
export function planDemo({ example, out, seed, steps, device }: DemoOptions): readonly DemoStage[] {
  const at = (name: string): string => `${out}/${name}`;
  const real = `${example}/train`;
  const specimen = (title: string, count: number, ownSeed: number, folder: string): DemoStage => ({
    title,
    command: [
      "simulate",
      ...["--map", at("map.mrc"), "--estimates", at("estimates"), "--size", "620x600"],
      ...["--count", String(count), "--collapse-ratio", "0.9", "--clustering", "0.7"],
      ...["--symmetry", "O"],
      ...["--seed", String(ownSeed), "--out", folder],
    ],
  });
  const training = ["--real", real, "--simulated", at("simulated"), "--estimates", at("estimates")];
  const seeded = ["--seed", String(seed)];
  const onDevice = device === undefined ? [] : ["--device", device];
  return [
    {
      title: "Estimate CTF, ice and noise of the real micrographs",
      command: [
        "estimate",
        ...["--micrographs", real, "--pixel-size", "3", "--voltage", "300", "--cs", "0"],
        ...["--particle-diameter", "130", "--out", at("estimates")],
      ],
    },
    {
      title: "Potential of PDB 2ZA7",
      command: [
        "potential",
        ...["--model", `${example}/2za7.pdb`, "--pixel-size", "3", "--box", "64", "--out", at("map.mrc")],
      ],
    },
    specimen("Simulate micrographs to train on", 16, seed, at("simulated")),
    specimen("Simulate other micrographs to translate", 24, seed + 1, at("specimens")),
    {
      title: "Train the translator",
      command: [
        "train",
        ...["--translator", "cryogem", ...training, "--preset", "fast"],
        ...(steps === undefined ? [] : ["--steps", String(steps)]),
        ...onDevice,
        ...[...seeded, "--resume", "--out", at("models/cryogem")],
      ],
    },
    ...DEMO_BASELINES.map(
      (translator): DemoStage => ({
        title: `Measure ${translator} noise`,
        command: [
          "train",
          ...["--translator", translator, ...training, ...seeded, "--resume"],
          ...["--out", at(`models/${translator}`)],
        ],
      }),
    ),
    ...["cryogem", ...DEMO_BASELINES].map(
      (translator): DemoStage => ({
        title:
          translator === "cryogem" ? "Generate the synthetic dataset" : `Generate with ${translator} noise`,
        command: [
          "generate",
          ...["--model", at(`models/${translator}`), "--simulated", at("specimens")],
          ...(translator === "cryogem" ? onDevice : []),
          ...["--out", translator === "cryogem" ? at("synthetic") : at(`baselines/${translator}`)],
        ],
      }),
    ),
    {
      title: "Score against held-out real micrographs",
      command: [
        "evaluate",
        "realism",
        ...["--real", `${example}/held-out`, "--pixel-size", "3", "--synthetic", at("synthetic")],
        ...DEMO_BASELINES.map((translator) => at(`baselines/${translator}`)),
        ...["--out", at("scores")],
      ],
    },
  ];
}

/** A command as a shell takes it. */
export const shellLine = ({ command }: DemoStage): string =>
  [
    "cryogem",
    ...command.map((word) => (/^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`)),
  ].join(" ");
