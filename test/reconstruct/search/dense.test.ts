import { expect, test } from "vitest";
import { eulerToMatrix, rotationAngle } from "../../../src/core/rotation.js";
import { symmetryOperators } from "../../../src/core/symmetry.js";
import { project } from "../../../src/physics/projection/project.js";
import { prepareProjector } from "../../../src/physics/projection/projector.js";
import { DenseSearch } from "../../../src/reconstruct/search/dense.js";
import { descend, type Search, weigh, weighted } from "../../../src/reconstruct/search/descend.js";
import { frequenciesWithin } from "../../../src/reconstruct/search/frequencies.js";
import { Matcher } from "../../../src/reconstruct/search/matcher.js";
import { OrientationGrid } from "../../../src/reconstruct/search/orientation-grid.js";
import { particleSpectrum } from "../../../src/reconstruct/search/particle-spectrum.js";
import { shiftsWithin } from "../../../src/reconstruct/search/shifts.js";
import { openOnnxCpu } from "../../../src/runtime/onnx/cpu.js";
import { SEARCH_CTF as ctf, noisy, SEARCH_PIXEL as pixelSize, searchVolume } from "./search-volume.js";

const volume = searchVolume();
const box = volume.shape[0];
const projector = prepareProjector(volume);
const matcher = new Matcher([projector]);
const grid = new OrientationGrid(symmetryOperators("C1"), eulerToMatrix({ rot: 10, tilt: 20, psi: 30 }));
const deviation = 0.1;
const sigma2 = deviation ** 2 * box * box;
const noise = new Float64Array(box).fill(sigma2);
const shiftPrior = ({ x, y }: { readonly x: number; readonly y: number }): number => -(x * x + y * y) / 8;
const poses = [
  { rot: 70, tilt: 50, psi: -100 },
  { rot: -160, tilt: 130, psi: 20 },
  { rot: 5, tilt: 2, psi: 140 },
].map(eulerToMatrix);
const images = poses.map((matrix, i) =>
  noisy(project(projector, matrix, { shiftX: 1.2, shiftY: -0.6, ctf }), deviation, i),
);

test("a dense search on the CPU gives the sums that the plain arithmetic gives", async () => {
  const frequencies = frequenciesWithin(box, 6);
  const shifts = shiftsWithin(2, 2);
  const cells = grid.cells(1);
  const spectra = images.map((image) => particleSpectrum(image, frequencies, ctf, pixelSize));
  const runtime = await openOnnxCpu({ threads: 1 });
  const dense = await DenseSearch.open(runtime, cells.length, shifts, frequencies);
  const slices = matcher.slices(
    cells.map((cell) => grid.view(1, cell)),
    frequencies,
  );
  const level = { order: 1, shiftStep: 2, frequencies };
  let visited = 0;
  const asked = spectra.map((spectrum) => weighted(spectrum, frequencies, noise));
  await dense.run(slices, shifts.map(shiftPrior), asked, (index, { ofOrientation, ofShift }) => {
    const { posterior } = weigh(search([level]), spectra[index]!, level, { cells, shifts });
    const total = ofOrientation.reduce((sum, value) => sum + value, 0);
    expect(ofOrientation.map((v) => v / total)).toBeAllclose(posterior.ofView, { absolute: 1e-4 });
    expect(ofShift.map((v) => v / total)).toBeAllclose(posterior.ofShift, { absolute: 1e-4 });
    visited++;
  });
  expect(visited).toBe(3);
  await dense.close();
});

test("a descent from 15 degrees finds orientations and shifts to less than its last step", () => {
  const levels = [2, 3, 4].map((order) => ({
    ...{ order, shiftStep: 4 / 2 ** order },
    frequencies: frequenciesWithin(box, Math.min(11, 1.5 * 2 ** order)),
  }));
  const start = { cells: grid.cells(2), shifts: shiftsWithin(3, 1) };
  for (const [i, image] of images.entries()) {
    const spectrum = particleSpectrum(image, frequenciesWithin(box, 12), ctf, pixelSize);
    const { views, shifts, posterior } = descend(search(levels), spectrum, start);
    const best = Math.floor(posterior.best / shifts.length);
    expect(rotationAngle(views[best]!.matrix, poses[i]!)).toBeLessThan(OrientationGrid.step(4));
    const shift = shifts[posterior.best % shifts.length]!;
    expect(Math.hypot(shift.x - 1.2, shift.y + 0.6)).toBeLessThan(0.4);
    expect(posterior.probability.reduce((sum, value) => sum + value, 0)).toBeCloseTo(1, 9);
  }
});

function search(levels: Search["levels"]): Search {
  const keepCells = { share: 0.999, fewest: 8, most: 32 };
  return { matcher, grid, levels, noise, shiftPrior, keepCells, keepShifts: { ...keepCells, fewest: 4 } };
}
