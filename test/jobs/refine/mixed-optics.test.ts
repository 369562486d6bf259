import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { fourierShellCorrelation, resolutionAt } from "../../../src/evaluate/maps/fsc.js";
import { readVolume } from "../../../src/io/mrc/read.js";
import { scratchFolder } from "../../helpers/scratch.js";
import { errorsOf, refineToy } from "./refine-toy.js";
import { lowPassed, TOY_PIXEL, toyRefinement } from "./toy-refinement.js";

const folder = scratchFolder();

test("optics groups of unlike box and pixel size are refined together, in what all of them hold", async () => {
  const box = 28;
  // 60 pixels of 3.1 angstrom are 186, wider than the 168 of the others; the reference has the first group's grid
  const toy = toyRefinement(join(folder, "toy"), { count: 80, box, second: { box: 60, pixelSize: 3.1 } });
  const { at, notes, warnings, record } = await refineToy(toy, join(folder, "out"), { iterations: 3 });
  expect(warnings).toEqual([]);
  expect(notes.join("\n")).toMatch(
    /images of 28 pixels of 6 angstrom, 60 pixels of 3.1 angstrom are compared as 28 pixels of 6 angstrom/,
  );
  expect(record).toMatchObject({ box, pixelSize: TOY_PIXEL });
  const { particles } = errorsOf(at("run_data.star"), toy);
  expect(new Set(particles.map(({ opticsGroup }) => opticsGroup))).toEqual(new Set([0, 1]));
  for (const group of [0, 1]) {
    const { angle, shift } = errorsOf(at("run_data.star"), toy, "C1", (i) => i % 2 === group);
    expect(angle).toBeLessThan(6);
    expect(shift).toBeLessThan(0.5 * TOY_PIXEL);
  }
  const map = readVolume(readFileSync(at("map.mrc")), "map");
  const before = resolutionAt(fourierShellCorrelation(lowPassed(toy.truth, 4), toy.truth), 0.5).resolution;
  expect(resolutionAt(fourierShellCorrelation(map, toy.truth), 0.5).resolution).toBeLessThan(0.8 * before);
});
