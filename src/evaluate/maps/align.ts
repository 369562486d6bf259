import { irfft3, rfft3 } from "../../array/fft/fft.js";
import { centre, type Volume } from "../../array/image.js";
import { halfColumns, signedIndex, wrappedIndex } from "../../array/spectrum/half.js";
import { shellOf, shellSums, visitHalfSpectrum } from "../../array/spectrum/shells.js";
import { axisRotation, multiplyRotations, type RotationMatrix, rotationAngle } from "../../core/rotation.js";
import { OrientationGrid } from "../../reconstruct/search/orientation-grid.js";
import { checkComparable } from "./fsc.js";
import { type Placement, TurnableMap } from "./turnable-map.js";

export interface Alignment extends Placement {
  /** Of both maps, every shell to the radius below divided by its own root mean square: -1 to 1. */
  readonly correlation: number;
  /** How far from zero the maps were compared at last, in shells. */
  readonly radius: number;
}

export interface AlignOptions {
  /** Which hands are tried; default both. */
  readonly hands?: readonly ("same" | "mirrored")[];
}

/** Orientations of the first search: 4608 of them, 15 degrees apart. */
const ORDER = 2;
/** Shells of the first search: a turn by half the step moves the edge of a particle half the box wide by a quarter of the finest wave. */
const FIRST_RADIUS = 7;
/** Shells of the searches that follow, how many candidates each begins with, and how often its steps are halved. */
const LEVELS = [
  { radius: 7, candidates: 24, halvings: 3 },
  { radius: 10, candidates: 8, halvings: 3 },
  { radius: 14, candidates: 4, halvings: 3 },
  { radius: 20, candidates: 2, halvings: 4 },
  { radius: 28, candidates: 1, halvings: 5 },
  { radius: 40, candidates: 1, halvings: 6 },
] as const;
/** A finer search pays only while the maps agree at the shells that it adds. */
const AGREEMENT = 0.3;

/**
 * Finds the rotation, the shift and the hand that lay one map onto another: all orientations at the coarsest shells, each with
 * its best shift by cross-correlation, then descents of the best ones at more and more shells.
 *
 * @param reference cube
 * @param map cube of the same size and voxel size
 * @throws ShapeError, DomainError as `checkComparable`
 */
export function alignMaps(
  reference: Volume,
  map: Volume,
  { hands = ["same", "mirrored"] }: AlignOptions = {},
): Alignment {
  checkComparable(reference, map);
  const turnable = new TurnableMap(map);
  const spectrum = centred(rfft3(reference));
  const power = shellSums(spectrum, rfft3(map), "whole spectrum");
  const largest = Math.floor(reference.shape[0] / 2) - 1;
  const first = new Comparison(spectrum, turnable, power, Math.min(FIRST_RADIUS, largest));
  let found = hands.flatMap((hand) => first.allOrientations(hand === "mirrored"));
  let comparison = first;
  for (const { radius, candidates, halvings } of LEVELS) {
    if (radius > largest && comparison !== first) break;
    const next = new Comparison(spectrum, turnable, power, Math.min(radius, largest));
    if (comparison !== first && next.correlation(found[0]!, comparison.radius) < AGREEMENT) break;
    comparison = next;
    found = distinct(found, candidates).map((candidate) => next.descend(candidate, halvings));
    found.sort((a, b) => b.correlation - a.correlation);
  }
  return found[0]!;
}

/** The best candidates, of those that nearly coincide only the best one. */
function distinct(found: readonly Alignment[], count: number): readonly Alignment[] {
  const kept: Alignment[] = [];
  for (const candidate of found.toSorted((a, b) => b.correlation - a.correlation)) {
    const known = kept.some(
      ({ rotation, mirrored }) =>
        mirrored === candidate.mirrored && rotationAngle(rotation, candidate.rotation) < 3,
    );
    if (!known) kept.push(candidate);
    if (kept.length === count) break;
  }
  return kept;
}

type VolumeSpectrum = ReturnType<typeof rfft3>;
type ShellPower = ReturnType<typeof shellSums>;

