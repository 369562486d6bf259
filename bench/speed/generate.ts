/**
 * The network's part of `generate`, a micrograph of 1024 and one of 4096 pixels a side, beside PyTorch's same U-Net on the
 * same tiles (peers/translate.py). Run after `npm run build`, with vite-node; PYTHON names an interpreter with PyTorch:
 *   npx vite-node bench/speed/generate.ts [ROUNDS] [PRESET,SIDE …]          default 5 fast,1024 fast,4096 paper,1024 paper,4096
 * Before anything is timed the two images are compared. THREADS (default: all cores) goes for both.
 */
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import { Random } from "../../src/core/random.js";
import { generatorNetwork } from "../../src/nn/generator.js";
import { initialValues, Scope } from "../../src/nn/scope.js";
import { generatorOptions, tilingFor } from "../../src/translate/generator-runner.js";
import { resolveOptions } from "../../src/translate/options.js";
import { planAxis } from "../../src/translate/tiling.js";
import { writeCase } from "../shared/case.js";
import { median, printTable, progress, spread } from "../shared/table.js";
import { type Answer, Contestant, python, takeTurns } from "../shared/turns.js";

const [rounds = "5", ...wanted] = process.argv.slice(2);
const threads = process.env["THREADS"] ?? String(availableParallelism());
const here = (path: string): string => new URL(path, import.meta.url).pathname;
/** Root mean square of the difference over the image's standard deviation. */
const AGREEMENT = 1e-5;

function prepare(folder: string, preset: "fast" | "paper", side: number): number {
  const training = resolveOptions(preset, 1, {});
  const generator = generatorOptions(training);
  const scope = Scope.root("generator");
  generatorNetwork(scope, generator);
  // an untrained correction is zero, which would be no test of agreement
  const weights = scope.parameters.map((spec) => ({
    ...{ name: spec.name, shape: spec.shape },
    data: initialValues({ ...spec, initial: { normal: 0.02 } }, 1),
  }));
  const data = Random.of(1, "bench generate").fillNormal(new Float32Array(side * side));
  const plan = planAxis(side, tilingFor(training));
  writeCase(folder, { side, plan, training, generator }, [
    ...weights,
    { name: "image", shape: [side, side], data },
  ]);
  return plan.starts.length ** 2;
}

function difference(folder: string): number {
  const [ours, theirs] = ["cryogem", "PyTorch"].map((name) => {
    const bytes = readFileSync(join(folder, `${name}.bin`));
    return new Float32Array(bytes.buffer, bytes.byteOffset, bytes.length / 4);
  });
  let [apart, size] = [0, 0];
  ours!.forEach((value, i) => {
    apart += (value - theirs![i]!) ** 2;
    size += value ** 2;
  });
  return Math.sqrt(apart / size);
}

async function compare(what: string): Promise<readonly (readonly string[])[]> {
  const [preset, side] = what.split(",");
  if (preset !== "fast" && preset !== "paper")
    throw new Error(`found ${what}, expected fast,SIDE or paper,SIDE`);
  const folder = mkdtempSync(join(tmpdir(), "cryogem-bench-"));
  try {
    const tiles = prepare(folder, preset, Number(side));
    const env = { THREADS: threads };
    const contestants = [
      Contestant.start("cryogem", process.execPath, [here("contestants/translate.mjs"), folder], env),
      Contestant.start("PyTorch", python, [here("peers/translate.py"), folder], env),
    ];
    for (const contestant of contestants) await contestant.ask("keep");
    const error = difference(folder);
    if (!(error < AGREEMENT)) throw new Error(`${what}: images differ by ${error} from PyTorch's`);
    const answers = await takeTurns(contestants, "time", Number(rounds), 0);
    for (const contestant of contestants) contestant.stop();
    const ratio = (of: (answer: Answer) => number) =>
      spread(
        answers[0]!.map((ours, i) => of(ours) / of(answers[1]![i]!)),
        2,
      );
    return answers.map((own, i) => [
      ...[what, String(tiles), contestants[i]!.name],
      ...[spread(own.map(({ wall }) => wall)), spread(own.map(({ processor }) => processor))],
      ...(i === 0 ? ["", ""] : [ratio(({ wall }) => wall), ratio(({ processor }) => processor)]),
      median(own.map(({ peakMegabytes }) => peakMegabytes)).toFixed(0),
      i === 0 ? error.toExponential(1) : "",
    ]);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const cases = wanted.length > 0 ? wanted : ["fast,1024", "fast,4096", "paper,1024", "paper,4096"];
const rows: (readonly string[])[] = [];
for (const what of cases) {
  rows.push(...(await compare(what)));
  progress(rows.slice(-2));
}
printTable(
  `Network of generate, ${threads} threads, ${rounds} rounds; median (quartiles); ratio: ours over theirs, round by round`,
  [
    "preset,side",
    "tiles",
    "program",
    "wall ms",
    "processor ms",
    "ratio",
    "ratio, processor",
    "peak MB",
    "images, off by",
  ],
  rows,
);
