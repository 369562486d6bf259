/**
 * Peak memory of `cryogem simulate`, workers included, for few and for many micrographs, every form of labels written:
 *   npm run build && npx vite-node bench/cost/memory.ts 10 100 4096 2      (few, many, size, workers)
 * Each size of data set runs in a process of its own; particles are few, as only the number of micrographs is in question.
 * Needs 6.7 GB of disk for 100 of 4096 x 4096, in the folder that TMPDIR names. Prints one JSON line.
 */
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { writeMrc } from "../../src/io/mrc/write.js";

const [few = 10, many = 100, size = 4096, workers = 2] = process.argv.slice(2).map(Number);
const folder = mkdtempSync(join(tmpdir(), "cryogem-memory-"));
const program = new URL("../../dist/cli/main.js", import.meta.url).pathname;
/** Told on the way out: the most memory that the process held, in kilobytes. */
const tellPeak = "process.on('exit', () => console.error('peak', process.resourceUsage().maxRSS))";

function writeBall(path: string): void {
  const n = 32;
  const data = Float32Array.from({ length: n ** 3 }, (_, i) => {
    const squares = [i % n, Math.floor(i / n) % n, Math.floor(i / n ** 2)].map((v) => (v - n / 2) ** 2);
    return squares.reduce((a, b) => a + b) < 100 ? 1 : 0;
  });
  writeFileSync(path, writeMrc({ data, shape: [n, n, n], voxelSize: 5, kind: "volume" }));
}

function peakMegabytes(count: number): number {
  const out = join(folder, "set");
  const options = `--size ${size} --count ${count} --particles 5 --workers ${workers} --snr 0.1 --labels coco,cs,topaz,box`;
  const { stderr, status } = spawnSync(
    process.execPath,
    [
      ...["--import", `data:text/javascript,${encodeURIComponent(tellPeak)}`, program, "simulate"],
      ...["--map", join(folder, "ball.mrc"), "--out", out, ...options.split(" ")],
    ],
    { encoding: "utf8" },
  );
  const peaks = [...stderr.matchAll(/^peak (\d+)$/gm)].map(([, kilobytes]) => Number(kilobytes) / 1024);
  if (status !== 0 || peaks.length === 0) throw new Error(stderr);
  rmSync(out, { recursive: true });
  return Math.round(Math.max(...peaks));
}

writeBall(join(folder, "ball.mrc"));
const started = performance.now();
const [a, b] = [peakMegabytes(few), peakMegabytes(many)];
const seconds = Math.round((performance.now() - started) / 1e3);
console.log(
  JSON.stringify({
    ...{ size, workers, [`megabytesOf${few}`]: a, [`megabytesOf${many}`]: b },
    ...{ ratio: Number((b / a).toFixed(2)), seconds },
  }),
);
rmSync(folder, { recursive: true });
