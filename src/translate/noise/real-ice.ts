import { type EightTurn, turnedImage } from "../../array/eight-turns.js";
import { reflected } from "../../array/filter.js";
import { type Image, zeros } from "../../array/image.js";
import type { Random } from "../../core/random.js";
import { type CleanMicrograph, cleanInput, type NoiseField, noisyDeviation } from "./field.js";

/** A real micrograph without its particles, at mean 0 and variance 1. */
export interface Ice {
  readonly image: Image;
  /** Mean defocus, angstrom, where it is known. */
  readonly defocus?: number;
}

/** Ices from which one is drawn: those whose defocus is nearest to the clean micrograph's. */
const NEAREST = 3;

/**
 * A clean micrograph laid on real ice, at the strength that the noise field says: ice of a defocus like its own, where those are known,
 * at a random place and turn. Ice smaller than the micrograph is mirrored at its edges.
 */
export function layOnIce(
  clean: CleanMicrograph,
  ices: readonly Ice[],
  field: NoiseField,
  random: Random,
): Image {
  const ice = covering(drawIce(ices, clean.optics, random), clean.image.shape, random);
  const scale = field.deviation / noisyDeviation(field);
  const signal = cleanInput(clean.image, clean.mean, field);
  return { data: signal.data.map((value, i) => value + scale * ice.data[i]!), shape: signal.shape };
}

function drawIce(
  ices: readonly Ice[],
  { defocusU, defocusV }: { readonly defocusU: number; readonly defocusV: number },
  random: Random,
): Image {
  const wanted = (defocusU + defocusV) / 2;
  const known = ices.every(({ defocus }) => defocus !== undefined);
  const distance = ({ defocus }: Ice): number => Math.abs(defocus! - wanted);
  const eligible = known ? ices.toSorted((a, b) => distance(a) - distance(b)).slice(0, NEAREST) : ices;
  return eligible[random.integer(eligible.length)]!.image;
}

/** A part of an ice, turned, that covers so many pixels. */
function covering(ice: Image, [rows, columns]: Image["shape"], random: Random): Image {
  const { data, shape } = turnedImage(ice, random.integer(8) as EightTurn);
  const start = (have: number, want: number): number => random.integer(have >= want ? have - want + 1 : have);
  const [top, left] = [start(shape[0], rows), start(shape[1], columns)];
  const out = zeros(rows, columns);
  for (let row = 0; row < rows; row++) {
    const from = reflected(top + row, shape[0]) * shape[1];
    for (let column = 0; column < columns; column++) {
      out.data[row * columns + column] = data[from + reflected(left + column, shape[1])]!;
    }
  }
  return out;
}
