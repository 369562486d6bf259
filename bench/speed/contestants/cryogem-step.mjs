// Our side of bench/speed/train-step.ts, on the built package: node cryogem-step.mjs FOLDER
// A step for every line on standard input; answers as bench/shared/turns.ts declares.
import { createInterface } from "node:readline";
import { openOnnxCpu } from "../../../dist/runtime/onnx/cpu.js";
import { Training } from "../../../dist/train/machine/training.js";
import { stepFeeds } from "../../../dist/translate/gan/feeds.js";
import { translationStep } from "../../../dist/translate/gan/step.js";
import { answer, readCase } from "./case.mjs";

const { options, get } = readCase(process.argv[2]);
const [particles, background] = ["particles", "background"].map((name) => Int32Array.from(get(name)));
const data = { simulated: get("simulated"), real: get("real"), points: { particles, background } };

/** The weights given, Adam's moments at zero. */
const start = { get: (name) => (/^[mv]:/.test(name) ? get(name.slice(2)).fill(0) : get(name)) };
const runtime = await openOnnxCpu({ threads: Number(process.env.THREADS) });
const training = await Training.open(runtime, translationStep(options).phases, start);
let step = 0;
for await (const _ of createInterface({ input: process.stdin })) {
  await answer(async () => {
    const settings = {
      ...{ step: ++step, learningRate: 1e-4, discriminatorLearningRate: 1e-4 },
      ...{ nceWeight: 10, averageDecay: 0, seed: 1 },
    };
    const losses = await training.run(stepFeeds(options, [], [data], settings));
    const { discriminatorReal, discriminatorFake, gan, nce } = losses;
    return { discriminatorReal, discriminatorFake, gan, nce };
  });
}
await training.close();
