import { eulerToMatrix, type RotationMatrix } from "../../core/rotation.js";
import { symmetryOperators } from "../../core/symmetry.js";
import type { Projector } from "../../physics/projection/projector.js";
import { type Candidates, descend, type Search } from "../search/descend.js";
import { type Frequencies, frequenciesWithin } from "../search/frequencies.js";
import { Matcher } from "../search/matcher.js";
import { OrientationGrid } from "../search/orientation-grid.js";
import type { ParticleSpectrum } from "../search/particle-spectrum.js";
import { SeveralGrid } from "../search/several-grid.js";
import { type Shift, shiftsWithin } from "../search/shifts.js";
import { fitGreyScale, type GreyFit } from "./grey-scale.js";
import { searchLevels } from "./levels.js";
import { maskedImage, type RefinedParticle, spectrumOf } from "./particle-image.js";
import { type Sighting, sightingOf } from "./sighting.js";

/** How an iteration searches, the same for both halves. Plain data. */
export interface SearchPlan {
  /** Rows and columns of the images. */
  readonly box: number;
  /** Angstrom. */
  readonly pixelSize: number;
  /** Pixels across the particle: of the mask of images, and of what decides the steps. */
  readonly diameter: number;
  /** Frequency steps of the box up to which images and reference are compared. */
  readonly limit: number;
  readonly symmetry: string;
  /** Of the grid of orientations. */
  readonly turn: RotationMatrix;
  /** Pixels about the last shift within which shifts are looked for. */
  readonly shiftRange: number;
  /** Degrees about the last orientation within which it is looked for, with one reference; absent: everywhere. */
  readonly local?: number;
  /** Order of orientations at which a search ends at the latest; absent: where the limit asks for it. */
  readonly lastOrder?: number;
}

/** What one half knows and the other does not. Plain data. */
export interface HalfModel {
  /** Of the half's own map, or of several references that particles are shared out among. */
  readonly projectors: readonly Projector[];
  /** Of each optics group: the mean of |transform|² of the noise at each ring. */
  readonly noise: readonly Float64Array[];
  /** Pixels: standard deviation of the shifts along an axis. */
  readonly shiftDeviation: number;
}

/** Order of the first level where all orientations are searched, and where those near a known one are. */
const GLOBAL_ORDER = 2;
const LOCAL_ORDER = 3;
/** Degrees: the farthest that is near. Beyond, cells of the first order are enough, as they are for all orientations. */
const NEAR = 15;
/** Cells that are divided for the next level. */
const KEEP_CELLS = { share: 0.999, fewest: 16, most: 64 };
const KEEP_SHIFTS = { share: 0.999, fewest: 2, most: 8 };

/** Looks for the particles of one half in its map. */
export class Expectation {
  private readonly grid: OrientationGrid;
  private readonly search: Omit<Search, "noise">;
  private readonly everything: Pick<Candidates, "cells" | "views">;
  private readonly list: Frequencies;

  constructor(
    private readonly plan: SearchPlan,
    private readonly model: HalfModel,
  ) {
    const { box, symmetry, turn, local } = plan;
    const limit = Math.min(plan.limit, ...model.projectors.map(({ radius }) => radius));
    const first = local !== undefined && local <= NEAR ? LOCAL_ORDER : GLOBAL_ORDER;
    this.grid = new OrientationGrid(symmetryOperators(symmetry), turn);
    const several = new SeveralGrid(this.grid, model.projectors.length);
    const variance = 2 * model.shiftDeviation ** 2;
    this.list = frequenciesWithin(box, limit);
    this.search = {
      ...{ matcher: new Matcher(model.projectors), grid: several },
      levels: searchLevels({ ...plan, limit }, first, plan.lastOrder),
      shiftPrior: ({ x, y }) => -(x * x + y * y) / variance,
      ...{ keepCells: KEEP_CELLS, keepShifts: KEEP_SHIFTS },
    };
    const cells = local === undefined ? several.cells(first) : [];
    const views = cells.map((cell) => several.view(first, cell));
    this.everything = { cells, views };
    if (local === undefined) this.search.matcher.hold(views, this.search.levels[0]!.frequencies);
  }

  /** @param pixels box x box, white protein */
  find(pixels: Float32Array, particle: RefinedParticle): Sighting {
    const search = { ...this.search, noise: this.model.noise[particle.group]! };
    return sightingOf(descend(search, this.spectrum(pixels, particle), this.start(particle)));
  }

  /** The grey scale of the map against one image, by the first level. */
  fitGreyScale(pixels: Float32Array, particle: RefinedParticle): GreyFit {
    const { matcher, grid, levels } = this.search;
    const { cells, shifts } = this.start(particle);
    const [level] = levels;
    const noise = this.model.noise[particle.group]!;
    const views = cells.map((cell) => grid.view(level!.order, cell));
    return fitGreyScale(matcher, level!, this.spectrum(pixels, particle), noise, views, shifts);
  }

  private spectrum(pixels: Float32Array, particle: RefinedParticle): ParticleSpectrum {
    const { box, pixelSize, diameter } = this.plan;
    const masked = maskedImage(pixels, box, diameter / 2, particle.shift);
    return spectrumOf(masked, particle, this.list, pixelSize);
  }

  private start({ angles, shift }: RefinedParticle): Candidates {
    const { order, shiftStep } = this.search.levels[0]!;
    const shifts = this.shifts(shift, shiftStep);
    const { local } = this.plan;
    if (local === undefined || !angles) return { ...this.everything, shifts };
    const near = angles.flatMap((each) => this.grid.near(order, eulerToMatrix(each), local));
    return { cells: [...new Set(near)], shifts };
  }

  private shifts(about: Shift, step: number): readonly Shift[] {
    return shiftsWithin(Math.max(step, this.plan.shiftRange), step, about);
  }
}
