import { gaussianBlur } from "../../array/filter.js";
import type { Image } from "../../array/image.js";
import { bin } from "../../array/resample.js";
import { CryoError, FormatError } from "../../core/errors.js";
import type { Files } from "../../core/ports.js";
import { encodePreview } from "../../dataset/images.js";
import { inside } from "../../dataset/layout.js";
import { fitCtf } from "../../estimate/ctf/ctf-fit.js";
import type { CtfParameters } from "../../physics/optics/ctf.js";
import type { Defocus, Optics } from "../../physics/optics/optics.js";
import { laplacianScorer } from "../../pick/laplacian.js";
import { findPeaks } from "../../pick/peaks.js";
import type { Scorer } from "../../pick/scorer.js";
import type { Templates } from "../../pick/template/images.js";
import { templateScorer } from "../../pick/template/template.js";
import { readRealMicrograph } from "../shared/micrographs/read-micrograph.js";
import { PICKS, type PickFailure, type PickPart, parsePickFailure, parsePickPart } from "./records.js";

/** One micrograph to pick. */
export interface PickInput {
  readonly path: string;
  readonly stem: string;
  /** Where it is known already. */
  readonly defocus?: Defocus;
}

/** What all micrographs of a run share. */
export interface PickTarget {
  readonly dir: string;
  /** Whatever decides the peaks but for the micrograph itself: parts of another key are made anew. */
  readonly key: string;
  /** Angstrom. */
  readonly pixelSize: number;
  readonly diameter: number;
  /** Micrograph pixels. */
  readonly distance: number;
  readonly margin: number;
}

/** A run of a picker without a network. */
export interface ClassicalTarget extends PickTarget {
  readonly scorer:
    | { readonly kind: "log"; readonly diameters: readonly [number, number] }
    /** `optics` where templates are multiplied by the CTF, which is fitted where a micrograph's defocus is not known. */
    | { readonly kind: "template"; readonly templates: Templates; readonly optics: Optics | undefined };
}

/** What became of a micrograph: its peaks, or why it has none. */
export type PickOutcome = { readonly part: PickPart } | { readonly failure: string };

/** Task "pick-micrograph": picks one micrograph by a Laplacian or templates, unless that was done before. */
export async function pickMicrographTask(
  input: PickInput,
  target: ClassicalTarget,
  files: Files,
): Promise<PickOutcome> {
  return pickMicrograph(input, target, files, (image) => {
    const { scorer, pixelSize } = target;
    if (scorer.kind === "log") {
      return { scorer: laplacianScorer({ pixelSize, diameters: scorer.diameters }) };
    }
    if (!scorer.optics) return { scorer: templateScorer(scorer.templates) };
    const fit = input.defocus ? undefined : fitCtf(image, scorer.optics);
    const defocus = input.defocus ?? defocusOf(fit!);
    const parameters: CtfParameters = { ...scorer.optics, ...defocus };
    return {
      scorer: templateScorer(scorer.templates, parameters),
      defocus,
      ...(fit && { evidence: fit.evidence }),
    };
  });
}

/** A picker made for one micrograph, with what was found out about it on the way. */
export interface PreparedScorer {
  readonly scorer: Scorer;
  readonly defocus?: Defocus;
  readonly evidence?: number;
}

/**
 * Peaks of one micrograph, and a small picture of it, written into the folder of parts; read from there if they are up to date.
 *
 * @returns the reason too why a micrograph cannot be picked
 * @throws FileError where a result cannot be read or written, which is no fault of the micrograph
 */
export async function pickMicrograph(
  input: PickInput,
  target: PickTarget,
  files: Files,
  prepare: (image: Image) => PreparedScorer,
): Promise<PickOutcome> {
  const { path, stem, defocus } = input;
  const paths = partPaths(target.dir, stem);
  const hash = await orFailure(path, () => files.sha256(path));
  if ("failure" in hash) return hash;
  const key = JSON.stringify([target.key, hash.value, defocus ?? null]);
  const known = await readPart(files, paths.peaks);
  if (known?.key === key && (await files.exists(paths.picture))) return { part: known };
  const found = await orFailure(path, () => peaksOf(input, target, files, prepare));
  if ("failure" in found) return found;
  const part: PickPart = { key, ...found.value.part };
  await files.write(paths.picture, found.value.picture);
  await files.write(paths.peaks, `${JSON.stringify(part)}\n`);
  return { part };
}

