import { addUnexplained, meanImages, shiftSquaresOf } from "../refine/explained.js";
import { NoiseSums } from "../refine/noise.js";
import { maskedImage, type RefinedParticle, spectrumOf } from "../refine/particle-image.js";
import type { Sighting } from "../refine/sighting.js";
import { type Frequencies, frequenciesWithin } from "../search/frequencies.js";
import type { Matcher } from "../search/matcher.js";
import type { ClassModel, ClassPlan, ClassSums } from "./class-model.js";
import { classMatcher } from "./class-search.js";
import { planeShape } from "./plane.js";
import { emptyPlaneSums, insertIntoPlane, type PlaneSums } from "./plane-sums.js";

/** Adds images up by the probabilities of their classes, angles and shifts: the classes' sums, and what is left as noise. */
export class ClassAccumulation {
  /** All frequencies below Nyquist; those of the averages; those that are compared. */
  private readonly all: Frequencies;
  private readonly averaged: Frequencies;
  private readonly compared: Frequencies;
  private readonly matcher: Matcher;
  private readonly planes: readonly (readonly [PlaneSums, PlaneSums])[];
  private readonly members: Float64Array;
  private readonly noise: NoiseSums;
  private shiftSquares = 0;
  private images = 0;

  constructor(
    private readonly plan: ClassPlan,
    private readonly model: ClassModel,
  ) {
    const { box, limit, reach } = plan;
    const { averages, noise } = model;
    this.all = frequenciesWithin(box, box / 2);
    this.averaged = frequenciesWithin(box, reach);
    this.compared = frequenciesWithin(box, limit);
    this.matcher = classMatcher(plan, averages);
    const shape = planeShape(box, reach);
    this.planes = averages.map(() => [emptyPlaneSums(shape), emptyPlaneSums(shape)] as const);
    this.members = new Float64Array(averages.length);
    this.noise = new NoiseSums(noise.length, this.all);
  }

  /** @param pixels box x box; @param half 0 or 1: which half of its class the image is averaged in */
  add(pixels: Float32Array, particle: RefinedParticle, sighting: Sighting, half: number): void {
    const { box, pixelSize, diameter } = this.plan;
    const masked = maskedImage(pixels, box, diameter / 2, particle.shift);
    const seen = spectrumOf(masked, particle, this.all, pixelSize);
    addUnexplained(this.noise.ofImage(particle.group, seen), seen, {
      ...{ all: this.all, compared: this.compared, sighting },
      slices: this.matcher.slices(sighting.views, this.compared),
    });
    this.insert(pixels, particle, sighting, half);
    this.shiftSquares += shiftSquaresOf(sighting);
    this.images++;
  }

  result(): ClassSums {
    const { planes, members, shiftSquares, images } = this;
    return { planes, members, noise: this.noise.groups, shiftSquares, images };
  }

  private insert(pixels: Float32Array, particle: RefinedParticle, sighting: Sighting, half: number): void {
    const whole = spectrumOf(pixels, particle, this.all, this.plan.pixelSize);
    const { count, ring, kx } = this.averaged;
    const length = kx.length;
    const noise = this.model.noise[particle.group]!;
    const weights = new Float32Array(length);
    for (const [v, { data, share }] of meanImages(whole.data, this.averaged, this.all, sighting).entries()) {
      const { reference, matrix } = sighting.views[v]!;
      for (let i = 0; i < count; i++) {
        const factor = whole.ctf[i]! / noise[ring[i]!]!;
        data[i]! *= factor;
        data[length + i]! *= factor;
        weights[i] = share * factor * whole.ctf[i]!;
      }
      this.members[reference]! += share;
      insertIntoPlane(this.planes[reference]![half]!, data, weights, this.averaged, matrix);
    }
  }
}
