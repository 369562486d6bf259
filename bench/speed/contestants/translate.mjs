// Our side of bench/speed/generate.ts, on the built package: node translate.mjs FOLDER
// Translates the image for every line on standard input, on "keep" into FOLDER/cryogem.bin; answers as bench/shared/turns.ts declares.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { openOnnxCpu } from "../../../dist/runtime/onnx/cpu.js";
import { GeneratorRunner, tilingFor } from "../../../dist/translate/generator-runner.js";
import { translateTiled } from "../../../dist/translate/tiling.js";
import { answer, readCase } from "./case.mjs";

const folder = process.argv[2];
const { options, get } = readCase(folder);
const image = { data: get("image"), shape: [options.side, options.side] };
const runtime = await openOnnxCpu({ threads: Number(process.env.THREADS) });
const generator = new GeneratorRunner(options.training, runtime, { get });
const tiling = tilingFor(options.training);
for await (const line of createInterface({ input: process.stdin })) {
  let translated;
  await answer(async () => {
    translated = await translateTiled([image], tiling, (tiles) => generator.run(tiles));
  });
  if (line === "keep") writeFileSync(join(folder, "cryogem.bin"), translated.data);
}
await generator.close();
