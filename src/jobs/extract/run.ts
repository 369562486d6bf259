import type { Image } from "../../array/image.js";
import { mean } from "../../array/statistics.js";
import { DomainError, FileError, OptionError, UsageError } from "../../core/errors.js";
import type { Files, JobContext } from "../../core/ports.js";
import { decodeText } from "../../io/bytes/text.js";
import { encodeMrcHeader, encodeMrcSections, measureMrc, mergeMrcStatistics } from "../../io/mrc/write.js";
import { type ReadImage, readImage } from "../../io/read-image.js";
import { resolveOptions } from "../shared/options/check.js";
import { boxIsInside, cutBox, treatBox } from "./box.js";
import { type ExtractOptions, extractOptions, type ResolvedExtractOptions } from "./options.js";
import { type CoordinateTable, type Extracted, readCoordinates, stackStar } from "./table.js";

export type { ExtractOptions } from "./options.js";

export interface Extraction {
  readonly stack: string;
  readonly star: string;
  readonly particles: number;
  readonly skipped: number;
}

/** Stacks up to this size get their statistics in the header; larger ones are marked as not measured, as MRC2014 allows. */
const MEASURED_BYTES = 2 ** 30;

/**
 * Cuts the particles of a STAR file out of their micrographs into a stack, in the order of the file, with a STAR file
 * beside it. Micrographs are looked for beside the STAR file first, then from the working folder.
 *
 * @throws OptionError for an option out of its range and an output without .mrcs, FileError and FormatError for inputs, DomainError where nothing is left
 */
export async function extractParticles(
  given: ExtractOptions,
  { files, report, signal }: JobContext,
): Promise<Extraction> {
  const options = resolveOptions(extractOptions, given);
  const { box, out, edges, mode } = options;
  if (!/\.mrcs$/i.test(out))
    throw new OptionError("out", `found "${out}", expected a name that ends in .mrcs`);
  const text = decodeText(await files.read(options.particles), options.particles);
  const table = readCoordinates(text, options.particles);
  const open = micrographReader(files, options.particles);
  const treatment = {
    invert: options.invert,
    ...(options.normalise && { backgroundRadius: options.radius ?? (3 / 8) * box }),
  };
  const kept: Extracted[] = [];
  async function* images(): AsyncGenerator<Image> {
    const total = table.micrographs.length;
    for (const [row, name] of table.micrographs.entries()) {
      signal.throwIfAborted();
      const { image, pixelSize, level } = await open(name);
      const [x, y] = [table.x[row]!, table.y[row]!];
      refuseOutside(table, row, image);
      if (edges === "pad" || boxIsInside(image.shape, x, y, box)) {
        kept.push({ row, pixelSize: pixelSizeOf(options, table, row, pixelSize) });
        yield treatBox(cutBox(image, x, y, box, level), treatment);
      }
      report.progress({ stage: "extract", done: row + 1, total, unit: "particles" });
    }
  }
  const count = edges === "pad" ? table.micrographs.length : await countInside(table, box, open);
  if (count === 0) throw new DomainError(`${options.particles}: particles to extract`, 0, "at least one");
  const first = await open(table.micrographs[0]!);
  const voxelSize = pixelSizeOf(options, table, 0, first.pixelSize);
  await writeStack(files, out, images(), { shape: [count, box, box], voxelSize, mode });
  const star = out.replace(/\.mrcs$/i, ".star");
  await files.write(star, stackStar(table, kept, out, box));
  return { stack: out, star, particles: count, skipped: table.micrographs.length - count };
}

interface OpenMicrograph extends ReadImage {
  /** Mean of its pixels. */
  readonly level: number;
}

/** Reads micrographs by their names in a STAR file; the last one read is kept, since its particles follow each other. */
function micrographReader(files: Files, star: string): (name: string) => Promise<OpenMicrograph> {
  const folder = star.includes("/") ? star.slice(0, star.lastIndexOf("/") + 1) : "";
  let last: { readonly name: string; readonly micrograph: OpenMicrograph } | undefined;
  return async (name) => {
    if (last?.name === name) return last.micrograph;
    const beside = name.startsWith("/") ? name : folder + name;
    const path = (await files.exists(beside)) ? beside : name;
    if (!(await files.exists(path))) {
      throw new FileError(beside, "nothing there", `the micrograph that ${star} names`);
    }
    const read = await readImage(await files.read(path), path);
    const micrograph = { ...read, level: mean(read.image.data) };
    last = { name, micrograph };
    return micrograph;
  };
}

function refuseOutside(table: CoordinateTable, row: number, { shape: [rows, columns] }: Image): void {
  const [x, y] = [table.x[row]!, table.y[row]!];
  if (x >= 0 && y >= 0 && x < columns && y < rows) return;
  const label = x >= 0 && x < columns ? "rlnCoordinateY" : "rlnCoordinateX";
  const [found, size] = label === "rlnCoordinateX" ? [x, columns] : [y, rows];
  throw table.particles.wrong(label, row, found, `0 to ${size - 1}, inside the micrograph`);
}

function pixelSizeOf(
  options: ResolvedExtractOptions,
  table: CoordinateTable,
  row: number,
  ofImage: number | undefined,
): number {
  const size = options.pixelSize ?? table.pixelSizes[row] ?? ofImage;
  if (size !== undefined) return size;
  throw new UsageError(
    `${options.particles}: found that neither it nor its micrographs give a pixel size, expected it as \`pixelSize\``,
  );
}

async function countInside(
  table: CoordinateTable,
  box: number,
  open: (name: string) => Promise<OpenMicrograph>,
): Promise<number> {
  let count = 0;
  for (const [row, name] of table.micrographs.entries()) {
    const { shape } = (await open(name)).image;
    if (boxIsInside(shape, table.x[row]!, table.y[row]!, box)) count++;
  }
  return count;
}

async function writeStack(
  files: Files,
  path: string,
  images: AsyncIterable<Image>,
  header: {
    readonly shape: readonly [number, number, number];
    readonly voxelSize: number;
    readonly mode: "float32" | "float16";
  },
): Promise<void> {
  const { shape, mode } = header;
  const fields = { ...header, kind: "stack" } as const;
  const pixels = shape[1] * shape[2];
  if (4 * shape[0] * pixels > MEASURED_BYTES) {
    await files.write(path, stream());
    return;
  }
  const pieces: Uint8Array[] = [];
  let statistics: ReturnType<typeof measureMrc> | undefined;
  for await (const { data } of images) {
    const measured = measureMrc(data, mode);
    statistics = statistics
      ? mergeMrcStatistics(statistics, measured, [pieces.length * pixels, pixels])
      : measured;
    pieces.push(encodeMrcSections(data, mode));
  }
  await files.write(path, whole(encodeMrcHeader({ ...fields, ...(statistics && { statistics }) }), pieces));

  async function* stream(): AsyncGenerator<Uint8Array> {
    yield encodeMrcHeader(fields);
    for await (const { data } of images) yield encodeMrcSections(data, mode);
  }
}

async function* whole(header: Uint8Array, pieces: readonly Uint8Array[]): AsyncGenerator<Uint8Array> {
  yield header;
  yield* pieces;
}
