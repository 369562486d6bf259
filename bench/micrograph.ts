/**
 * Milliseconds to simulate a micrograph with Gaussian noise, beside peers/micrograph.py (numpy + scipy):
 *   npx vite-node bench/micrograph.ts 96 1024 100 full      (box, size, particles; full or half of Nyquist in the map)
 * Two peers: with scipy's map_coordinates and zoom, and with its interpolation written by hand in numpy, several times faster.
 * Two ratios, never to be mixed: `oneThread` compares processor time of one thread each (of ours all threads' time, compiler and
 * garbage collector included), so that a busy machine does not decide; `allCores` compares wall time, ours with a process on each
 * core, as `simulate` works, the peer's with scipy.fft on as many threads. Prints one JSON line. PYTHON names an interpreter with
 * numpy and scipy (default python3).
 */
import { execFile, execFileSync } from "node:child_process";
import { cpus } from "node:os";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import type { Volume } from "../src/array/image.js";
import { Random } from "../src/core/random.js";
import { simulateMicrograph } from "../src/physics/micrograph.js";
import { addNoise } from "../src/physics/noise.js";
import { prepareProjector } from "../src/physics/projector.js";
import { drawSpecimen } from "../src/physics/specimen.js";

const [box = 96, size = 1024, count = 100] = process.argv.slice(2, 5).map(Number);
const repeats = 9;
const pixelSize = 1.5;

/** The peer's shell: smooth, or with white noise, whose frequencies reach Nyquist. */
function shell(n: number, noisy: boolean): Volume {
  const random = Random.of(1, "bench shell");
  const data = new Float32Array(n ** 3);
  for (let i = 0; i < data.length; i++) {
    const [x, y, z] = [i % n, Math.floor(i / n) % n, Math.floor(i / (n * n))].map(
      (v) => v - Math.floor(n / 2),
    );
    const radius = Math.sqrt(x! ** 2 + y! ** 2 + z! ** 2);
    const density = Math.exp(-(((radius - 0.3 * n) / (0.08 * n)) ** 2));
    data[i] = density * (noisy ? random.uniform(0.5, 1.5) : 1);
  }
  return { data, shape: [n, n, n], voxelSize: pixelSize };
}

const projector = prepareProjector(shell(box, process.argv[5] !== "half"));
const shape = [size, size] as const;
const ice = { data: new Float32Array(256 * 256).fill(0.8), shape: [256, 256] as const };

function once(index: number): number {
  const random = Random.of(2, "bench micrograph", index);
  const before = process.cpuUsage();
  const { particles } = drawSpecimen(
    {
      ...{ shape, pixelSize, structures: [{ diameter: 0.5 * box * pixelSize }] },
      count: { mean: count, standardDeviation: 0 },
    },
    random,
  );
  const { clean } = simulateMicrograph({
    ...{ shape, particles, ice, projectors: [projector] },
    optics: { pixelSize, voltage: 300, sphericalAberration: 2.7, amplitudeContrast: 0.1 },
    defocus: { defocusU: 18_000, defocusV: 17_000, defocusAngle: 30, phaseShift: 0 },
  });
  addNoise(clean, { kind: "gaussian", snr: 0.1 }, random);
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1e3;
}

const median = (values: number[]): number => values.sort((a, b) => a - b)[values.length >> 1]!;
const round = (value: number): number => Number(value.toPrecision(3));

interface Peer {
  readonly oneThread: number;
  readonly allCores: number;
}

/** Milliseconds of the peer: processor time of one thread, wall time with transforms on all cores. */
function peer(...how: string[]): Peer {
  const script = new URL("peers/micrograph.py", import.meta.url).pathname;
  const run = (workers: number): { readonly seconds: number; readonly wall: number } => {
    const args = [script, String(box), String(size), String(count), String(repeats), ...how, String(workers)];
    const env = { ...process.env, OMP_NUM_THREADS: "1" };
    return JSON.parse(execFileSync(process.env.PYTHON ?? "python3", args, { encoding: "utf8", env }));
  };
  return { oneThread: 1e3 * run(1).seconds, allCores: 1e3 * run(cpus().length).wall };
}

const here = fileURLToPath(import.meta.url);

/** Wall milliseconds a micrograph of processes that work at the same time, one a core. */
async function allCores(): Promise<number> {
  const started = await Promise.all(
    cpus().map(() =>
      promisify(execFile)(process.execPath, [process.argv[1]!, here, ...process.argv.slice(2), "alone"]),
    ),
  );
  const times = started.map(({ stdout }) => Number(stdout));
  return 1 / times.reduce((sum, each) => sum + 1 / each, 0);
}

// a dataset has many micrographs: the compiler has seen the code by then
for (let i = 0; i < 20; i++) once(i);
if (process.argv.includes("alone")) {
  const start = performance.now();
  const made = 100;
  for (let i = 0; i < made; i++) once(i);
  console.log((performance.now() - start) / made);
} else {
  const mine = {
    oneThread: median(Array.from({ length: 25 }, (_, i) => once(i))),
    allCores: await allCores(),
  };
  const [scipy, byHand] = [peer(), peer("by-hand")];
  const compared = (key: keyof Peer): Record<string, number> => ({
    milliseconds: round(mine[key]),
    scipyMilliseconds: round(scipy[key]),
    ratio: round(scipy[key] / mine[key]),
    byHandMilliseconds: round(byHand[key]),
    ratioByHand: round(byHand[key] / mine[key]),
  });
  console.log(
    JSON.stringify({
      ...{
        box,
        size,
        count,
        radius: Number((projector.radius / (box / 2)).toFixed(2)),
        cores: cpus().length,
      },
      oneThread: compared("oneThread"),
      allCores: compared("allCores"),
    }),
  );
}