/** A spectrum whose phases count from the map's centre, in place. */
function centred(spectrum: VolumeSpectrum): VolumeSpectrum {
  const n = spectrum.shape[0];
  const { data } = spectrum;
  const turn = (2 * Math.PI * centre(n)) / n;
  visitHalfSpectrum(n, (at, _, kx, ky, kz) => {
    const [cos, sin] = [Math.cos(turn * (kx + ky + kz)), Math.sin(turn * (kx + ky + kz))];
    const [re, im] = [data[at]!, data[at + 1]!];
    data[at] = re * cos - im * sin;
    data[at + 1] = re * sin + im * cos;
  });
  return spectrum;
}

/** Two maps compared at the frequencies up to a radius, each shell divided by its root mean square. */
class Comparison {
  private readonly frequencies: Float64Array;
  /** Of the reference, interleaved. */
  private readonly expected: Float64Array;
  /** What the other map's values are divided by. */
  private readonly scale: Float64Array;
  private readonly own: number;

  constructor(
    spectrum: VolumeSpectrum,
    private readonly map: TurnableMap,
    power: ShellPower,
    readonly radius: number,
  ) {
    const frequencies: number[] = [];
    const expected: number[] = [];
    const scale: number[] = [];
    const counts = new Float64Array(power.first.length);
    visitHalfSpectrum(map.size, (_, squared, kx) => {
      const shell = shellOf(squared);
      if (shell < counts.length) counts[shell]! += kx === 0 ? 1 : 2;
    });
    const rms = (sums: Float64Array, shell: number): number => Math.sqrt(sums[shell]! / counts[shell]!);
    visitHalfSpectrum(map.size, (at, squared, kx, ky, kz) => {
      const shell = shellOf(squared);
      // at kx = 0 every coefficient has its conjugate among the others, so that half of them count
      const repeated = kx === 0 && (ky < 0 || (ky === 0 && kz <= 0));
      if (repeated || shell < 1 || squared > this.radius ** 2) return;
      const [of, by] = [rms(power.first, shell), rms(power.second, shell)];
      if (!(of > 0 && by > 0)) return;
      frequencies.push(kx, ky, kz);
      expected.push(spectrum.data[at]! / of, spectrum.data[at + 1]! / of);
      scale.push(1 / by);
    });
    this.frequencies = Float64Array.from(frequencies);
    this.expected = Float64Array.from(expected);
    this.scale = Float64Array.from(scale);
    this.own = Math.sqrt(this.expected.reduce((sum, value) => sum + value * value, 0));
  }

  /** Every orientation of the first grid with the shift at which it fits best. */
  allOrientations(mirrored: boolean): Alignment[] {
    const grid = new OrientationGrid([[1, 0, 0, 0, 1, 0, 0, 0, 1]]);
    return grid.cells(ORDER).map((cell) => this.bestShift(grid.matrix(ORDER, cell), mirrored));
  }

  /** The correlation at a placement, over the shells beyond a radius. */
  correlation({ rotation, shift, mirrored }: Placement, beyond = 0): number {
    const values = this.turned(rotation, mirrored);
    const turn = (-2 * Math.PI) / this.map.size;
    let product = 0;
    let [ours, theirs] = [0, 0];
    for (let i = 0; i < this.scale.length; i++) {
      const [kx, ky, kz] = [
        this.frequencies[3 * i]!,
        this.frequencies[3 * i + 1]!,
        this.frequencies[3 * i + 2]!,
      ];
      if (beyond > 0 && kx * kx + ky * ky + kz * kz <= beyond * beyond) continue;
      const angle = turn * (kx * shift[0] + ky * shift[1] + kz * shift[2]);
      const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
      const [re, im] = [values[2 * i]!, values[2 * i + 1]!];
      const [a, b] = [this.expected[2 * i]!, this.expected[2 * i + 1]!];
      product += a * (re * cos - im * sin) + b * (re * sin + im * cos);
      ours += a * a + b * b;
      theirs += re * re + im * im;
    }
    return theirs > 0 ? product / Math.sqrt(ours * theirs) : 0;
  }

