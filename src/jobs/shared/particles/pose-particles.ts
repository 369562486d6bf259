import type { Image } from "../../../array/image.js";
import { mean } from "../../../array/statistics.js";
import { FormatError, UnsupportedError } from "../../../core/errors.js";
import type { Files, JobContext } from "../../../core/ports.js";
import type { Particle, ParticleSet } from "../../../io/particles/particle.js";
import { LABEL, OF_CORRECTED_IMAGES } from "../../../io/star/names.js";
import type { CtfParameters } from "../../../physics/optics/ctf.js";
import type { SeenParticle } from "../../../pose/estimator.js";
import {
  flipPhases,
  type GreyScale,
  greyScaleOf,
  type WorkingFrame,
  workingImage,
} from "../../../pose/image.js";
import type { PoseOptions } from "../../../pose/options.js";
import { ctfDoubt } from "./ctf-doubt.js";
import { darkDoubt, headerDoubts, mtfDoubt, unusedDoubt } from "./image-doubt.js";
import { readParticleFile } from "./particle-set.js";
import {
  type ImagePlace,
  openStacks,
  type ParticleStack,
  placesOf,
  readStackImages,
  refuseBlank,
  tellStackRemarks,
} from "./particle-stacks.js";

/** A file of particle images, opened for a pose encoder. */
export interface PoseParticles {
  readonly path: string;
  readonly set: ParticleSet;
  readonly stacks: readonly ParticleStack[];
  readonly places: readonly ImagePlace[];
}

/**
 * Opens a file of particles and its stacks. Warns of stacks whose headers have another pixel size, and of a defocus that is odd.
 *
 * @param ctf how the encoder uses it
 * @throws FileError; FormatError for particles without images, or without a fitted CTF where the encoder uses it
 */
export async function openPoseParticles(
  { files, report }: Pick<JobContext, "files" | "report">,
  path: string,
  { ctf }: Pick<PoseOptions, "ctf">,
): Promise<PoseParticles> {
  const set = await readParticleFile(files, path);
  const [first] = set.particles;
  if (!first) throw new FormatError(path, "particles", 0, "at least one");
  const lack = (label: string, expected: string): FormatError =>
    new FormatError(path, "data_particles", `no ${label}`, expected);
  if (!first.image) throw lack(LABEL.image, "the images of the particles: `extract` cuts them out");
  if (ctf !== "none" && !first.defocus) {
    throw lack(LABEL.defocusU, "the CTF of every particle, which the encoder uses (`ctf`)");
  }
  if (ctf !== "none") refuseCorrected(set, path);
  const ofCtfs = ctf === "none" ? undefined : ctfDoubt(set, path);
  const ofSet = [unusedDoubt(set, path), mtfDoubt(set, path), darkDoubt(set, path)];
  for (const doubt of [ofCtfs, ...ofSet]) if (doubt) report.warn(doubt);
  const names = [...new Set(set.particles.map(({ image }) => image!.stack))];
  const stacks = await openStacks(files, names, path);
  tellStackRemarks(stacks, report);
  const places = placesOf(set.particles, names, stacks, path);
  for (const line of headerDoubts(set, (row) => places[row]!.stack, stacks, path)) report.warn(line);
  return { path, set, stacks, places };
}

/** @throws UnsupportedError for images whose phases were flipped, or that were multiplied by their CTF, before */
function refuseCorrected({ optics }: ParticleSet, path: string): void {
  const found = [...new Set(optics.flatMap(({ further = [] }) => further))].filter((label) =>
    OF_CORRECTED_IMAGES.has(label),
  );
  if (found.length === 0) return;
  throw new UnsupportedError(
    `${path}: found ${found.join(", ")}, expected images as they were extracted: an encoder that uses the CTF would apply it twice`,
  );
}

/** The side of a particle's image as stored, angstrom. */
export function fieldOf({ set, stacks, places }: PoseParticles, row = 0): number {
  return stacks[places[row]!.stack]!.box * pixelSizeOf(set, row);
}

const pixelSizeOf = ({ optics, particles }: ParticleSet, row: number): number =>
  optics[particles[row]!.opticsGroup]!.pixelSize;

/** How a particle's image is brought to the encoder's pixels. */
export const frameOf = (
  { set }: PoseParticles,
  row: number,
  { workingPixel, side }: Pick<WorkingFrame, "workingPixel" | "side">,
): WorkingFrame => ({ pixelSize: pixelSizeOf(set, row), workingPixel, side });

/** How images are made ready. */
export interface SeenAs extends Pick<WorkingFrame, "workingPixel" | "side"> {
  readonly ctf: PoseOptions["ctf"];
  /** Where images are not normalised one by one. */
  readonly scale?: GreyScale | undefined;
  /** Angstrom, added to the defocus of a row. */
  readonly defocusError?: (row: number) => number;
}

/** Some particles as an encoder sees them. */
export async function seenParticles(
  files: Files,
  particles: PoseParticles,
  rows: readonly number[],
  how: SeenAs,
): Promise<SeenParticle[]> {
  const seen: SeenParticle[] = [];
  const { stacks, places } = particles;
  for await (const { i, pixels } of readStackImages(files, stacks, rows.length, (at) => places[rows[at]!]!)) {
    const place = places[rows[i]!]!;
    refuseBlank(pixels, place, stacks);
    const { box } = stacks[place.stack]!;
    seen.push(seenParticle({ data: pixels, shape: [box, box] }, particles, rows[i]!, how));
  }
  return seen;
}

function seenParticle(image: Image, particles: PoseParticles, row: number, how: SeenAs): SeenParticle {
  const { set } = particles;
  const { isDark } = set.optics[set.particles[row]!.opticsGroup]!;
  const frame = frameOf(particles, row, how);
  const white = isDark ? { ...image, data: image.data.map((value) => -value) } : image;
  const parameters = how.ctf === "none" ? undefined : ctfOf(set, row, how.defocusError?.(row) ?? 0);
  const flipped = parameters && how.ctf === "flip" ? flipPhases(white, parameters, frame.pixelSize) : white;
  return {
    image: workingImage(flipped, frame),
    ...(parameters && how.ctf === "channel" && { ctf: parameters }),
    ...(how.scale && { scale: how.scale }),
  };
}

/** The CTF of a particle. @param error angstrom, added to its defocus */
export function ctfOf({ optics, particles }: ParticleSet, row: number, error: number): CtfParameters {
  const { defocus, opticsGroup } = particles[row] as Particle;
  const { voltage, sphericalAberration, amplitudeContrast } = optics[opticsGroup]!;
  const { defocusU, defocusV, defocusAngle, phaseShift } = defocus!;
  return {
    ...{ voltage, sphericalAberration, amplitudeContrast, defocusAngle, phaseShift },
    ...{ defocusU: defocusU + error, defocusV: defocusV + error },
  };
}

/** Images by which the common grey scale of a file is measured. */
const MEASURED = 200;

/** The one deviation by which all images of a file are divided; their means are kept. */
export async function commonScale(files: Files, particles: PoseParticles, how: SeenAs): Promise<GreyScale> {
  const count = particles.places.length;
  const most = Math.min(count, MEASURED);
  const rows = Array.from({ length: most }, (_, i) => Math.floor((i * count) / most));
  const seen = await seenParticles(files, particles, rows, how);
  const deviation = Math.sqrt(mean(seen.map(({ image }) => greyScaleOf(image.data).deviation ** 2)));
  return { mean: 0, deviation };
}
