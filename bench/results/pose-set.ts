/**
 * Particles by which pose encoders are compared, in a folder: another forward model under real noise.
 *   npx vite-node bench/results/pose-set.ts MAP CTFS FOLDER --labelled STACK --refined STAR --count N --box PIXELS --pixel ANGSTROM
 *     --diameter ANGSTROM --points FILE… (once for each file)
 * relion_project makes the images of the map with the CTFs of CTFS (micrographs_ctf.star of `estimate`, whose micrographs are read); orientations
 * are uniform, origins normal with 5 angstrom along each axis. Each is laid over real pixels of the micrograph that its CTF is of, from a
 * place whose distance to every point is at least 0.9 diameters: neighbours may reach into the box, as with real particles, but not onto it.
 * Points are CSV files that name the micrographs or are named after them.
 * The signal is as strong at each frequency as in real particles: STACK, cut out of the same micrographs (`extract --normalise`), over RELION's
 * projections at the poses of STAR, refined against the map. Poses that are not exact make fine detail weaker than it is.
 * Writes particles.mrcs (white protein, mean 0 and deviation 1 outside the diameter), particles.star (no poses), truth.star (poses),
 * random.star (each with the pose of another one), truth.mrc (the map in the box) and set.json.
 */
import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { basename, join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { rfft2 } from "../../src/array/fft/fft.js";
import { resampleVolume } from "../../src/array/fft/resample.js";
import { centre, type Image } from "../../src/array/image.js";
import { halfColumns, signedIndex } from "../../src/array/spectrum/half.js";
import { mean, variance } from "../../src/array/statistics.js";
import { Random } from "../../src/core/random.js";
import { uniformRotation } from "../../src/core/rotation.js";
import { readMrc, readVolume } from "../../src/io/mrc/read.js";
import { writeMrc } from "../../src/io/mrc/write.js";
import { readMicrographCtfs } from "../../src/io/particles/micrograph-ctf.js";
import type { Particle, ParticleSet } from "../../src/io/particles/particle.js";
import { readParticlesStar } from "../../src/io/particles/star.js";
import { writeParticlesStar } from "../../src/io/particles/star-write.js";
import { readPointsCsv } from "../../src/io/picks/csv.js";
import { micrographStem } from "../../src/io/picks/pick.js";
import { readImage } from "../../src/io/read-image.js";
import { filterRings, ringOf } from "../../src/pose/rings.js";

/** Angstrom: deviation of the particles' places along each axis. */
const MISPLACED = 5;
/** Least distance of a place from a particle, diameters. */
const CLEAR = 0.9;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    ...{ count: { type: "string" }, box: { type: "string" }, pixel: { type: "string" } },
    ...{ diameter: { type: "string" }, labelled: { type: "string" }, refined: { type: "string" } },
    points: { type: "string", multiple: true, default: [] },
  },
});
const [map = "", table = "", folder = ""] = positionals;
const { labelled = "", refined = "", points } = values;
const numbers = [values.count, values.box, values.pixel, values.diameter].map(Number);
const [count, box, pixelSize, diameter] = numbers as [number, number, number, number];
const size = box * box;
const random = Random.of(1, "bench poses");
mkdirSync(folder, { recursive: true });
const at = (name: string): string => join(folder, name);

const pointsOn = (stem: string) =>
  points
    .flatMap((path) => readPointsCsv(readFileSync(path), path, basename(path, ".csv")))
    .filter(({ micrograph }) => micrographStem(micrograph) === stem);

// places without particles
const micrographs = await Promise.all(
  readMicrographCtfs(readFileSync(table), table).map(async (fitted) => {
    const { image } = await readImage(readFileSync(fitted.micrograph), fitted.micrograph);
    const taken = pointsOn(micrographStem(fitted.micrograph));
    const [rows, columns] = image.shape;
    const clear: { x: number; y: number }[] = [];
    for (let y = centre(box); y < rows - centre(box); y++) {
      for (let x = centre(box); x < columns - centre(box); x++) {
        const isClear = taken.every((p) => Math.hypot(p.x - x, p.y - y) >= (CLEAR * diameter) / pixelSize);
        if (isClear) clear.push({ x, y });
      }
    }
    return { fitted, image, clear };
  }),
);
const places = micrographs.flatMap(({ clear }, micrograph) => clear.map((place) => ({ micrograph, place })));
const drawn = Array.from({ length: count }, () => places[random.integer(places.length)]!);

