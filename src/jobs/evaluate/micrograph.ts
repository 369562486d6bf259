import type { Image } from "../../array/image.js";
import { ShapeError } from "../../core/errors.js";
import type { Files } from "../../core/ports.js";
import { atLeastTwo, whiteNoiseImage } from "../../evaluate/realism/images.js";
import {
  type MicrographProfile,
  profileMicrograph,
  type RealismProtocol,
} from "../../evaluate/realism/profile.js";
import { readPng } from "../../io/png/read.js";
import { readRealMicrograph } from "../shared/micrographs/read-micrograph.js";

/** A micrograph to measure. */
export interface FileInput {
  readonly path: string;
  /** PNG, above 0 on particles. */
  readonly mask?: string;
  /** The upper (0) or lower (1) half only. */
  readonly half?: 0 | 1;
}

/** What is measured. */
export type ProfileInput =
  | FileInput
  /** White noise of a shape, all of it away from particles. */
  | { readonly shape: Image["shape"]; readonly seed: number; readonly index: number };

/** Task "profile-micrograph": what the realism protocol needs to know of one micrograph. */
export async function profileMicrographTask(
  input: ProfileInput,
  protocol: RealismProtocol,
  files: Files,
): Promise<MicrographProfile> {
  if ("shape" in input) {
    const image = whiteNoiseImage(input.shape, input.seed, input.index);
    return profileMicrograph(image, protocol, { data: image.data.map(() => 1), shape: image.shape });
  }
  const { image } = await readRealMicrograph(files, input.path);
  const keep = input.mask === undefined ? undefined : await readBackground(files, input.mask, image.shape);
  if (input.half === undefined) return profileMicrograph(image, protocol, keep);
  const half = (of: Image): Image => atLeastTwo([of])[input.half!]!;
  return profileMicrograph(half(image), protocol, keep && half(keep));
}

/** 1 where a mask of particles is 0. */
export async function readBackground(files: Files, path: string, shape: Image["shape"]): Promise<Image> {
  const mask = readPng(await files.read(path), path);
  if (mask.shape[0] !== shape[0] || mask.shape[1] !== shape[1]) {
    throw new ShapeError(path, mask.shape, `the micrograph's ${shape[0]} x ${shape[1]}`);
  }
  return { data: mask.data.map((value) => (value > 0 ? 0 : 1)), shape: mask.shape };
}
