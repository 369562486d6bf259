// Our side of bench/train-step.ts, on the built package: node cryogem-step.mjs FOLDER
// A step for every line on standard input; answers as bench/turns.ts declares.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { openOnnxCpu } from "../../dist/runtime/onnx.js";
import { StepRunner } from "../../dist/translate/step-runner.js";

const folder = process.argv[2];
const { options, arrays } = JSON.parse(readFileSync(join(folder, "options.json"), "utf8"));
const threads = Number(process.env.THREADS);

/** Moments at zero beside the weights given; the other arrays are data. */
function startAndData() {
  const bytes = readFileSync(join(folder, "values.bin"));
  const given = new Map();
  let offset = 0;
  for (const { name, shape } of arrays) {
    const length = shape.reduce((product, n) => product * n, 1);
    given.set(name, new Float32Array(bytes.buffer.slice(bytes.byteOffset + offset, bytes.byteOffset + offset + 4 * length)));
    offset += 4 * length;
  }
  const take = (name) => {
    const values = given.get(name);
    given.delete(name);
    return values;
  };
  const data = {
    simulated: take("simulated"),
    real: take("real"),
    points: { particles: Int32Array.from(take("particles")), background: Int32Array.from(take("background")) },
  };
  const state = new Map();
  for (const [name, values] of given) {
    state.set(name, values);
    for (const moment of ["m", "v"]) state.set(`${moment}:${name}`, new Float32Array(values.length));
  }
  return { state, data };
}

async function open() {
  const { state, data } = startAndData();
  const runner = await StepRunner.open(options, await openOnnxCpu({ threads }), state);
  return { runner, data };
}

const { runner, data } = await open();
let step = 0;
for await (const _ of createInterface({ input: process.stdin })) {
  const start = performance.now();
  const before = process.cpuUsage();
  const values = await runner.run(data, {
    step: ++step,
    learningRate: 1e-4,
    discriminatorLearningRate: 1e-4,
    nceWeight: 10,
    averageDecay: 0,
  });
  const { user, system } = process.cpuUsage(before);
  const { discriminatorReal, discriminatorFake, gan, nce } = values;
  console.log(
    JSON.stringify({
      wall: performance.now() - start,
      processor: (user + system) / 1000,
      peakMegabytes: process.resourceUsage().maxRSS / 1024,
      values: { discriminatorReal, discriminatorFake, gan, nce },
    }),
  );
}
await runner.close();
