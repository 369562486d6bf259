import type { Image } from "../array/image.js";
import { Random } from "../core/random.js";
import { multiplyRotations, type RotationMatrix } from "../core/rotation.js";
import type { CtfParameters } from "../physics/optics/ctf.js";
import { circularWindow, ctfPicture, type GreyScale, greyScaleOf } from "./image.js";
import type { PoseOptions } from "./options.js";
import { filterRings, type RingFilter } from "./rings.js";
import { channelsOf } from "./step.js";
import { cutTurn, type ImageTurn } from "./turn.js";

/** A particle to learn from: its working image, larger than what the network sees by the room that moves need. */
export interface KnownParticle {
  readonly image: Image;
  readonly rotation: RotationMatrix;
  /** Working pixels from the image's centre to the particle. */
  readonly x: number;
  readonly y: number;
  /** With the error of the defocus that it was given. */
  readonly ctf?: CtfParameters;
  /** Of all images of its file, where they are not normalised one by one. */
  readonly scale?: GreyScale;
}

export type ImageChanges = Pick<PoseOptions, "turns" | "moves" | "noise" | "contrast">;

/** Of images that are new each time. */
export const NO_CHANGES: ImageChanges = { turns: false, moves: 0, noise: 0, contrast: 0 };

/** What an encoder learns from. */
export interface PoseTrainingSet {
  /** A particle drawn by random numbers. */
  readonly draw: (random: Random) => Promise<KnownParticle>;
  /** How images are changed each time that they are drawn. */
  readonly changes: ImageChanges;
  readonly operators: readonly RotationMatrix[];
  /** Angstrom. */
  readonly workingPixel: number;
  /** See `filterRings`. */
  readonly filter: RingFilter;
}

/** The data of one step, as the step's graph wants them. */
export interface PoseBatch {
  readonly images: Float32Array;
  readonly rotations: Float32Array;
  readonly shifts: Float32Array;
}

/** Share of images turned by any angle; the others by quarter turns, which leave the noise as it is. */
const FREE_TURNS = 0.5;

/** Pixels that moves, and corners of turned images, need beyond the network's side, at each border. */
export const roomFor = ({ moves }: Pick<PoseOptions, "moves">, workingPixel: number): number =>
  Math.ceil(moves / workingPixel) + 2;

/** The batch of a step (from 1), from a stream of the step's own: a step can be made again without those before it. */
export async function drawBatch(
  { draw, changes, operators, workingPixel, filter }: PoseTrainingSet,
  options: PoseOptions,
  step: number,
): Promise<PoseBatch> {
  const { batch, side, seed } = options;
  const channels = channelsOf(options);
  const size = side * side;
  const images = new Float32Array(batch * channels * size);
  const rotations = new Float32Array(batch * 9 * operators.length);
  const shifts = new Float32Array(batch * 2);
  const window = circularWindow(side);
  for (let i = 0; i < batch; i++) {
    const random = Random.of(seed, "pose step", step, i);
    const particle = await draw(random);
    const turn = drawTurn(changes, workingPixel, random);
    const at = i * channels * size;
    const image = images.subarray(at, at + size);
    cutTurn(particle.image, turn, side, image);
    filterRings(image, filter);
    change(
      image,
      particle.scale ?? greyScaleOf(image),
      { ...changes, normaliseEach: options.normaliseEach },
      random,
    );
    for (let p = 0; p < size; p++) image[p]! *= window[p]!;
    if (channels === 2) {
      const { xu, xv, yu, yv } = turn;
      ctfPicture(
        particle.ctf!,
        { side, workingPixel },
        [xu, xv, yu, yv],
        images.subarray(at + size, at + 2 * size),
      );
    }
    const { rotation, x, y } = turned(particle, turn);
    for (const [g, operator] of operators.entries()) {
      const equal = multiplyRotations(rotation, operator);
      for (let k = 0; k < 9; k++) rotations[(i * 9 + k) * operators.length + g] = equal[k]!;
    }
    shifts.set([x / (side / 2), y / (side / 2)], 2 * i);
  }
  return { images, rotations, shifts };
}

function drawTurn({ turns, moves }: ImageChanges, workingPixel: number, random: Random): ImageTurn {
  const radius = (moves / workingPixel) * Math.sqrt(random.uniform());
  const towards = random.uniform(0, 2 * Math.PI);
  const [x, y] = [radius * Math.cos(towards), radius * Math.sin(towards)];
  if (!turns) return { x: Math.round(x), y: Math.round(y), xu: 1, xv: 0, yu: 0, yv: 1 };
  const isFree = random.uniform() < FREE_TURNS;
  const angle = isFree ? random.uniform(0, 2 * Math.PI) : (random.integer(4) * Math.PI) / 2;
  const mirror = random.integer(2) === 0 ? 1 : -1;
  const exact = isFree ? (value: number): number => value : Math.round;
  const [cos, sin] = [exact(Math.cos(angle)), exact(Math.sin(angle))];
  // whole pixels where the noise is to stay as it is
  return { x: exact(x), y: exact(y), xu: mirror * cos, xv: -sin, yu: mirror * sin, yv: cos };
}

/**
 * The pose in a turned image, at whose offset u the old one's M u + s is: M^T times the old place less s, M^T times the two first rows
 * of the rotation. A mirrored image is that of the particle seen from behind.
 */
export function turned(
  { rotation, x, y }: Pick<KnownParticle, "rotation" | "x" | "y">,
  { x: sx, y: sy, xu, xv, yu, yv }: ImageTurn,
): Pick<KnownParticle, "rotation" | "x" | "y"> {
  const hand = xu * yv - xv * yu < 0 ? -1 : 1;
  const inPlane: RotationMatrix = [xu, yu, 0, xv, yv, 0, 0, 0, hand];
  const [dx, dy] = [x - sx, y - sy];
  return {
    rotation: multiplyRotations(inPlane, rotation),
    ...{ x: xu * dx + yu * dy, y: xv * dx + yv * dy },
  };
}

/** Brings the image to its grey scale, with noise and contrast changed. */
function change(
  image: Float32Array,
  { mean, deviation }: GreyScale,
  { noise, contrast, normaliseEach }: ImageChanges & Pick<PoseOptions, "normaliseEach">,
  random: Random,
): void {
  const added = random.uniform(0, noise);
  const deviates = noise > 0 ? random.fillNormal(new Float32Array(image.length)) : undefined;
  const factor = Math.exp(random.uniform(-contrast, contrast));
  // images that are normalised one by one have deviation 1 with the added noise too
  const scale = factor / (normaliseEach ? Math.sqrt(1 + added * added) : 1);
  for (let i = 0; i < image.length; i++) {
    const value = (image[i]! - mean) / deviation;
    image[i] = scale * (value + (deviates ? added * deviates[i]! : 0));
  }
}
