/**
 * Scores the classes of particles that bench/results/refine-set.ts made, some images of noise alone perhaps among them:
 *   npx vite-node bench/results/classify2d.ts TRUTH.mrc CLASSES_FOLDER PARTICLES
 * PARTICLES: images beyond this number are noise. Of each class: particles, images of noise among them, and the highest correlation of its
 * average with projections of the truth, over orientations (7.5 degrees apart, then 3.75) and shifts, at the frequencies up to the class's
 * own resolution and, beside it, up to 30 angstrom, within the circle of the particle (`--particle-diameter` of the classification).
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { symmetryOperators } from "../../src/core/symmetry.js";
import { readMrc, readVolume } from "../../src/io/mrc/read.js";
import { readParticlesStar } from "../../src/io/particles/star.js";
import { parseStar } from "../../src/io/star/parse.js";
import { prepareProjector } from "../../src/physics/projection/projector.js";
import { maskedImage } from "../../src/reconstruct/refine/particle-image.js";
import { type Frequencies, frequenciesWithin } from "../../src/reconstruct/search/frequencies.js";
import { Matcher } from "../../src/reconstruct/search/matcher.js";
import { OrientationGrid } from "../../src/reconstruct/search/orientation-grid.js";
import { particleSpectrum } from "../../src/reconstruct/search/particle-spectrum.js";
import { movedBack, quarters, type Shift, shiftsWithin } from "../../src/reconstruct/search/shifts.js";
import type { View } from "../../src/reconstruct/search/view.js";
import { printTable } from "../shared/table.js";

const [truthPath = "", folder = "", count = "2000"] = process.argv.slice(2);
const truth = readVolume(readFileSync(truthPath), truthPath);
const record = JSON.parse(readFileSync(join(folder, "classify2d.json"), "utf8")) as {
  options: { particleDiameter: number };
  classes: { particles: number; resolution: number | null }[];
};
const [box, pixelSize] = [truth.shape[0], truth.voxelSize];
const side = box * pixelSize;
const radius = record.options.particleDiameter / pixelSize / 2;
const matcher = new Matcher([prepareProjector(truth)]);
const grid = new OrientationGrid(symmetryOperators("C1"));
const start = grid.cells(2).map((cell) => ({ cell, view: grid.view(2, cell) }));
const startViews = start.map(({ view }) => view);
const stack = readMrc(readFileSync(join(folder, "classes.mrcs")), "classes.mrcs");
const text = readFileSync(join(folder, "run_data.star"));
const classes = parseStar(text.toString(), "run_data.star").table("particles").integers("rlnClassNumber");
const { particles } = readParticlesStar(text, "run_data.star");
// neither CTF nor noise: the transforms alone
const plain = {
  ...{ voltage: 300, sphericalAberration: 0, amplitudeContrast: 1 },
  ...{ defocusU: 0, defocusV: 0, defocusAngle: 0, phaseShift: 0 },
};

/** Correlations of an average with slices: [views, shifts], and the best of them. */
function bestOf(
  average: Float32Array,
  frequencies: Frequencies,
  views: readonly View[],
  shifts: readonly Shift[],
) {
  const { data } = particleSpectrum({ data: average, shape: [box, box] }, frequencies, plain, pixelSize);
  const length = frequencies.kx.length;
  const products = matcher.scores(
    views,
    frequencies,
    movedBack(data, frequencies, shifts),
    new Float32Array(length),
  );
  const ones = new Float32Array(length).fill(1, 0, frequencies.count);
  const energies = matcher.scores(views, frequencies, new Float32Array(2 * length), ones);
  const own = Math.sqrt(data.reduce((sum, value) => sum + value * value, 0));
  let best = { correlation: -1, view: 0, shift: shifts[0]! };
  for (let v = 0; v < views.length; v++) {
    for (let s = 0; s < shifts.length; s++) {
      const correlation = products[v * shifts.length + s]! / (own * Math.sqrt(-energies[v]!));
      if (correlation > best.correlation) best = { correlation, view: v, shift: shifts[s]! };
    }
  }
  return best;
}

/** From 15 degrees and two pixels down to 3.75 degrees and half a pixel, about the best each time. */
function correlationWithTruth(average: Float32Array, resolution: number): number {
  const frequencies = frequenciesWithin(box, Math.max(3, side / resolution));
  let shifts = shiftsWithin(4, 2);
  let found = bestOf(average, frequencies, startViews, shifts);
  let cell = start[found.view]!.cell;
  for (const order of [2, 3]) {
    const cells = grid.near(order + 1, grid.matrix(order, cell), OrientationGrid.step(order));
    shifts = [found.shift, ...quarters([found.shift], 8 / 2 ** order)];
    found = bestOf(
      average,
      frequencies,
      cells.map((each) => grid.view(order + 1, each)),
      shifts,
    );
    cell = cells[found.view]!;
  }
  return found.correlation;
}

const rows = record.classes.map(({ particles: members, resolution }, k) => {
  const own = particles.filter((_, i) => classes[i] === k + 1);
  const noise = own.filter(({ image }) => image!.index > Number(count)).length;
  const size = box * box;
  const average = maskedImage(stack.data.slice(k * size, (k + 1) * size), box, radius, { x: 0, y: 0 });
  const show = (value: number): string => value.toFixed(3);
  return [
    String(k + 1),
    String(members),
    String(noise),
    resolution === null ? "-" : resolution.toFixed(1),
    resolution === null ? "-" : show(correlationWithTruth(average, resolution)),
    show(correlationWithTruth(average, 30)),
  ];
});
printTable(
  `classes of ${folder}`,
  ["class", "images", "of noise", "resolution, Å", "correlation to it", "to 30 Å"],
  rows,
);
