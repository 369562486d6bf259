/**
 * Milliseconds to simulate a micrograph with Gaussian noise, beside peers/micrograph.py (numpy + scipy, one thread):
 *   npx vite-node bench/micrograph.ts 96 1024 100 full      (box, size, particles; full or half of Nyquist in the map)
 * Prints one JSON line. Times are processor time of all threads, so that a busy machine does not decide. PYTHON names an interpreter with numpy and scipy (default python3).
 */
import { execFileSync } from "node:child_process";
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

function peer(): number | null {
  const script = new URL("peers/micrograph.py", import.meta.url).pathname;
  try {
    const args = [script, String(box), String(size), String(count), String(repeats)];
    const env = { ...process.env, OMP_NUM_THREADS: "1" };
    const out = execFileSync(process.env.PYTHON ?? "python3", args, { encoding: "utf8", env });
    return 1e3 * (JSON.parse(out) as { seconds: number }).seconds;
  } catch {
    return null;
  }
}

const median = (values: number[]): number => values.sort((a, b) => a - b)[values.length >> 1]!;
// a dataset has many micrographs: the compiler has seen the code by then
for (let i = 0; i < 20; i++) once(i);
const [mine, theirs] = [median(Array.from({ length: repeats }, (_, i) => once(i))), peer()];
console.log(
  JSON.stringify({
    ...{ box, size, count, radius: Number((projector.radius / (box / 2)).toFixed(2)) },
    milliseconds: Math.round(mine),
    peerMilliseconds: theirs && Math.round(theirs),
    ratio: theirs && Number((theirs / mine).toFixed(2)),
  }),
);
