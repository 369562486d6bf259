import type { Image } from "../../array/image.js";
import { DomainError, OptionError } from "../../core/errors.js";
import type { JobContext } from "../../core/ports.js";
import { decodeText } from "../../io/bytes/text.js";
import { LABEL } from "../../io/star/names.js";
import { resolveOptions } from "../shared/options/check.js";
import { boxIsInside, boxMeets, cutBox } from "./box.js";
import { type CoordinateTable, type Extracted, placeBox, readCoordinates } from "./coordinates.js";
import { readCtfsOf } from "./micrograph-ctfs.js";
import { type Micrographs, micrographsOf } from "./micrographs.js";
import { type ExtractOptions, extractOptions, type ResolvedExtractOptions } from "./options.js";
import { micrographPixelSize } from "./pixel-size.js";
import { writeStack } from "./stack.js";
import { stackStar } from "./stack-star.js";
import { type BoxTreatment, treatBox } from "./treat.js";

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
  const side = options.rescale ?? box;
  const treatment = treatmentOf(options, side);
  const table = readCoordinates(
    decodeText(await files.read(options.particles), options.particles),
    options.particles,
  );
  const ctfs =
    options.ctf === undefined ? undefined : await readCtfsOf(table, options.particles, options.ctf, files);
  const micrographs = micrographsOf(files, options.particles);
  const kept = await chooseParticles(table, micrographs, options, context);
  if (kept.length === 0)
    throw new DomainError(`${options.particles}: particles to extract`, 0, "at least one");
  const starText = stackStar({ name: out, table, kept, box, image: side, ctfs });
  async function* images(): AsyncGenerator<Image> {
    for (const [i, { row, x, y }] of kept.entries()) {
      signal.throwIfAborted();
      const { image } = await micrographs.open(table.micrographs[row]!);
      yield treatBox(cutBox(image, x, y, box), treatment);
      report.progress({ stage: "extract", done: i + 1, total: kept.length, unit: "particles" });
    }
  }
  await writeStack(files, out, images(), {
    shape: [kept.length, side, side],
    voxelSize: (kept[0]!.pixelSize * box) / side,
    mode,
  });
  const star = out.replace(/\.mrcs$/i, ".star");
  await files.write(star, starText);
  return { stack: out, star, particles: kept.length, skipped: table.micrographs.length - kept.length };
}

/** @throws OptionError for sizes that do not fit together */
function treatmentOf({ box, ...options }: ResolvedExtractOptions, side: number): BoxTreatment {
  const { rescale, normalise, radius = (3 / 8) * side, ramp, invert } = options;
  const odd = (
    [
      ["rescale", side],
      ["box", box],
    ] as const
  ).find(([, size]) => size % 2 !== 0);
  if (rescale !== undefined && odd) {
    throw new OptionError(
      odd[0],
      `found ${odd[1]} pixels, expected an even number, so that \`rescale\` keeps the centre`,
    );
  }
  const idle = options.radius !== undefined ? "radius" : ramp ? undefined : "ramp";
  if (!normalise && idle) {
    throw new OptionError(idle, "found without `normalise`, with which alone it does something");
  }
  if (normalise && 2 * radius > side) {
    throw new OptionError(
      "radius",
      `found ${radius} pixels, expected at most ${side / 2}, half the images' side`,
    );
  }
  return {
    invert,
    ...(rescale !== undefined && { rescale }),
    ...(normalise && { background: { radius, ramp } }),
  };
}

/**
 * The particles to cut, with the pixel sizes of their micrographs.
 *
 * @throws FormatError for a box that lies wholly outside its micrograph, unless such are left out
 */
async function chooseParticles(
  table: CoordinateTable,
  micrographs: Micrographs,
  { box, edges, recentre, particles: star, pixelSize: given }: ResolvedExtractOptions,
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
    const voices = { star, sizes: table.pixelSizes[row]!, micrograph: path, header, given };
    const pixelSize = micrographPixelSize(voices, warn);
    const place = placeBox(table, row, pixelSize, recentre);
    if (edges === "skip" && !boxIsInside(shape, place.x, place.y, box)) continue;
    if (!boxMeets(shape, place.x, place.y, box)) throw outside(table, row, place, { shape, box });
    kept.push({ row, pixelSize, ...place });
  }
  return kept;
}

function outside(
  table: CoordinateTable,
  row: number,
  { x }: Pick<Extracted, "x">,
  { shape, box }: { readonly shape: Image["shape"]; readonly box: number },
): Error {
  const [rows, columns] = shape;
  const isX = !boxMeets([box, columns], x, 0, box);
  const expected = `a box of ${box} pixels that meets the micrograph of ${columns} x ${rows}, or \`edges\` skip`;
  const label = isX ? LABEL.x : LABEL.y;
  return table.particles.wrong(label, row, table.particles.numbers(label)[row], expected);
}