async function peaksOf(
  { path, defocus }: PickInput,
  { distance, margin, diameter, pixelSize }: PickTarget,
  files: Files,
  prepare: (image: Image) => PreparedScorer,
): Promise<{ readonly part: Omit<PickPart, "key">; readonly picture: Uint8Array }> {
  const { image, pixelSize: ofHeader } = await readRealMicrograph(files, path);
  const prepared = prepare(image);
  const peaks = findPeaks(await prepared.scorer.score(image), image.shape, { distance, margin });
  const part = {
    shape: [...image.shape] as [number, number],
    peaks: peaks.map(({ x, y, score }): [number, number, number] => [
      rounded(x),
      rounded(y),
      Number(score.toPrecision(7)),
    ]),
    defocus: prepared.defocus ?? defocus ?? null,
    evidence: prepared.evidence ?? null,
    headerPixelSize: ofHeader ?? null,
  };
  return { part, picture: smallPicture(image, diameter / pixelSize) };
}

/** What work on a micrograph gives, or why the micrograph cannot be used. */
async function orFailure<T>(
  path: string,
  work: () => Promise<T>,
): Promise<{ readonly value: T } | { readonly failure: string }> {
  try {
    return { value: await work() };
  } catch (error) {
    if (error instanceof CryoError) return { failure: failureText(error, path) };
    throw error;
  }
}

/** Leaves a failure for the join, or takes back an earlier one. */
export async function keepFailure(
  { stem }: PickInput,
  { dir, key }: PickTarget,
  outcome: PickOutcome,
  files: Files,
): Promise<void> {
  const path = failurePath(dir, stem);
  const failure = (text: string): PickFailure => ({ key, failure: text });
  if ("part" in outcome) await files.remove(path);
  else await files.write(path, `${JSON.stringify(failure(outcome.failure))}\n`);
}

/** What became of a micrograph in its share, by what lies there; nothing where it has not been done. */
export async function findOutcome(
  { stem, defocus }: PickInput,
  { dir, key }: PickTarget,
  files: Files,
): Promise<PickOutcome | undefined> {
  const path = failurePath(dir, stem);
  if (await files.exists(path)) {
    const failed = parsePickFailure(new TextDecoder().decode(await files.read(path)), path);
    return failed.key === key ? { failure: failed.failure } : undefined;
  }
  const paths = partPaths(dir, stem);
  const part = await readPart(files, paths.peaks);
  if (!part || !(await files.exists(paths.picture))) return undefined;
  const [settings, , ofCtf] = JSON.parse(part.key) as readonly unknown[];
  const isOfThese = settings === key && JSON.stringify(ofCtf) === JSON.stringify(defocus ?? null);
  return isOfThese ? { part } : undefined;
}

const failurePath = (dir: string, stem: string): string => inside(dir, `${PICKS.failures}/${stem}.json`);

/** Where a micrograph's part lies. */
export const partPaths = (
  dir: string,
  stem: string,
): { readonly peaks: string; readonly picture: string } => ({
  peaks: inside(dir, `${PICKS.parts}/${stem}.json`),
  picture: inside(dir, `${PICKS.parts}/${stem}.png`),
});

const defocusOf = ({ defocusU, defocusV, defocusAngle, phaseShift }: Defocus): Defocus => ({
  defocusU,
  defocusV,
  defocusAngle,
  phaseShift,
});

const rounded = (pixels: number): number => Math.round(pixels * 1000) / 1000;

const failureText = ({ message }: CryoError, path: string): string =>
  message.includes(path) ? message : `${path}: ${message}`;

async function readPart(files: Files, path: string): Promise<PickPart | undefined> {
  if (!(await files.exists(path))) return undefined;
  try {
    return parsePickPart(new TextDecoder().decode(await files.read(path)), path);
  } catch (error) {
    // of another version: made anew
    if (error instanceof FormatError) return undefined;
    throw error;
  }
}

/** Longest side of the pictures, pixels; blur over the particle's diameter, so that particles stand out of the noise. */
const PICTURE_PIXELS = 1024;
const PICTURE_BLUR = 0.03;

/** Micrograph pixels to a pixel of its picture. */
export const pictureFactor = (shape: readonly [number, number]): number =>
  Math.ceil(Math.max(...shape) / PICTURE_PIXELS);

/** A PNG to look at. @param diameter of a particle, pixels */
function smallPicture(image: Image, diameter: number): Uint8Array {
  const factor = pictureFactor(image.shape);
  return encodePreview(gaussianBlur(bin(image, factor), (PICTURE_BLUR * diameter) / factor));
}
