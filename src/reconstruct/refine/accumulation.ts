import { halfColumns } from "../../array/spectrum/half.js";
import { ctf } from "../../physics/optics/ctf.js";
import { BackProjector } from "../back-projector.js";
import type { ReconstructionGrid } from "../grid.js";
import { type Frequencies, frequenciesWithin } from "../search/frequencies.js";
import { Matcher } from "../search/matcher.js";
import type { ParticleSpectrum } from "../search/particle-spectrum.js";
import { movedBack } from "../search/shifts.js";
import type { FourierSums } from "../sums.js";
import type { HalfModel, SearchPlan } from "./expectation.js";
import { NoiseSums } from "./noise.js";
import { maskedImage, type RefinedParticle, spectrumOf } from "./particle-image.js";
import type { Sighting } from "./sighting.js";

/** What some particles of a half add to its next map and noise. Plain data. */
export interface Accumulated {
  readonly sums: FourierSums;
  readonly noise: NoiseSums["groups"];
  /** Sum over particles of the mean square of their shifts along an axis, pixels². */
  readonly shiftSquares: number;
  readonly particles: number;
}

/** Adds up particles of one half by the probabilities of their poses: the map's sums, and what is left as noise. */
export class Accumulation {
  private readonly projector: BackProjector;
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
    this.projector = new BackProjector(grid);
    this.matcher = new Matcher(model.projector);
    this.all = frequenciesWithin(plan.box, plan.box / 2);
    this.compared = frequenciesWithin(plan.box, Math.min(plan.limit, model.projector.radius));
    this.noise = new NoiseSums(model.noise.length, this.all);
  }

  /** @param pixels box x box, white protein */
  add(pixels: Float32Array, particle: RefinedParticle, sighting: Sighting): void {
    const { box, pixelSize, diameter } = this.plan;
    const masked = maskedImage(pixels, box, diameter / 2, particle.shift);
    const seen = spectrumOf(masked, particle, this.all, pixelSize);
    this.addNoise(seen, particle.group, sighting);
    const whole = spectrumOf(pixels, particle, this.all, pixelSize);
    this.addSlices(whole, particle, sighting);
    for (const [s, { x, y }] of sighting.shifts.entries()) {
      this.shiftSquares += (shareOfShift(sighting, s) * (x * x + y * y)) / 2;
    }
    this.particles++;
  }

  result(): Accumulated {
    const { shiftSquares, particles } = this;
    return { sums: this.projector.sums(), noise: this.noise.groups, shiftSquares, particles };
  }

  /** The mean over poses of |image - CTF slice|², up to the limit; beyond it the image's own power. */
  private addNoise(seen: ParticleSpectrum, group: number, sighting: Sighting): void {
    const power = this.noise.ofImage(group, seen);
    const slices = this.matcher.slices(sighting.matrices, this.compared);
    const means = meanImages(seen.data, this.compared, this.all, sighting);
    const { count, ring, kx } = this.compared;
    const length = kx.length;
    for (const [o, { data: image, share }] of means.entries()) {
      const slice = slices.subarray(2 * length * o, 2 * length * (o + 1));
      for (let i = 0; i < count; i++) {
        const transfer = seen.ctf[i]!;
        const [re, im] = [transfer * slice[i]!, transfer * slice[length + i]!];
        const product = re * image[i]! + im * image[length + i]!;
        power[ring[i]!]! += share * (re * re + im * im) - 2 * product;
      }
    }
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
      this.projector.addSlice({ data, weight }, this.plan, sighting.matrices[o]!);
    }
  }
}

/** Of each orientation the image moved by each shift, times their probability, summed; and the probability itself. */
function meanImages(
  data: Float32Array,
  wanted: Frequencies,
  given: Frequencies,
  { matrices, shifts, probability }: Sighting,
): readonly { readonly data: Float32Array; readonly share: number }[] {
  const length = wanted.kx.length;
  const own = wanted === given ? data : firstOf(data, wanted, given);
  const moved = movedBack(own, wanted, shifts);
  return matrices.map((_, o) => {
    const sum = new Float32Array(2 * length);
    let share = 0;
    for (let s = 0; s < shifts.length; s++) {
      const p = probability[o * shifts.length + s]!;
      if (p < 1e-5) continue;
      share += p;
      const from = 2 * length * s;
      for (let i = 0; i < sum.length; i++) sum[i]! += p * moved[from + i]!;
    }
    return { data: sum, share };
  });
}

/** The values at the first frequencies of a longer list. */
function firstOf(data: Float32Array, wanted: Frequencies, given: Frequencies): Float32Array {
  const out = new Float32Array(2 * wanted.kx.length);
  out.set(data.subarray(0, wanted.count));
  out.set(data.subarray(given.kx.length, given.kx.length + wanted.count), wanted.kx.length);
  return out;
}

function shareOfShift({ matrices, shifts, probability }: Sighting, s: number): number {
  let sum = 0;
  for (let o = 0; o < matrices.length; o++) sum += probability[o * shifts.length + s]!;
  return sum;
}
