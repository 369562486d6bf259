// Our side of bench/train-step.ts, on the built package: node cryogem-step.mjs FOLDER
// A step for every line on standard input; answers as bench/turns.ts declares.
import { createInterface } from "node:readline";
import { openOnnxCpu } from "../../dist/runtime/onnx.js";
import { StepRunner } from "../../dist/translate/step-runner.js";
import { answer, readCase, take } from "./case.mjs";

/** The runner from the weights given, Adam's moments at zero; the other arrays are data. */
async function open() {
  const { options, values } = readCase(process.argv[2]);
  const [simulated, real] = ["simulated", "real"].map((name) => take(values, name));
  const [particles, background] = ["particles", "background"].map((name) =>
    Int32Array.from(take(values, name)),
  );
  for (const [name, { length }] of [...values]) {
    for (const moment of ["m", "v"]) values.set(`${moment}:${name}`, new Float32Array(length));
  }
  const runtime = await openOnnxCpu({ threads: Number(process.env.THREADS) });
  const runner = await StepRunner.open(options, runtime, values);
  return { runner, data: { simulated, real, points: { particles, background } } };
}

const { runner, data } = await open();
let step = 0;
for await (const _ of createInterface({ input: process.stdin })) {
  await answer(async () => {
    const { discriminatorReal, discriminatorFake, gan, nce } = await runner.run(data, {
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
