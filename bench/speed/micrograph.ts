/**
 * Milliseconds to simulate a micrograph with Gaussian noise, beside peers/micrograph.py (numpy + scipy):
 *   npx vite-node bench/speed/micrograph.ts 96 1024 100 full      (box, size, particles; full or half of Nyquist in the map)
 * Two peers: with scipy's map_coordinates and zoom, and with its interpolation written by hand in numpy, several times faster.
 * Two ratios, never to be mixed: `oneThread` compares processor time of one thread each (of ours all threads' time, compiler and
 * garbage collector included), so that a busy machine does not decide; `allCores` compares wall time, ours with a process on each
 * core, where `simulate` has a thread, the peer's with scipy.fft on as many threads. The built package runs, as it is installed:
 * `npm run build` first. `foreign` tells how many cores other work took meanwhile, of ours and of both peers: wall times are worth
 * something where it is near 0. Prints one JSON line. PYTHON names an interpreter with numpy and scipy (default python3).
 */
import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { cpus } from "node:os";
import { promisify } from "node:util";

const [box = 96, size = 1024, count = 100] = process.argv.slice(2, 5).map(Number);
const map = process.argv[5] ?? "full";
const repeats = 9;
const cores = cpus().length;

interface Ours {
  /** Of the highest frequency over Nyquist. */
  readonly radius: number;
  readonly processor: number;
  readonly wall: number;
}

/** Milliseconds of one process. */
async function ours(): Promise<Ours> {
  const script = new URL("contestants/micrograph.mjs", import.meta.url).pathname;
  const { stdout } = await promisify(execFile)(process.execPath, [
    ...[script, String(box), String(size), String(count), map],
  ]);
  return JSON.parse(stdout);
}

/** Milliseconds of the peer, transforms on one thread or on all cores. */
async function peer(threads: number, ...how: string[]): Promise<{ processor: number; wall: number }> {
  const script = new URL("peers/micrograph.py", import.meta.url).pathname;
  const args = [script, String(box), String(size), String(count), String(repeats), ...how, String(threads)];
  const { stdout } = await promisify(execFile)(process.env.PYTHON ?? "python3", args, {
    env: { ...process.env, OMP_NUM_THREADS: "1" },
  });
  const { seconds, wall } = JSON.parse(stdout);
  return { processor: 1e3 * seconds, wall: 1e3 * wall };
}

/** Wall milliseconds a micrograph of processes that work at the same time, one a core. */
async function oursOnAllCores(): Promise<number> {
  const each = await Promise.all(cpus().map(ours));
  return 1 / each.reduce((sum, { wall }) => sum + 1 / wall, 0);
}

/** Seconds of all cores' work since the start of the machine, and of this process's ended children; Linux. */
function busy(): { readonly all: number; readonly own: number } {
  const [, user, nice, system] = readFileSync("/proc/stat", "utf8").split(/\s+/).map(Number);
  const stat = readFileSync("/proc/self/stat", "utf8").split(") ")[1]!.split(" ").map(Number);
  // utime, stime, and those of children
  const own = stat.slice(11, 15).reduce((sum, ticks) => sum + ticks, 0);
  return { all: (user! + nice! + system!) / 100, own: own / 100 };
}

/** What work returns, and how many cores other work took meanwhile. */
async function watched<T>(work: () => Promise<T>): Promise<{ readonly made: T; readonly foreign: number }> {
  const before = busy();
  const start = performance.now();
  const made = await work();
  const after = busy();
  const others = after.all - before.all - (after.own - before.own);
  return { made, foreign: Math.max(0, (1e3 * others) / (performance.now() - start)) };
}

const round = (value: number): number => Number(value.toPrecision(3));

function compared(mine: number, scipy: number, byHand: number, foreign?: number): Record<string, number> {
  return {
    milliseconds: round(mine),
    scipyMilliseconds: round(scipy),
    ratio: round(scipy / mine),
    byHandMilliseconds: round(byHand),
    ratioByHand: round(byHand / mine),
    ...(foreign !== undefined && { foreign: Number(foreign.toFixed(2)) }),
  };
}

const alone = await ours();
const [scipy, byHand] = [await peer(1), await peer(1, "by-hand")];
const together = await watched(oursOnAllCores);
const peers = await watched(async () => [await peer(cores), await peer(cores, "by-hand")] as const);
const foreign = Math.max(together.foreign, peers.foreign);
console.log(
  JSON.stringify({
    ...{ box, size, count, radius: alone.radius, cores },
    oneThread: compared(alone.processor, scipy.processor, byHand.processor),
    allCores: compared(together.made, peers.made[0].wall, peers.made[1].wall, foreign),
  }),
);
