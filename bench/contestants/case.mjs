// What bench/case.ts wrote, one array at a time.
import { closeSync, openSync, readFileSync, readSync } from "node:fs";
import { join } from "node:path";

export function readCase(folder) {
  const { options, arrays } = JSON.parse(readFileSync(join(folder, "options.json"), "utf8"));
  const file = openSync(join(folder, "values.bin"), "r");
  const values = new Map();
  for (const { name, shape } of arrays) {
    const data = new Float32Array(shape.reduce((product, n) => product * n, 1));
    readSync(file, data);
    values.set(name, data);
  }
  closeSync(file);
  return { options, values };
}

/** The value taken out of a map. */
export function take(values, name) {
  const value = values.get(name);
  values.delete(name);
  return value;
}

/** Does `work` and tells how long it took, as bench/turns.ts declares. */
export async function answer(work) {
  const start = performance.now();
  const before = process.cpuUsage();
  const values = await work();
  const { user, system } = process.cpuUsage(before);
  const processor = (user + system) / 1000;
  const peakMegabytes = process.resourceUsage().maxRSS / 1024;
  console.log(JSON.stringify({ wall: performance.now() - start, processor, peakMegabytes, values }));
}