// poses and CTFs
const truth = resampleVolume(readVolume(readFileSync(map), map), pixelSize, box);
const { voltage, sphericalAberration, amplitudeContrast } = micrographs[0]!.fitted;
const particles = drawn.map(({ micrograph }, i): Particle => {
  const { defocusU, defocusV, defocusAngle, phaseShift, micrograph: name } = micrographs[micrograph]!.fitted;
  return {
    ...{ image: { index: i + 1, stack: "particles.mrcs" }, micrograph: basename(name), opticsGroup: 0 },
    defocus: { defocusU, defocusV, defocusAngle, phaseShift },
    angles: uniformRotation(random),
    origin: { x: random.normal(0, MISPLACED), y: random.normal(0, MISPLACED) },
    halfSet: i % 2 === 0 ? 1 : 2,
  };
});
const optics = {
  ...{ name: "opticsGroup1", pixelSize, imageSize: box },
  ...{ voltage, sphericalAberration, amplitudeContrast },
};
const writeStar = (name: string, rows: readonly Particle[]): void => {
  const set: ParticleSet = { optics: [optics], particles: rows };
  writeFileSync(at(name), writeParticlesStar(set));
};
const order = random.shuffle(particles.map((_, i) => i));
writeStar("truth.star", particles);
writeStar(
  "particles.star",
  particles.map(({ angles: _, origin: __, ...rest }) => rest),
);
writeStar(
  "random.star",
  particles.map((particle, i) => {
    const { angles, origin } = particles[order[i]!]!;
    return { ...particle, angles: angles!, origin: origin! };
  }),
);
writeFileSync(at("truth.mrc"), writeMrc({ ...truth, kind: "volume" }));

/** RELION's images of the map at the poses and under the CTFs of a STAR file. */
function project(star: string, name: string): Float32Array {
  const how = ["--i", "truth.mrc", "--ang", star, "--angpix", String(pixelSize), "--ctf", "--o", name];
  execFileSync("relion_project", how, { cwd: folder, stdio: "pipe" });
  return readMrc(readFileSync(at(`${name}.mrcs`)), name).data;
}

/** The strength of real particles over that of RELION's projections, ring by ring. */
function measuredStrength(): number[] {
  const rows = readParticlesStar(readFileSync(refined), refined).particles;
  const stack = readMrc(readFileSync(labelled), labelled).data;
  const projections = project(resolve(refined), "labelled");
  const transform = (data: Float32Array): Float32Array => rfft2({ data, shape: [box, box] }).data;
  const rings = ringOf(box / 2, box / 2) + 1;
  const [product, energy] = [new Float64Array(rings), new Float64Array(rings)];
  for (const [row, { image }] of rows.entries()) {
    const found = transform(stack.slice((image!.index - 1) * size, image!.index * size));
    const expected = transform(projections.slice(row * size, (row + 1) * size));
    for (let i = 0; i < found.length; i += 2) {
      const column = (i / 2) % halfColumns(box);
      const ring = ringOf(column, signedIndex(Math.floor(i / 2 / halfColumns(box)), box));
      product[ring]! += found[i]! * expected[i]! + found[i + 1]! * expected[i + 1]!;
      energy[ring]! += expected[i]! ** 2 + expected[i + 1]! ** 2;
    }
  }
  // beyond what the poses tell it is about 0, and below by chance; in the corners RELION's projections are empty
  return Array.from(product, (sum, ring) => (ring <= box / 2 ? Math.max(0, sum / energy[ring]!) : 0));
}

/** The box about a place, protein white. */
function cut({ data, shape: [, columns] }: Image, { x, y }: { x: number; y: number }): Float32Array {
  const first = (y - centre(box)) * columns + x - centre(box);
  const pixel = (i: number): number => -data[first + Math.floor(i / box) * columns + (i % box)]!;
  return Float32Array.from({ length: size }, (_, i) => pixel(i));
}

const radius = diameter / 2 / pixelSize;
const distance = (i: number): number =>
  Math.hypot(Math.floor(i / box) - centre(box), (i % box) - centre(box));
const within = (data: Float32Array): Float32Array => data.filter((_, i) => distance(i) <= radius);
/** Mean 0 and deviation 1 outside the particle. */
function normalised(data: Float32Array): Float32Array {
  const border = data.filter((_, i) => distance(i) > radius);
  const [middle, deviation] = [mean(border), Math.sqrt(variance(border))];
  return data.map((value) => (value - middle) / deviation);
}

const strength = measuredStrength();
const clean = project("truth.star", "clean");
const stack = new Float32Array(count * size);
let [signal, noise] = [0, 0];
for (const [i, { micrograph, place }] of drawn.entries()) {
  const ground = normalised(cut(micrographs[micrograph]!.image, place));
  const own = clean.slice(i * size, (i + 1) * size);
  filterRings(own, strength);
  signal += variance(within(own)) / count;
  noise += variance(within(ground)) / count;
  stack.set(normalised(ground.map((value, p) => value + own[p]!)), i * size);
}
writeFileSync(
  at("particles.mrcs"),
  writeMrc({ data: stack, shape: [count, box, box], voxelSize: pixelSize, kind: "stack" }),
);
const clearPlaces = micrographs.map(({ fitted, clear }) => ({
  ...{ micrograph: basename(fitted.micrograph), places: clear.length },
}));
const record = { count, box, pixelSize, signalToNoise: signal / noise, clearPlaces, strength };
writeFileSync(at("set.json"), `${JSON.stringify(record, null, 1)}\n`);
console.log(JSON.stringify(record));
