// Our side of bench/train-step.ts, on the built package: node cryogem-step.mjs FOLDER
// A step for every line on standard input; answers as bench/turns.ts declares.
import { createInterface } from "node:readline";
import { openOnnxCpu } from "../../dist/runtime/onnx/cpu.js";
import { StepRunner } from "../../dist/translate/gan/step-runner.js";
import { answer, readCase } from "./case.mjs";

const { options, get } = readCase(process.argv[2]);
const [particles, background] = ["particles", "background"].map((name) => Int32Array.from(get(name)));
const data = { simulated: get("simulated"), real: get("real"), points: { particles, background } };

/** The weights given, Adam's moments at zero. */
const start = { get: (name) => (/^[mv]:/.test(name) ? get(name.slice(2)).fill(0) : get(name)) };
const runtime = await openOnnxCpu({ threads: Number(process.env.THREADS) });
const runner = await StepRunner.open(options, runtime, start);
let step = 0;
for await (const _ of createInterface({ input: process.stdin })) {
  await answer(async () => {
    const { discriminatorReal, discriminatorFake, gan, nce } = await runner.run([data], {
      step: ++step,
      learningRate: 1e-4,
      discriminatorLearningRate: 1e-4,
      nceWeight: 10,
      averageDecay: 0,
    });
    return { discriminatorReal, discriminatorFake, gan, nce };
  });
}
await runner.close();
