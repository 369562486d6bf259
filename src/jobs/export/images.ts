import { mean, quantile, standardDeviation } from "../../array/statistics.js";
import { OptionError, UsageError } from "../../core/errors.js";
import type { Files, JobContext } from "../../core/ports.js";
import { pack } from "../../io/bytes/unpack.js";
import type { MrcWriteMode } from "../../io/mrc/modes.js";
import { writeMrc } from "../../io/mrc/write.js";
import { encodePng } from "../../io/png/write.js";
import { type Pixels, readPixels } from "../../io/read-pixels.js";
import { encodeTiff } from "../../io/tiff/write.js";
import { headerPixelSize, pixelSizesDiffer, saidPixelSize } from "../shared/micrographs/pixel-size.js";
import type { ExportOptions, ImageFormat } from "./options.js";

/** How pixels are written, beside the format. */
type PixelOptions = Pick<ExportOptions, "mode" | "stretch" | "compression" | "pixelSize" | "section">;

/** Ends of the range that a stretched image fills. */
const FULL_RANGE: Readonly<Partial<Record<MrcWriteMode, readonly [low: number, high: number]>>> = {
  uint4: [0, 15],
  uint8: [0, 255],
  int8: [-128, 127],
  uint16: [0, 65_535],
  int16: [-32_768, 32_767],
};

/** An image read and made ready for a format that can hold it. */
interface ReadyImage {
  readonly pixels: Pixels;
  readonly mode: MrcWriteMode;
  /** Whether contrast was stretched to 8 bits, to be looked at. */
  readonly picture: boolean;
  /** Angstrom, as the file says, where another pixel size is written. */
  readonly replaced?: number;
}

/**
 * Writes an image, a stack or a volume in another format.
 *
 * @param format of the file inside a name that may end in .gz
 * @throws UsageError where the format cannot hold what the file holds, FileError, FormatError for the input
 */
export async function exportImage(
  path: string,
  out: string,
  format: ImageFormat,
  options: PixelOptions,
  { files, report }: Pick<JobContext, "files" | "report">,
): Promise<void> {
  const { pixels, mode, picture, replaced } = await readyImage(path, format, options, files);
  if (replaced !== undefined) {
    const written = `${out} gets ${pixels.pixelSize}, as asked for`;
    report.warn(`${path}: its header says ${replaced} angstrom per pixel; ${written}`);
  }
  await files.write(out, pack(encode(pixels, format, { ...options, mode }), out));
  if (picture)
    report.note(`${out}: contrast stretched to 8 bits, to look at; \`mode\` keeps values as they are`);
}

/**
 * Reads an image and makes sure that a format can hold it, without writing anything.
 *
 * @throws UsageError where it cannot, FileError, FormatError for the input
 */
export async function readyImage(
  path: string,
  format: ImageFormat,
  options: PixelOptions,
  files: Files,
): Promise<ReadyImage> {
  const read = await readPixels(await files.read(path), path);
  const pixels = options.section === undefined ? read : sectionOf(read, options.section, path);
  const picture = format === "png" && options.mode === undefined;
  const mode = options.mode ?? (picture ? "uint8" : "float32");
  const isStretched = options.stretch ?? picture;
  if (isStretched && !FULL_RANGE[mode]) {
    throw new OptionError("stretch", `found \`mode\` ${mode}, expected samples of whole numbers`);
  }
  const data = isStretched ? stretched(pixels.data, FULL_RANGE[mode]!) : pixels.data;
  refuseMisfit(data, mode, path);
  if (options.pixelSize === undefined) headerPixelSize(path, pixels.pixelSize);
  const pixelSize = options.pixelSize ?? pixels.pixelSize;
  refuseFormat({ ...pixels, pixelSize }, format, { ...options, mode }, path);
  const said = saidPixelSize(pixels.pixelSize);
  return {
    ...{ pixels: { ...pixels, data, ...(pixelSize !== undefined && { pixelSize }) }, mode, picture },
    ...(said !== undefined && pixelSizesDiffer(said, options.pixelSize) && { replaced: said }),
  };
}

function sectionOf(pixels: Pixels, section: number, path: string): Pixels {
  const [sections, rows, columns] = pixels.shape;
  if (section > sections) {
    throw new OptionError("section", `found ${section}, expected 1 to ${sections}, the sections of ${path}`);
  }
  const size = rows * columns;
  const data = pixels.data.slice((section - 1) * size, section * size);
  const { place: _ofVolume, ...image } = pixels;
  return { ...image, kind: "image", data, shape: [1, rows, columns] };
}

