// Makes examples/apoferritin-10146 from the micrographs of EMPIAR-10146 (16-bit PNG, 1.5 angstrom per pixel):
//   node scripts/make-example.mjs FOLDER_OF_PNG
// Each is binned 2 x 2 to 3.0 angstrom per pixel, brought to mean 32768 and standard deviation 4096, and rounded to
// multiples of 256: a sixteenth of the standard deviation, whose rounding adds 0.03 % to the noise variance and
// lets a PNG hold a micrograph in 0.3 MB. The last four by time of acquisition are held out of training.
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { readPng } from "../dist/io/png/read.js";
import { encodePng } from "../dist/io/png/write.js";

const source = process.argv[2];
const names = readdirSync(source)
  .filter((name) => name.endsWith(".png"))
  .sort();
for (const [i, name] of names.entries()) {
  const { data, shape } = readPng(readFileSync(join(source, name)), name);
  const [rows, columns] = shape.map((n) => n >> 1);
  const binned = Float64Array.from({ length: rows * columns }, (_, p) => {
    const at = 2 * Math.floor(p / columns) * shape[1] + 2 * (p % columns);
    return data[at] + data[at + 1] + data[at + shape[1]] + data[at + shape[1] + 1];
  });
  const mean = binned.reduce((sum, v) => sum + v, 0) / binned.length;
  const deviation = Math.sqrt(binned.reduce((sum, v) => sum + (v - mean) ** 2, 0) / binned.length);
  const samples = Uint16Array.from(binned, (v) => {
    const level = Math.round(128 + (16 * (v - mean)) / deviation);
    return 256 * Math.min(255, Math.max(0, level));
  });
  const folder = i < names.length - 4 ? "train" : "held-out";
  writeFileSync(
    new URL(`../examples/apoferritin-10146/${folder}/${name}`, import.meta.url),
    encodePng({ shape: [rows, columns], channels: 1, samples }),
  );
}
