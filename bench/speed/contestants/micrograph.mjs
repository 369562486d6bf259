// Our side of bench/speed/micrograph.ts, on the built package: node micrograph.mjs BOX SIZE PARTICLES full|half
// Prints as JSON the milliseconds a micrograph takes: processor time (median) and wall time (mean).
import { Random } from "../../../dist/core/random.js";
import { simulateMicrograph } from "../../../dist/physics/micrograph/micrograph.js";
import { addNoise } from "../../../dist/physics/noise.js";
import { prepareProjector } from "../../../dist/physics/projection/projector.js";
import { drawSpecimen } from "../../../dist/physics/specimen/specimen.js";

const [box, size, count] = process.argv.slice(2, 5).map(Number);
const pixelSize = 1.5;
const made = 100;

/** The peer's shell: smooth, or with white noise, whose frequencies reach Nyquist. */
function shell(n, noisy) {
  const random = Random.of(1, "bench shell");
  const data = new Float32Array(n ** 3);
  for (let i = 0; i < data.length; i++) {
    const [x, y, z] = [i % n, Math.floor(i / n) % n, Math.floor(i / (n * n))].map(
      (v) => v - Math.floor(n / 2),
    );
    const radius = Math.sqrt(x ** 2 + y ** 2 + z ** 2);
    const density = Math.exp(-(((radius - 0.3 * n) / (0.08 * n)) ** 2));
    data[i] = density * (noisy ? random.uniform(0.5, 1.5) : 1);
  }
  return { data, shape: [n, n, n], voxelSize: pixelSize };
}

const projector = prepareProjector(shell(box, process.argv[5] !== "half"));
const shape = [size, size];
const ice = { data: new Float32Array(256 * 256).fill(0.8), shape: [256, 256] };

function once(index) {
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

// a dataset has many micrographs: the compiler has seen the code by then
for (let i = 0; i < 20; i++) once(i);
const start = performance.now();
const processor = Array.from({ length: made }, (_, i) => once(i));
const wall = (performance.now() - start) / made;
processor.sort((a, b) => a - b);
const radius = Number((projector.radius / (box / 2)).toFixed(2));
console.log(JSON.stringify({ radius, processor: processor[made >> 1], wall }));
