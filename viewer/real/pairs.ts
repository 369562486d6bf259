import { type Image, mean, Random, standardDeviation } from "../../src/index.js";
import type { ImageSet, ImageView, OpenedView } from "../../src/jobs/view/records.js";
import { ask, askBytes } from "../api.js";
import { filtered, pictureOf } from "../micrograph/tone.js";
import type { Spot } from "./score.js";

/** Standard deviations about the mean that are black and white. */
const SPREAD = 3;
/** Relative difference of pixel sizes that counts as none. */
const SAME = 0.02;

export interface TestSettings {
  readonly real: ImageSet;
  readonly synthetic: ImageSet;
  /** Side of the squares, pixels. */
  readonly side: number;
  /** Angstrom; 0 for none. */
  readonly lowPass: number;
  readonly pairs: number;
  readonly seed: number;
}

/** A square to look at, at its place. */
export interface Patch extends Spot {
  readonly pixels: ImageData;
}

export interface Pair {
  readonly real: Patch;
  readonly synthetic: Patch;
  /** Where the real one stands. */
  readonly side: "left" | "right";
}

/**
 * Draws pair number i of a test: a square of a real micrograph and one of a synthetic one, anywhere in any of them, and on which
 * side the real one stands. Both are brought to the same mean and contrast, so that nothing but structure tells them apart. The same
 * settings give the same pairs.
 */
export async function drawPair(settings: TestSettings, i: number, signal: AbortSignal): Promise<Pair> {
  const random = Random.of(settings.seed, `real or synthetic, pair ${i}`);
  const side = random.uniform() < 0.5 ? "left" : "right";
  const real = await drawPatch(settings.real, settings, random, signal);
  const synthetic = await drawPatch(settings.synthetic, settings, random, signal);
  const [a, b] = [real.pixelSize, synthetic.pixelSize];
  if (a !== undefined && b !== undefined && Math.abs(a / b - 1) > SAME) {
    throw new Error(
      `${real.patch.image} has ${a} Å per pixel and ${synthetic.patch.image} ${b}: the sizes would tell them apart. Bin the finer ones.`,
    );
  }
  return { real: real.patch, synthetic: synthetic.patch, side };
}

async function drawPatch(
  { images }: ImageSet,
  { side, lowPass }: TestSettings,
  random: Random,
  signal: AbortSignal,
): Promise<{ readonly patch: Patch; readonly pixelSize: number | undefined }> {
  const [which, across, down] = [random.uniform(), random.uniform(), random.uniform()];
  const image = images[Math.floor(which * images.length)]!;
  const view = await ask<OpenedView & ImageView>("open", { place: image }, signal);
  if (view.what !== "image") throw new Error(`${view.name} is no single image`);
  const [rows, columns] = view.shape;
  if (Math.min(rows, columns) < side) {
    throw new Error(`${view.name} has ${columns} × ${rows} pixels: take smaller squares`);
  }
  const left = Math.floor(across * (columns - side + 1));
  const top = Math.floor(down * (rows - side + 1));
  const stored = new Uint16Array(await askBytes("patch", { place: image, left, top, side }, signal));
  const data = Float32Array.from(stored, (n) => view.low + view.step * n);
  const pixels = draw({ data, shape: [side, side] }, lowPass, view.pixelSize);
  return { patch: { image, left, top, pixels }, pixelSize: view.pixelSize };
}

function draw(image: Image, lowPass: number, pixelSize: number | undefined): ImageData {
  const [height, width] = image.shape;
  const window = { level: 0, left: 0, top: 0, width, height, data: image.data };
  const { data } = lowPass > 0 && pixelSize !== undefined ? filtered(window, lowPass, pixelSize) : window;
  const [middle, deviation] = [mean(data), standardDeviation(data) || 1];
  const range = [middle - SPREAD * deviation, middle + SPREAD * deviation] as const;
  return pictureOf(data, image.shape, range, { clip: 0, gamma: 1, isInverted: false });
}
