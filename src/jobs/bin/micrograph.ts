import { binImage, binnedPixelSize, planBinning } from "../../array/binning.js";
import { OptionError } from "../../core/errors.js";
import type { Files } from "../../core/ports.js";
import { inside } from "../../dataset/layout.js";
import { writeMrc } from "../../io/mrc/write.js";
import { headerPixelSize } from "../shared/micrographs/pixel-size.js";
import { readRealMicrograph } from "../shared/micrographs/read-micrograph.js";
import { BINNED, type BinnedMicrograph, isBinned, parseBinnedMicrograph } from "./records.js";

/** What the task "bin-micrograph" shares between micrographs. */
export interface BinTarget {
  readonly dir: string;
  /** Angstrom; absent: from each header. */
  readonly pixelSize: number | undefined;
  /** Angstrom. */
  readonly to: number;
  /** Whether micrographs are only looked up, by what was binned: their pixels are not read. */
  readonly joins: boolean;
}

export interface BinResult {
  readonly micrograph: BinnedMicrograph;
  /** Angstrom, as the header has it; null for one that was only looked up too. */
  readonly headerPixelSize: number | null;
}

/**
 * Task "bin-micrograph": writes one binned micrograph, unless that was done before from the same contents.
 *
 * @returns nothing where it was only to be looked up and has not been binned
 */
export async function binMicrographTask(
  { path, stem }: { readonly path: string; readonly stem: string },
  { dir, pixelSize: given, to, joins }: BinTarget,
  files: Files,
): Promise<BinResult | undefined> {
  const partPath = inside(dir, `${BINNED.parts}/${stem}.json`);
  const known = (await files.exists(partPath))
    ? parseBinnedMicrograph(new TextDecoder().decode(await files.read(partPath)), partPath)
    : undefined;
  if (joins) {
    const isThere =
      known &&
      isBinnedTo(known, path, to) &&
      (!isBinned(known) || (await files.exists(inside(dir, known.binned))));
    return isThere ? { micrograph: known, headerPixelSize: null } : undefined;
  }
  const sha256 = await files.sha256(path);
  const { image, pixelSize: ofHeader } = await readRealMicrograph(files, path);
  const pixelSize = given ?? knownPixelSize(path, ofHeader);
  const binning = planBinning(image.shape, pixelSize, to);
  const made: BinnedMicrograph = {
    ...{ file: path, sha256, shape: [...image.shape], pixelSize },
    binned: binning ? `${stem}.mrc` : path,
    binnedShape: [...(binning?.binned ?? image.shape)],
    binnedPixelSize: binning ? binnedPixelSize(binning, pixelSize) : pixelSize,
  };
  const result: BinResult = { micrograph: made, headerPixelSize: ofHeader ?? null };
  const out = inside(dir, made.binned);
  if (JSON.stringify(known) === JSON.stringify(made) && (!binning || (await files.exists(out))))
    return result;
  if (binning) {
    const { data, shape } = binImage(image, binning);
    await files.write(out, writeMrc({ data, shape: [1, ...shape], voxelSize: made.binnedPixelSize }));
  }
  await files.write(partPath, `${JSON.stringify(made)}\n`);
  return result;
}

/** Whether a micrograph was binned to a pixel size in angstrom, or left as it is for it. */
function isBinnedTo(
  { file, shape, pixelSize, binnedShape }: BinnedMicrograph,
  path: string,
  to: number,
): boolean {
  const wanted = planBinning(shape, pixelSize, to)?.binned ?? shape;
  return file === path && wanted[0] === binnedShape[0] && wanted[1] === binnedShape[1];
}

/** A header of 0 or 1 angstrom is what programs write that do not know. */
function knownPixelSize(path: string, ofHeader: number | undefined): number {
  const said = headerPixelSize(path, ofHeader);
  if (said !== undefined) return said;
  throw new OptionError(
    "pixelSize",
    `found ${ofHeader ?? "none"} in the header of ${path}, expected the pixel size`,
  );
}
