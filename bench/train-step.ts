/**
 * Milliseconds of one CryoGEM training step as one ONNX graph, data preparation apart. Run with vite-node:
 *   npx vite-node bench/train-step.ts 256 32 8 transposed 20      (crop, ngf = ndf, depth, up-sampling, steps)
 * Prints one JSON line: median and least wall time of the steps after two to warm up, the median of their processor time
 * (the figure to trust on a busy machine, with THREADS=1), and the peak memory in MB.
 */
import { Random } from "../src/core/random.js";
import { openOnnxCpu } from "../src/runtime/onnx.js";
import { drawQueryPoints } from "../src/translate/points.js";
import type { StepOptions } from "../src/translate/step.js";
import { StepRunner } from "../src/translate/step-runner.js";

const [crop = 256, width = 32, depth = 8] = process.argv.slice(2, 5).map(Number);
const upsampling = process.argv[5] === "resize" ? "resize" : "transposed";
const steps = Number(process.argv[6] ?? 20);

const options: StepOptions = {
  crop,
  generator: { width, widest: 8, depth, upsampling, output: "plain" },
  discriminator: { width, widest: 8, count: 1 },
  headWidth: 256,
  levels: Math.min(5, depth),
  queries: 256,
  nce: { variant: "paper", temperature: 0.07 },
  beta1: 0.5,
  averaged: false,
};
const random = Random.of(1, "bench");
const image = (): Float32Array => random.fillNormal(new Float32Array(crop * crop));
const mask = Uint8Array.from({ length: crop * crop }, (_, i) => (i % crop < crop / 3 ? 1 : 0));

const threads = Number(process.env.THREADS ?? 0);
const runtime = await openOnnxCpu(threads > 0 ? { threads } : {});
const runner = await StepRunner.open(options, runtime, 1);
const times: number[] = [];
const processor: number[] = [];
for (let step = 1; step <= steps + 2; step++) {
  const data = { simulated: image(), real: image(), points: drawQueryPoints(mask, 256, random) };
  const start = performance.now();
  const before = process.cpuUsage();
  const losses = await runner.run(data, {
    step,
    learningRate: 1e-4,
    discriminatorLearningRate: 1e-4,
    nceWeight: 10,
    averageDecay: 0,
  });
  if (step > 2) {
    times.push(performance.now() - start);
    const { user, system } = process.cpuUsage(before);
    processor.push((user + system) / 1000);
  }
  if (step === 1) console.error(JSON.stringify(losses));
}
await runner.close();
for (const list of [times, processor]) list.sort((a, b) => a - b);
console.log(
  JSON.stringify({
    median: Math.round(times[times.length >> 1]!),
    least: Math.round(times[0]!),
    processor: Math.round(processor[processor.length >> 1]!),
    peakMegabytes: Math.round(process.resourceUsage().maxRSS / 1024),
  }),
);
