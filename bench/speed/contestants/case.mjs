// What bench/shared/case.ts wrote, read array by array when asked for.
import { openSync, readFileSync, readSync } from "node:fs";
import { join } from "node:path";

export function readCase(folder) {
  const { options, arrays } = JSON.parse(readFileSync(join(folder, "options.json"), "utf8"));
  const file = openSync(join(folder, "values.bin"), "r");
  const places = new Map();
  let at = 0;
  for (const { name, shape } of arrays) {
    const length = shape.reduce((product, n) => product * n, 1);
    places.set(name, { at, length });
    at += 4 * length;
  }
  const get = (name) => {
    const place = places.get(name);
    if (!place) return undefined;
    const values = new Float32Array(place.length);
    readSync(file, values, { position: place.at });
    return values;
  };
  return { options, get };
}

/** Does `work` and tells how long it took, as bench/shared/turns.ts declares. */
export async function answer(work) {
  const start = performance.now();
  const before = process.cpuUsage();
  const values = await work();
  const { user, system } = process.cpuUsage(before);
  const processor = (user + system) / 1000;
  const peakMegabytes = process.resourceUsage().maxRSS / 1024;
  console.log(JSON.stringify({ wall: performance.now() - start, processor, peakMegabytes, values }));
}
