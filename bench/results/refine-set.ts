/**
 * Makes the particles that refinements are measured on, in a folder:
 *   npx vite-node bench/results/refine-set.ts MAP.mrc FOLDER COUNT [BOX] [PIXEL] [SNR] [LOW_PASS] [SEED]
 * truth.mrc (the map in the box), reference.mrc (low-passed), mask.mrc (soft sphere), particles.mrcs and particles.star (no
 * poses), truth.star (poses and half sets). relion_project makes the images and their CTFs; white noise is added here, as that of RELION 3.1
 * (--white_noise) has half its power at frequencies along y. Orientations are uniform, the
 * origins normal with 2 pixels, defocus uniform from 1 to 2.5 micrometre. SNR: variance of the clean image over that of the
 * noise, within 0.4 of the box of the centre. Images are divided by the noise's deviation, as after extraction with --normalise.
 * A map of a point group has its axes where RELION has them, as the potentials of 5A1A (D2) and 2ZA7 (O) do; refine.ts then counts errors up to
 * the group. Orientations are drawn over all of them, so each has equivalent ones.
 */
import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { resampleVolume } from "../../src/array/fft/resample.js";
import { centre, type Volume } from "../../src/array/image.js";
import { lowPassed } from "../../src/array/spectrum/low-pass.js";
import { Random } from "../../src/core/random.js";
import { uniformRotation } from "../../src/core/rotation.js";
import { readMrc, readVolume } from "../../src/io/mrc/read.js";
import { writeMrc } from "../../src/io/mrc/write.js";
import type { Particle, ParticleSet } from "../../src/io/particles/particle.js";
import { writeParticlesStar } from "../../src/io/particles/star-write.js";

const [map = "", folder = "", ...numbers] = process.argv.slice(2);
const [count = 500, box = 64, pixelSize = 5, snr = 0.1, low = 50, seed = 1] = numbers.map(Number);
const random = Random.of(seed, "bench refine");
mkdirSync(folder, { recursive: true });
const at = (name: string): string => join(folder, name);

const truth = resampleVolume(readVolume(readFileSync(map), map), pixelSize, box);
const optics = {
  ...{ name: "opticsGroup1", pixelSize, imageSize: box },
  ...{ voltage: 300, sphericalAberration: 2.7, amplitudeContrast: 0.1 },
};
const particles = Array.from({ length: count }, (_, i): Particle => {
  const mean = random.uniform(10_000, 25_000);
  return {
    image: { index: i + 1, stack: "particles.mrcs" },
    micrograph: `micrograph${1 + Math.floor(i / 50)}.mrc`,
    opticsGroup: 0,
    defocus: {
      ...{ defocusU: mean + 150, defocusV: mean - 150 },
      ...{ defocusAngle: random.uniform(0, 180), phaseShift: 0 },
    },
    angles: uniformRotation(random),
    origin: { x: random.normal(0, 2 * pixelSize), y: random.normal(0, 2 * pixelSize) },
    halfSet: i % 2 === 0 ? 1 : 2,
  };
});
const set: ParticleSet = { optics: [optics], particles };
writeFileSync(at("truth.mrc"), writeMrc({ ...truth, kind: "volume" }));
writeFileSync(
  at("reference.mrc"),
  writeMrc({ ...lowPassed(truth, (box * pixelSize) / low), kind: "volume" }),
);
writeFileSync(at("mask.mrc"), writeMrc({ ...softSphere(truth, 0.45 * box * pixelSize), kind: "volume" }));
writeFileSync(at("truth.star"), writeParticlesStar(set));
writeFileSync(
  at("particles.star"),
  writeParticlesStar({
    ...set,
    particles: particles.map(({ angles: _, origin: __, halfSet: ___, ...rest }) => rest),
  }),
);

const args = [
  "--i",
  "truth.mrc",
  "--ang",
  "truth.star",
  "--angpix",
  String(pixelSize),
  "--ctf",
  "--o",
  "clean",
];
execFileSync("relion_project", args, { cwd: folder, stdio: "pipe" });
const clean = readMrc(readFileSync(at("clean.mrcs")), "clean.mrcs").data;
const sigma = Math.sqrt(varianceWithin(clean, 0.4 * box) / snr);
const noise = random.fillNormal(new Float32Array(clean.length));
const out = clean.map((value, i) => value / sigma + noise[i]!);
writeFileSync(
  at("particles.mrcs"),
  writeMrc({ data: out, shape: [count, box, box], voxelSize: pixelSize, kind: "stack" }),
);
console.log(`${folder}: ${count} particles, noise ${sigma.toExponential(3)}`);

/** Mean over images of the variance of their pixels within a radius. */
function varianceWithin(stack: Float32Array, radius: number): number {
  let total = 0;
  for (let image = 0; image < count; image++) {
    let [n, sum, squares] = [0, 0, 0];
    for (let i = 0; i < box * box; i++) {
      if ((Math.floor(i / box) - box / 2) ** 2 + ((i % box) - box / 2) ** 2 > radius ** 2) continue;
      const value = stack[image * box * box + i]!;
      n++;
      sum += value;
      squares += value * value;
    }
    total += squares / n - (sum / n) ** 2;
  }
  return total / count;
}

/** 1 within a radius (angstrom) of the centre, 0 from five voxels beyond it on, a cosine between. */
function softSphere(volume: Volume, radius: number): Volume {
  const n = volume.shape[0];
  const data = volume.data.map((_, i) => {
    const place = [i % n, Math.floor(i / n) % n, Math.floor(i / (n * n))];
    const distance = Math.sqrt(place.reduce((sum, v) => sum + (v - centre(n)) ** 2, 0));
    const t = Math.min(1, Math.max(0, (distance - radius / volume.voxelSize) / 5));
    return 0.5 + 0.5 * Math.cos(Math.PI * t);
  });
  return { ...volume, data };
}
