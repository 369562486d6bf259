import { turnedWalk } from "../../../array/eight-turns.js";
import type { Image } from "../../../array/image.js";
import type { Random } from "../../../core/random.js";

/** A patch of a micrograph, by the place of its top left pixel. */
export interface PatchPlace {
  readonly micrograph: number;
  readonly left: number;
  readonly top: number;
}

/** Micrographs parted into those that a classifier learns from and those that it is tested on. */
export interface Split<T> {
  readonly train: readonly T[];
  readonly test: readonly T[];
}

/** A random half of the micrographs to learn from, the larger one where they are odd, and the rest to test on. */
export function splitMicrographs<T>(micrographs: readonly T[], random: Random): Split<T> {
  const shuffled = random.shuffle([...micrographs]);
  const half = Math.ceil(shuffled.length / 2);
  return { train: shuffled.slice(0, half), test: shuffled.slice(half) };
}

/** Places side by side that cover the micrographs, of each as many whole patches as fit, centred. */
export function tiledPlaces(shapes: readonly Image["shape"][], side: number): readonly PatchPlace[] {
  return shapes.flatMap(([rows, columns], micrograph) => {
    const [down, across] = [Math.floor(rows / side), Math.floor(columns / side)];
    const [top, left] = [(rows - down * side) >> 1, (columns - across * side) >> 1];
    return Array.from({ length: down * across }, (_, i) => ({
      micrograph,
      left: left + side * (i % across),
      top: top + side * Math.floor(i / across),
    }));
  });
}

/** Writes a patch, turned in one of the eight ways, into a batch. */
export function copyPatch(
  { data, shape: [, columns] }: Image,
  { left, top }: Omit<PatchPlace, "micrograph">,
  side: number,
  turn: number,
  out: Float32Array,
  at: number,
): void {
  const { first, down, right } = turnedWalk(turn, [side, side], columns);
  const origin = top * columns + left + first;
  for (let y = 0; y < side; y++) {
    for (let x = 0; x < side; x++) out[at + y * side + x] = data[origin + y * down + x * right]!;
  }
}

/** Writes a patch drawn at random from micrographs into a batch: any micrograph, any place, any of the eight ways. */
export function drawPatch(
  micrographs: readonly Image[],
  side: number,
  random: Random,
  out: Float32Array,
  at: number,
): void {
  const image = micrographs[random.integer(micrographs.length)]!;
  const place = {
    left: random.integer(image.shape[1] - side + 1),
    top: random.integer(image.shape[0] - side + 1),
  };
  copyPatch(image, place, side, random.integer(8), out, at);
}