function stretched(data: Float32Array, [low, high]: readonly [number, number]): Float32Array {
  const darkest = quantile(data, 0.002);
  const range = quantile(data, 0.998) - darkest;
  // an image of one value lies in the middle
  const scale = range > 0 ? (high - low) / range : 0;
  const base = range > 0 ? low : (low + high) / 2;
  return data.map((value) => Math.min(high, Math.max(low, Math.round(base + (value - darkest) * scale))));
}

/** Says before a writer does, and with the way out, that values do not fit into whole numbers. */
function refuseMisfit(data: Float32Array, mode: MrcWriteMode, path: string): void {
  const range = FULL_RANGE[mode];
  if (!range) return;
  const [low, high] = range;
  const misfit = data.find((value) => value < low || value > high || !Number.isInteger(value));
  if (misfit === undefined) return;
  throw new OptionError(
    "mode",
    `found ${mode} for ${misfit} among the values of ${path} (mean ${mean(data).toPrecision(3)}, standard deviation ` +
      `${standardDeviation(data).toPrecision(3)}), expected whole numbers from ${low} to ${high}: \`stretch\` fits them`,
  );
}

type WriteOptions = PixelOptions & { readonly mode: MrcWriteMode };

/** What a format can hold beside the values. @throws OptionError, UsageError */
function refuseFormat(
  { shape, pixelSize }: Pick<Pixels, "shape"> & { readonly pixelSize: number | undefined },
  format: ImageFormat,
  options: WriteOptions,
  path: string,
): void {
  if (options.compression !== undefined && !format.startsWith("tif")) {
    throw new OptionError("compression", `found ${format}, expected a TIFF to write`);
  }
  if (isMrcFormat(format)) {
    if (pixelSize !== undefined) return;
    throw new UsageError(
      `${path}: found no pixel size, expected \`pixelSize\` with it: an MRC file must have one`,
    );
  }
  const modes = format === "png" ? PNG_MODES : TIFF_MODES;
  if (!modes.some((mode) => mode === options.mode)) {
    const names = `${modes.slice(0, -1).join(", ")} or ${modes.at(-1)}`;
    throw new OptionError(
      "mode",
      `found ${options.mode}, expected ${names} for ${format === "png" ? "PNG" : "TIFF"}`,
    );
  }
  if (shape[0] !== 1) {
    throw new UsageError(
      `${path}: found ${shape[0]} sections, expected a single image for ${format}: give \`section\``,
    );
  }
}

/** The bytes of an image that `refuseFormat` let pass. */
function encode(
  { data, shape, kind, pixelSize, place }: Pixels,
  format: ImageFormat,
  options: WriteOptions,
): Uint8Array {
  if (isMrcFormat(format)) {
    const stored = format === "mrcs" ? "stack" : kind;
    const kept = stored === "volume" ? place : undefined;
    return writeMrc({ data, shape, voxelSize: pixelSize!, mode: options.mode, kind: stored, ...kept });
  }
  const plane = [shape[1], shape[2]] as const;
  if (format === "png") {
    return encodePng({ shape: plane, channels: 1, samples: unsigned(data, options.mode) });
  }
  return encodeTiff({
    ...{ shape: plane, samples: tiffSamples(data, options.mode) },
    ...(pixelSize !== undefined && { pixelSize }),
    ...(options.compression && { compression: options.compression }),
  });
}

const isMrcFormat = (format: ImageFormat): boolean => ["mrc", "mrcs", "map"].includes(format);

/** Samples that each format can hold. */
const PNG_MODES = ["uint8", "uint16"] as const;
const TIFF_MODES = ["uint8", "uint16", "int16", "float32"] as const;

const unsigned = (data: Float32Array, mode: MrcWriteMode): Uint8Array | Uint16Array =>
  mode === "uint8" ? Uint8Array.from(data) : Uint16Array.from(data);

function tiffSamples(
  data: Float32Array,
  mode: MrcWriteMode,
): Uint8Array | Uint16Array | Int16Array | Float32Array {
  if (mode === "float32") return data;
  return mode === "int16" ? Int16Array.from(data) : unsigned(data, mode);
}
