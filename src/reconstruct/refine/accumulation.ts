import { halfColumns } from "../../array/spectrum/half.js";
import { ctf } from "../../physics/optics/ctf.js";
import { BackProjector } from "../back-projector.js";
import type { ReconstructionGrid } from "../grid.js";
import { type Frequencies, frequenciesWithin } from "../search/frequencies.js";
import { Matcher } from "../search/matcher.js";
import type { ParticleSpectrum } from "../search/particle-spectrum.js";
import { addSums, type FourierSums } from "../sums.js";
import type { HalfModel, SearchPlan } from "./expectation.js";
import { addUnexplained, meanImages, shiftSquaresOf } from "./explained.js";
import { addNoise, NoiseSums } from "./noise.js";
import { maskedImage, type RefinedParticle, spectrumOf } from "./particle-image.js";
import type { Sighting } from "./sighting.js";

/** What some particles of a half add to its next map and noise. Plain data. */
export interface Accumulated {
  /** Of each reference. */
  readonly sums: readonly FourierSums[];
  readonly noise: NoiseSums["groups"];
  /** Sum over particles of the mean square of their shifts along an axis, pixels². */
  readonly shiftSquares: number;
  readonly particles: number;
}

/** What several parts add, in the order of the parts and in the place of the first. */
export function joinAccumulated(parts: readonly Accumulated[]): Accumulated {
  return parts.reduce((all, more) => {
    for (const [k, sums] of all.sums.entries()) addSums(sums, more.sums[k]!);
    addNoise(all.noise, more.noise);
    return {
      sums: all.sums,
      noise: all.noise,
      shiftSquares: all.shiftSquares + more.shiftSquares,
      particles: all.particles + more.particles,
    };
  });
}

/** Adds up particles of one half by the probabilities of their poses: the map's sums, and what is left as noise. */
export class Accumulation {
  private readonly projectors: readonly BackProjector[];
  private readonly matcher: Matcher;
  /** All frequencies below Nyquist, and those at which the map is compared with images. */
  private readonly all: Frequencies;
  private readonly compared: Frequencies;
  private readonly noise: NoiseSums;
  private shiftSquares = 0;
  private particles = 0;

  constructor(
    grid: ReconstructionGrid,
    private readonly plan: SearchPlan,
    private readonly model: HalfModel,
  ) {
    this.projectors = model.projectors.map(() => new BackProjector(grid));
    this.matcher = new Matcher(model.projectors);
    this.all = frequenciesWithin(plan.box, plan.box / 2);
    this.compared = frequenciesWithin(
      plan.box,
      Math.min(plan.limit, ...model.projectors.map(({ radius }) => radius)),
    );
    this.noise = new NoiseSums(model.noise.length, this.all);
  }

  /** @param pixels box x box, white protein */
  add(pixels: Float32Array, particle: RefinedParticle, sighting: Sighting): void {
    const { box, pixelSize, diameter } = this.plan;
    const masked = maskedImage(pixels, box, diameter / 2, particle.shift);
    const seen = spectrumOf(masked, particle, this.all, pixelSize);
    addUnexplained(this.noise.ofImage(particle.group, seen), seen, {
      ...{ all: this.all, compared: this.compared, sighting },
      slices: this.matcher.slices(sighting.views, this.compared),
    });
    const whole = spectrumOf(pixels, particle, this.all, pixelSize);
    this.addSlices(whole, particle, sighting);
    this.shiftSquares += shiftSquaresOf(sighting);
    this.particles++;
  }

  result(): Accumulated {
    const { shiftSquares, particles } = this;
    return {
      sums: this.projectors.map((projector) => projector.sums()),
      noise: this.noise.groups,
      shiftSquares,
      particles,
    };
  }

  private addSlices(whole: ParticleSpectrum, particle: RefinedParticle, sighting: Sighting): void {
    const { box } = this.plan;
    const { count, kx, ky, ring } = this.all;
    const noise = this.model.noise[particle.group]!;
    // at zero frequency an image says nothing: only its weight counts, as in relion_reconstruct
    const atZero = (particle.contrast * ctf(particle.ctf)(0, 0)) ** 2 / noise[0]!;
    const columns = halfColumns(box);
    const length = kx.length;
    for (const [o, { data: image, share }] of meanImages(
      whole.data,
      this.all,
      this.all,
      sighting,
    ).entries()) {
      const { reference, matrix } = sighting.views[o]!;
      const data = new Float32Array(2 * box * columns);
      const weight = new Float32Array(box * columns);
      for (let i = 0; i < count; i++) {
        const at = (ky[i]! < 0 ? ky[i]! + box : ky[i]!) * columns + kx[i]!;
        const factor = whole.ctf[i]! / noise[ring[i]!]!;
        data[2 * at] = factor * image[i]!;
        data[2 * at + 1] = factor * image[length + i]!;
        weight[at] = share * factor * whole.ctf[i]!;
      }
      weight[0] = share * atZero;
      this.projectors[reference]!.addSlice({ data, weight }, this.plan, matrix);
    }
  }
}