  /** The nearest best placement: steps along each of three turns and three shifts, halved some times where none of them helps. */
  descend(from: Placement, halvings: number): Alignment {
    let best: Alignment = { ...from, correlation: this.correlation(from), radius: this.radius };
    // half a wave of the finest shell, at the edge of a particle half the box wide and in shift
    let [angle, move] = [60 / this.radius, this.map.size / (4 * this.radius)];
    for (let left = halvings; left >= 0; ) {
      const before = best.correlation;
      for (const step of steps(angle, move)) {
        const next = step(best);
        const correlation = this.correlation(next);
        if (correlation > best.correlation) best = { ...next, correlation, radius: this.radius };
      }
      if (best.correlation > before) continue;
      angle /= 2;
      move /= 2;
      left--;
    }
    return best;
  }

  /** The shift, to a fraction of the finest wave, at which an orientation fits best: the peak of the cross-correlation. */
  private bestShift(rotation: RotationMatrix, mirrored: boolean): Alignment {
    const size = 2 * (this.radius + 1);
    const half = halfColumns(size);
    const values = this.turned(rotation, mirrored);
    const product = new Float32Array(2 * size * size * half);
    let theirs = 0;
    for (let i = 0; i < this.scale.length; i++) {
      const [kx, ky, kz] = [
        this.frequencies[3 * i]!,
        this.frequencies[3 * i + 1]!,
        this.frequencies[3 * i + 2]!,
      ];
      const [re, im] = [values[2 * i]!, values[2 * i + 1]!];
      const [a, b] = [this.expected[2 * i]!, this.expected[2 * i + 1]!];
      const [x, y] = [a * re + b * im, b * re - a * im];
      const put = (ky: number, kz: number, sign: number): void => {
        const at = 2 * ((wrappedIndex(kz, size) * size + wrappedIndex(ky, size)) * half + kx);
        product[at] = x;
        product[at + 1] = sign * y;
      };
      put(ky, kz, 1);
      if (kx === 0) put(-ky, -kz, -1);
      theirs += re * re + im * im;
    }
    const { data } = irfft3({ data: product, shape: [size, size, size] }, 1);
    let peak = 0;
    for (let i = 1; i < data.length; i++) if (data[i]! > data[peak]!) peak = i;
    const place = (i: number): number => (signedIndex(i, size) * this.map.size) / size;
    const shift = [
      place(peak % size),
      place(Math.floor(peak / size) % size),
      place(Math.floor(peak / size ** 2)),
    ] as const;
    // each coefficient stands for its conjugate too: the inverse transform has twice the real part
    const correlation = (data[peak]! * size ** 3) / (2 * this.own * Math.sqrt(theirs));
    return { rotation, shift, mirrored, correlation, radius: this.radius };
  }

  /** The map's values at the frequencies, turned and scaled, not moved. */
  private turned(r: RotationMatrix, mirrored: boolean): Float64Array {
    const values = new Float64Array(this.expected.length);
    const hand = mirrored ? -1 : 1;
    for (let i = 0; i < this.scale.length; i++) {
      const [kx, ky, kz] = [
        this.frequencies[3 * i]!,
        this.frequencies[3 * i + 1]!,
        this.frequencies[3 * i + 2]!,
      ];
      const qz = r[2] * kx + r[5] * ky + r[8] * kz;
      this.map.sample(
        r[0] * kx + r[3] * ky + r[6] * kz,
        r[1] * kx + r[4] * ky + r[7] * kz,
        hand * qz,
        values,
        2 * i,
      );
      values[2 * i]! *= this.scale[i]!;
      values[2 * i + 1]! *= this.scale[i]!;
    }
    return values;
  }
}

type Step = (from: Placement) => Placement;

/** A turn about each axis and a move along it, both ways. */
function steps(angle: number, move: number): readonly Step[] {
  const axes = [
    [1, 0, 0],
    [0, 1, 0],
    [0, 0, 1],
  ] as const;
  return axes.flatMap(([x, y, z]) =>
    [1, -1].flatMap((sign): Step[] => {
      const turn = axisRotation([x, y, z], sign * angle);
      const by = sign * move;
      return [
        (from) => ({ ...from, rotation: multiplyRotations(turn, from.rotation) }),
        ({ shift, ...from }) => ({
          ...from,
          shift: [shift[0] + by * x, shift[1] + by * y, shift[2] + by * z],
        }),
      ];
    }),
  );
}
