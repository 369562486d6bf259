import { searchLevels } from "../refine/levels.js";
import { maskedImage, type RefinedParticle, spectrumOf } from "../refine/particle-image.js";
import { type Sighting, sightingOf } from "../refine/sighting.js";
import { type Candidates, descend, type Search } from "../search/descend.js";
import { type Frequencies, frequenciesWithin } from "../search/frequencies.js";
import { Matcher } from "../search/matcher.js";
import { shiftsWithin } from "../search/shifts.js";
import type { ClassModel, ClassPlan } from "./class-model.js";
import { InPlaneGrid } from "./in-plane-grid.js";
import { planeOf, planeShape } from "./plane.js";

/** Order of the first level: intervals of 15 degrees. */
const FIRST_ORDER = 2;
/** Cells that are divided for the next level. At coarse steps many classes look alike: more are kept than in a refinement. */
const KEEP_CELLS = { share: 0.999, fewest: 16, most: 128 };
const KEEP_SHIFTS = { share: 0.999, fewest: 2, most: 8 };

/** A matcher of slices of class averages, each under the mask of the particle. */
export function classMatcher(
  { box, diameter, limit }: ClassPlan,
  averages: readonly Float32Array[],
): Matcher {
  const shape = planeShape(box, limit + 1);
  return new Matcher(
    averages.map((data) => {
      const masked = maskedImage(data, box, diameter / 2, { x: 0, y: 0 });
      return planeOf({ data: masked, shape: [box, box] }, shape);
    }),
  );
}

/**
 * Looks for the class, the in-plane angle and the shift of images. All classes are equally likely before an image is seen: if
 * large classes were likelier, they would take in the small ones before averages differ.
 */
export class ClassSearch {
  private readonly search: Omit<Search, "noise">;
  private readonly everything: Pick<Candidates, "cells" | "views">;
  private readonly list: Frequencies;

  constructor(
    private readonly plan: ClassPlan,
    private readonly model: ClassModel,
  ) {
    const { averages, shiftDeviation } = model;
    const grid = new InPlaneGrid(averages.length, plan.turn);
    const matcher = classMatcher(plan, averages);
    const levels = searchLevels(plan, FIRST_ORDER);
    const variance = 2 * shiftDeviation ** 2;
    this.list = frequenciesWithin(plan.box, plan.limit);
    this.search = {
      ...{ matcher, grid, levels },
      shiftPrior: ({ x, y }) => -(x * x + y * y) / variance,
      ...{ keepCells: KEEP_CELLS, keepShifts: KEEP_SHIFTS },
    };
    const cells = grid.cells(FIRST_ORDER);
    const views = cells.map((cell) => grid.view(FIRST_ORDER, cell));
    this.everything = { cells, views };
    matcher.hold(views, levels[0]!.frequencies);
  }

  /** @param pixels box x box */
  find(pixels: Float32Array, particle: RefinedParticle): Sighting {
    const { box, pixelSize, diameter, shiftRange } = this.plan;
    const masked = maskedImage(pixels, box, diameter / 2, particle.shift);
    const spectrum = spectrumOf(masked, particle, this.list, pixelSize);
    const search = { ...this.search, noise: this.model.noise[particle.group]! };
    const { shiftStep } = search.levels[0]!;
    const shifts = shiftsWithin(Math.max(shiftStep, shiftRange), shiftStep, particle.shift);
    return sightingOf(descend(search, spectrum, { ...this.everything, shifts }));
  }
}
