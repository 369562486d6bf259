import type { Image } from "../../array/image.js";
import { indexOfNonFinite } from "../../array/statistics.js";
import { CryoError } from "../../core/errors.js";
import type { Files } from "../../core/ports.js";
import { encodePreview } from "../../dataset/images.js";
import { inside } from "../../dataset/layout.js";
import { micrographQuality } from "../../estimate/quality.js";
import { readRealMicrograph } from "../shared/micrographs/read-micrograph.js";
import { CHECK, type CheckedMicrograph, parseChecked } from "./records.js";

/** What the task "check-micrograph" shares between micrographs. */
export interface CheckTarget {
  readonly dir: string;
  /** Angstrom. */
  readonly pixelSize: number;
  readonly particleDiameter: number;
  readonly program: string;
}

/** Task "check-micrograph": measures one micrograph, unless that was done before. A file that cannot be read is a result too. */
export async function checkMicrographTask(
  { path, stem }: { readonly path: string; readonly stem: string },
  { dir, pixelSize, particleDiameter, program }: CheckTarget,
  files: Files,
): Promise<CheckedMicrograph> {
  const key = JSON.stringify([program, await files.sha256(path), pixelSize, particleDiameter]);
  const partPath = inside(dir, `${CHECK.parts}/${stem}.json`);
  if (await files.exists(partPath)) {
    const known = parseChecked(new TextDecoder().decode(await files.read(partPath)), partPath);
    if (known.key === key) return { ...known, file: path };
  }
  const { picture, ...measured } = await measure(path, pixelSize, particleDiameter, files);
  const name = picture && `${CHECK.pictures}/${stem}.png`;
  if (name) await files.write(inside(dir, name), picture);
  const checked: CheckedMicrograph = { key, file: path, ...measured, picture: name };
  await files.write(partPath, `${JSON.stringify(checked)}\n`);
  return checked;
}

async function measure(path: string, pixelSize: number, particleDiameter: number, files: Files) {
  const nothing = { shape: null, headerPixelSize: null, quality: null, defects: null, picture: null };
  try {
    const { image, pixelSize: ofHeader, ...mended } = await readRealMicrograph(files, path);
    const failure = flawOf(image);
    const seen = { shape: [...image.shape] as [number, number], headerPixelSize: ofHeader ?? null };
    if (failure) return { ...nothing, ...seen, failure };
    const quality = micrographQuality(image, pixelSize, particleDiameter);
    const { hotPixels, farthest = null, blankLines } = mended;
    const defects = { hotPixels, farthest, blankLines };
    return { ...seen, quality, defects, failure: null, picture: encodePreview(image) };
  } catch (error) {
    // a damaged file is what the check looks for; anything else is a fault of the program
    if (!(error instanceof CryoError)) throw error;
    return { ...nothing, failure: error.message };
  }
}

/** Why nothing can be done with an image: a pixel that is no number, or one value everywhere. */
export function flawOf({ data, shape }: Image): string | undefined {
  const strange = indexOfNonFinite(data);
  if (strange >= 0)
    return `pixel (${strange % shape[1]}, ${Math.floor(strange / shape[1])}) is ${data[strange]}`;
  return data.every((value) => value === data[0]) ? `every pixel is ${data[0]}: it is empty` : undefined;
}
