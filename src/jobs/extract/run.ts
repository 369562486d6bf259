import type { Image } from "../../array/image.js";
import { DomainError, OptionError } from "../../core/errors.js";
import type { JobContext } from "../../core/ports.js";
import { decodeText } from "../../io/bytes/text.js";
import { resolveOptions } from "../shared/options/check.js";
import { boxIsInside, boxMeets, cutBox, treatBox } from "./box.js";
import { type Micrographs, micrographsOf } from "./micrographs.js";
import { type ExtractOptions, extractOptions, type ResolvedExtractOptions } from "./options.js";
import { micrographPixelSize } from "./pixel-size.js";
import { writeStack } from "./stack.js";
import { type CoordinateTable, type Extracted, readCoordinates, stackStar } from "./table.js";

export type { ExtractOptions } from "./options.js";

export interface Extraction {
  readonly stack: string;
  readonly star: string;
  readonly particles: number;
  readonly skipped: number;
}

/**
 * Cuts the particles of a STAR file out of their micrographs into a stack, in the order of the file, with a STAR file
 * beside it. Micrographs are looked for beside the STAR file first, then from the working folder. Everything that can be
 * refused is looked at before the first box is cut.
 *
 * @throws OptionError for an option out of its range and an output without .mrcs, FileError and FormatError for inputs, DomainError where nothing is left
 */
export async function extractParticles(given: ExtractOptions, context: JobContext): Promise<Extraction> {
  const { files, report, signal } = context;
  const options = resolveOptions(extractOptions, given);
  const { box, out, mode } = options;
  if (!/\.mrcs$/i.test(out))
    throw new OptionError("out", `found "${out}", expected a name that ends in .mrcs`);
  const table = readCoordinates(
    decodeText(await files.read(options.particles), options.particles),
    options.particles,
  );
  const micrographs = micrographsOf(files, options.particles);
  const kept = await chooseParticles(table, micrographs, options, context);
  if (kept.length === 0)
    throw new DomainError(`${options.particles}: particles to extract`, 0, "at least one");
  const starText = stackStar(table, kept, out, box);
  const treatment = {
    invert: options.invert,
    ...(options.normalise && { backgroundRadius: options.radius ?? (3 / 8) * box }),
  };
  async function* images(): AsyncGenerator<Image> {
    for (const [i, { row }] of kept.entries()) {
      signal.throwIfAborted();
      const { image, level } = await micrographs.open(table.micrographs[row]!);
      yield treatBox(cutBox(image, table.x[row]!, table.y[row]!, box, level), treatment);
      report.progress({ stage: "extract", done: i + 1, total: kept.length, unit: "particles" });
    }
  }
  await writeStack(files, out, images(), {
    shape: [kept.length, box, box],
    voxelSize: kept[0]!.pixelSize,
    mode,
  });
  const star = out.replace(/\.mrcs$/i, ".star");
  await files.write(star, starText);
  return { stack: out, star, particles: kept.length, skipped: table.micrographs.length - kept.length };
}

/**
 * The particles to cut, with the pixel sizes of their micrographs.
 *
 * @throws FormatError for a box that lies wholly outside its micrograph, unless such are left out
 */
async function chooseParticles(
  table: CoordinateTable,
  micrographs: Micrographs,
  { box, edges, particles: star, pixelSize: given }: ResolvedExtractOptions,
  { report, signal }: JobContext,
): Promise<Extracted[]> {
  const said = new Set<string>();
  const warn = (line: string): void => {
    if (!said.has(line)) report.warn(line);
    said.add(line);
  };
  const kept: Extracted[] = [];
  for (const [row, name] of table.micrographs.entries()) {
    signal.throwIfAborted();
    const { shape, path, pixelSize: header } = await micrographs.header(name);
    const [x, y] = [table.x[row]!, table.y[row]!];
    if (edges === "skip" && !boxIsInside(shape, x, y, box)) continue;
    if (!boxMeets(shape, x, y, box)) throw outside(table, row, shape, box);
    const voices = { star, sizes: table.pixelSizes[row]!, micrograph: path, header, given };
    kept.push({ row, pixelSize: micrographPixelSize(voices, warn) });
  }
  return kept;
}

function outside(table: CoordinateTable, row: number, [rows, columns]: Image["shape"], box: number): Error {
  const x = table.x[row]!;
  const isX = !boxMeets([box, columns], x, 0, box);
  const expected = `a box of ${box} pixels that meets the micrograph of ${columns} x ${rows}, or \`edges\` skip`;
  const label = isX ? "rlnCoordinateX" : "rlnCoordinateY";
  return table.particles.wrong(label, row, table.particles.numbers(label)[row], expected);
}
