/**
 * One CryoGEM training step, data preparation apart, beside PyTorch's (peers/cryogem_step.py), as published and as clever as
 * ours. Run after `npm run build`, with vite-node; PYTHON names an interpreter with PyTorch:
 *   npx vite-node bench/speed/train-step.ts [ROUNDS] [CROP,WIDTH[,DEPTH[,UPSAMPLING]] …]          default 7 256,32 256,64 512,64
 * Before anything is timed the first step's losses, in float32, are held against float64 PyTorch's from the same weights
 * and data. Then the programs take turns, each in a process of its own. THREADS (default: all cores) goes for all.
 * Every round waits for an idle machine (idle.ts), PATIENCE seconds (default 600) at most, and counts only if it stayed idle: beside
 * other work PyTorch's barriers cost it several times its usual time. Without as many rounds as asked for no ratio is printed.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import { Random } from "../../src/core/random.js";
import { initialValues } from "../../src/nn/scope.js";
import type { StepOptions } from "../../src/translate/gan/networks.js";
import { translationStep } from "../../src/translate/gan/step.js";
import { drawQueryPoints } from "../../src/translate/samples/query-points.js";
import { writeCase } from "../shared/case.js";
import { median, printTable, progress, spread } from "../shared/table.js";
import { type Answer, Contestant, python, takeQuietTurns } from "../shared/turns.js";

const [rounds = "7", ...wanted] = process.argv.slice(2);
const threads = process.env["THREADS"] ?? String(availableParallelism());
const here = (path: string): string => new URL(path, import.meta.url).pathname;
const AGREEMENT = 1e-5;

function optionsOf(size: string): StepOptions {
  const [crop, width, depth, upsampling] = size.split(",");
  const levels = Number(depth ?? Math.log2(Number(crop)));
  return {
    crop: Number(crop),
    generator: {
      ...{ network: "unet", width: Number(width), widest: 8, depth: levels, output: "plain" },
      upsampling: upsampling === "resize" ? "resize" : "transposed",
    },
    discriminator: { width: Number(width), widest: 8, count: 1 },
    contrast: {
      ...{ kind: "mask", headWidth: 256, levels: Math.min(5, levels), points: 256 },
      nce: { variant: "paper", queries: "both", temperature: 0.07 },
    },
    adam: { beta1: 0.5 },
    averaged: false,
  };
}

/** Weights and data of the first step, for both sides. */
function prepare(folder: string, options: StepOptions): void {
  const { generator, discriminator, heads } = translationStep(options);
  const { crop } = options;
  const queries = options.contrast!.points;
  const random = Random.of(1, "bench");
  const image = (): Float32Array => random.fillNormal(new Float32Array(crop * crop));
  const mask = Uint8Array.from({ length: crop * crop }, (_, i) => (i % crop < crop / 3 ? 1 : 0));
  const { particles, background } = drawQueryPoints(mask, queries, random);
  writeCase(folder, options, [
    ...[...generator, ...discriminator, ...heads].map((spec) => ({ ...spec, data: initialValues(spec, 1) })),
    { name: "simulated", shape: [1, 1, crop, crop], data: image() },
    { name: "real", shape: [1, 1, crop, crop], data: image() },
    { name: "particles", shape: [queries], data: Float32Array.from(particles!) },
    { name: "background", shape: [queries], data: Float32Array.from(background!) },
  ]);
}

async function compare(size: string): Promise<readonly (readonly string[])[]> {
  const options = optionsOf(size);
  const folder = mkdtempSync(join(tmpdir(), "cryogem-bench-"));
  try {
    prepare(folder, options);
    const env = { THREADS: threads };
    const peer = (how: string): Contestant =>
      Contestant.start(how, python, [here("peers/cryogem_step.py"), folder, how], env);
    const exact = peer("exact");
    const expected = (await exact.ask("step")).values!;
    exact.stop();
    const contestants = [
      Contestant.start("ours", process.execPath, [here("contestants/cryogem-step.mjs"), folder], env),
      peer("published"),
      peer("reuse"),
    ];
    const apart = Object.entries((await contestants[0]!.ask("step")).values!).map(([name, value]) =>
      Math.abs(value / expected[name]! - 1),
    );
    const error = Math.max(...apart);
    if (!(error < AGREEMENT)) throw new Error(`${size}: losses differ by ${error} from float64 PyTorch's`);
    const answers = await takeQuietTurns(contestants, "step", Number(rounds));
    for (const contestant of contestants) contestant.stop();
    return answers.map((own, i) => row(size, contestants[i]!.name, own, answers[0]!, error));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const NAMES: Readonly<Record<string, string>> = {
  ours: "cryogem",
  published: "PyTorch, as published",
  reuse: "PyTorch, features reused",
};

function row(size: string, name: string, own: readonly Answer[], ours: readonly Answer[], error: number) {
  const ratios = (of: (answer: Answer) => number) =>
    spread(
      own.map((a, i) => of(ours[i]!) / of(a)),
      2,
    );
  const isOurs = name === "ours";
  if (own.length < Number(rounds)) {
    const why = `no ratio: ${own.length} of ${rounds} rounds on an idle machine`;
    return [size, NAMES[name]!, "", "", why, "", "", error.toExponential(1)];
  }
  return [
    ...[
      size,
      NAMES[name]!,
      spread(own.map(({ wall }) => wall)),
      spread(own.map(({ processor }) => processor)),
    ],
    isOurs ? "" : ratios(({ wall }) => wall),
    isOurs ? "" : ratios(({ processor }) => processor),
    median(own.map(({ peakMegabytes }) => peakMegabytes)).toFixed(0),
    isOurs ? error.toExponential(1) : "",
  ];
}

const rows: (readonly string[])[] = [];
for (const size of wanted.length > 0 ? wanted : ["256,32", "256,64", "512,64"]) {
  rows.push(...(await compare(size)));
  progress(rows.slice(-3));
}
printTable(
  `Training step, ${threads} threads, ${rounds} rounds; median (quartiles); ratio: ours over theirs, round by round`,
  [
    "crop,width",
    "program",
    "wall ms",
    "processor ms",
    "ratio",
    "ratio, processor",
    "peak MB",
    "losses, off by",
  ],
  rows,
);
