import type { Image } from "../../array/image.js";
import { DomainError, OptionError, UnsupportedError } from "../../core/errors.js";
import type { JobContext } from "../../core/ports.js";
import { inside } from "../../dataset/layout.js";
import { decodeText } from "../../io/bytes/text.js";
import { unpackedName } from "../../io/bytes/unpack.js";
import type { MicrographCtf } from "../../io/particles/micrograph-ctf.js";
import { LABEL } from "../../io/star/names.js";
import { inClaimedFolder } from "../shared/claim-folder.js";
import { cornerDoubt, type PlaceInShape } from "../shared/micrographs/corner-doubt.js";
import { tellMicrographRemarks } from "../shared/micrographs/header-remarks.js";
import { starCtfDoubt } from "../shared/particles/ctf-doubt.js";
import { isLabelFile } from "../shared/particles/labels.js";
import { boundsOf, digest, refuseMissing, requireTables, type ShardDone } from "../shared/share.js";
import { cutBox } from "./box.js";
import { chooseParticles } from "./choose.js";
import { type CoordinateTable, type Extracted, readCoordinates } from "./coordinates.js";
import { readCtfsOf } from "./micrograph-ctfs.js";
import { type Micrographs, micrographsOf } from "./micrographs.js";
import type { ExtractOptions, ResolvedExtractOptions } from "./options.js";
import { extractedPart, partsFolder, readExtractedPart, removeParts, rowsByMicrograph } from "./parts.js";
import { type ExtractPlan, planExtraction } from "./plan.js";
import { type StackHeader, writeStack } from "./stack.js";
import { earlierImagesDoubt, stackStar } from "./stack-star.js";
import { treatBox } from "./treat.js";

export type { ExtractOptions } from "./options.js";

/** The files that were written, the particles in them, and those that were left out because their box leaves the micrograph. */
export interface Extraction {
  readonly stack: string;
  readonly star: string;
  readonly particles: number;
  readonly skipped: number;
}

/**
 * Cuts the particles of a STAR file out of their micrographs into a stack, in the order of the file, with a STAR file
 * beside it. Micrographs are looked for beside the STAR file first, then from the working folder. Everything that can be
 * refused is looked at before the first box is cut. With `shard` join the images come out of the parts that shares cut.
 *
 * @throws OptionError for an option out of its range and an output without .mrcs, FileError and FormatError for inputs, FileError for
 *   parts that are missing when they are to be joined, DomainError where nothing is left
 */
export async function extractParticles(given: ExtractOptions, context: JobContext): Promise<Extraction> {
  const extraction = await openExtraction(given, context);
  const { assignment, options } = extraction;
  requireTables(assignment, "extractShard");
  if (assignment.share.kind === "whole") {
    const micrographs = micrographsOf(context, options.particles);
    const images = (kept: readonly Extracted[]) => cutImages(kept, extraction, micrographs, context);
    return writeExtraction(extraction, micrographs, images, context);
  }
  const made = await inPartsFolder(extraction, context, async () => {
    const micrographs = micrographsOf(context, options.particles);
    const images = (kept: readonly Extracted[]) => joinedImages(kept, extraction, context);
    const written = await writeExtraction(extraction, micrographs, images, context);
    await removeParts(context.files, options.out);
    return written;
  });
  await context.files.remove(partsFolder(options.out));
  return made;
}

/**
 * Cuts the particles of one share of the micrographs, each micrograph's into a part of its own; parts that are there stay.
 *
 * @throws as `extractParticles`
 */
export async function extractShard(given: ExtractOptions, context: JobContext): Promise<ShardDone> {
  const { files, signal, report } = context;
  const extraction = await openExtraction(given, context);
  const { assignment, options, table } = extraction;
  return inPartsFolder(extraction, context, async () => {
    const micrographs = micrographsOf(context, options.particles);
    const rows = rowsByMicrograph(table);
    const [from, to] = boundsOf(assignment.share, rows.length);
    for (let index = from; index < to; index++) {
      signal.throwIfAborted();
      const path = extractedPart(options.out, index);
      if (!(await files.exists(path))) {
        const kept = await chooseParticles(extraction, rows[index]!, micrographs, context);
        const images = cutImages(kept, extraction, micrographs, context);
        if (kept.length > 0) await writeStack(files, path, images, stackHeader(kept, extraction));
      }
      report.progress({ stage: "extract", done: index + 1 - from, total: to - from, unit: "micrographs" });
    }
    return { out: options.out, micrographs: to - from };
  });
}

/** An extraction whose options are checked and whose coordinates are read. */
interface OpenExtraction extends ExtractPlan {
  readonly table: CoordinateTable;
  /** By the micrographs' names in the table; absent: the particles have their own, or none. */
  readonly ctfs: ReadonlyMap<string, MicrographCtf> | undefined;
}

async function openExtraction(given: ExtractOptions, context: JobContext): Promise<OpenExtraction> {
  const { files, report } = context;
  const plan = planExtraction(given);
  const { assignment, options } = plan;
  const { particles } = options;
  refuseOtherLabels(particles);
  await refuseWritingOver(options, files);
  const table = readCoordinates(decodeText(await files.read(particles), particles), particles);
  const ctfs =
    options.ctf === undefined ? undefined : await readCtfsOf(table, particles, options.ctf, context);
  const doubt = starCtfDoubt(table.file);
  if (doubt) report.warn(doubt);
  if (!ctfs && !table.particles.has(LABEL.defocusU)) {
    report.note(`${particles}: no CTFs, which classify2d, refine and reconstruct need: --ctf adds them`);
  }
  const earlier = earlierImagesDoubt(table);
  if (earlier) report.note(earlier);
  const opened = { ...plan, table, ctfs };
  if (assignment.share.kind === "whole") return opened;
  // shares of other coordinates under the same name do not fit together
  const identity = digest([assignment.identity, await files.sha256(particles)]);
  return { ...opened, assignment: { ...assignment, identity } };
}

/** @throws UnsupportedError for labels of another format, which `export` makes a STAR file of */
function refuseOtherLabels(path: string): void {
  const [ending] = /\.[^./\\]+$/.exec(unpackedName(path)) ?? [];
  if (!isLabelFile(path) || ending?.toLowerCase() === ".star") return;
  throw new UnsupportedError(
    `${path}: found a ${ending} file, expected a STAR file, as \`export\` writes of it`,
  );
}

const starBeside = (stack: string): string => stack.replace(/\.mrcs$/i, ".star");

/** Refuses a stack whose STAR file would replace the coordinates, by whatever path they are given. */
async function refuseWritingOver(
  { out, particles }: ResolvedExtractOptions,
  files: JobContext["files"],
): Promise<void> {
  const star = starBeside(out);
  if (!(await files.exists(star)) || (await files.sha256(star)) !== (await files.sha256(particles))) return;
  throw new OptionError(
    "out",
    `found "${out}", whose STAR file ${star} would replace the coordinates of \`particles\`, expected another name`,
  );
}

const inPartsFolder = <T>(
  { assignment, options: { out } }: OpenExtraction,
  { files }: JobContext,
  work: () => Promise<T>,
): Promise<T> =>
  inClaimedFolder(files, partsFolder(out), { holds: "parts of a stack", marks: [], assignment }, work);

/** Writes the stack and its STAR file. @param imagesOf the images of the particles that are kept, in their order */
async function writeExtraction(
  extraction: OpenExtraction,
  micrographs: Micrographs,
  imagesOf: (kept: readonly Extracted[]) => AsyncIterable<Image>,
  context: JobContext,
): Promise<Extraction> {
  const { files, report } = context;
  const { table, options, ctfs } = extraction;
  const { box, out, particles, rescale = box } = options;
  const rows = Array.from(table.micrographs.keys());
  const kept = await chooseParticles(extraction, rows, micrographs, context);
  if (kept.length === 0) throw new DomainError(`${particles}: particles to extract`, 0, "at least one");
  const names = [...new Set(table.micrographs)];
  const opened = await Promise.all(names.map((name) => micrographs.header(name)));
  await tellMicrographRemarks(
    opened.map(({ path }) => path),
    context,
  );
  const doubt = cornerDoubt(await inShapes(kept, extraction, micrographs), particles);
  if (doubt) report.warn(doubt);
  const starText = stackStar({ name: out, table, kept, box, image: rescale, ctfs });
  async function* images(): AsyncGenerator<Image> {
    let done = 0;
    for await (const image of imagesOf(kept)) {
      yield image;
      report.progress({ stage: "extract", done: ++done, total: kept.length, unit: "particles" });
    }
  }
  await writeStack(files, out, images(), stackHeader(kept, extraction));
  const star = starBeside(out);
  await files.write(star, starText);
  return { stack: out, star, particles: kept.length, skipped: rows.length - kept.length };
}

/** Where the boxes lie in their micrographs. */
async function inShapes(
  kept: readonly Extracted[],
  { table }: OpenExtraction,
  micrographs: Micrographs,
): Promise<PlaceInShape[]> {
  const places: PlaceInShape[] = [];
  for (const { row, x, y } of kept)
    places.push({ x, y, shape: (await micrographs.header(table.micrographs[row]!)).shape });
  return places;
}

function stackHeader(
  kept: readonly Extracted[],
  { options: { box, rescale: side = box, mode } }: OpenExtraction,
): StackHeader {
  return { shape: [kept.length, side, side], voxelSize: (kept[0]!.pixelSize * box) / side, mode };
}

async function* cutImages(
  kept: readonly Extracted[],
  { table, treatment, options: { box } }: OpenExtraction,
  micrographs: Micrographs,
  { signal }: JobContext,
): AsyncGenerator<Image> {
  for (const { row, x, y } of kept) {
    signal.throwIfAborted();
    const name = table.micrographs[row]!;
    const { image } = await micrographs.open(name);
    yield treatBox(cutBox(image, x, y, box), treatment, `${name}, box of ${box} pixels around ${x}, ${y}`);
  }
}

/** The images out of the parts. @throws FileError that names the micrographs whose parts are missing */
async function* joinedImages(
  kept: readonly Extracted[],
  { table, options: { out } }: OpenExtraction,
  { files, signal }: JobContext,
): AsyncGenerator<Image> {
  const names = [...new Set(kept.map(({ row }) => table.micrographs[row]!))];
  const indices = new Map(rowsByMicrograph(table).map(([row], index) => [table.micrographs[row!]!, index]));
  const pathOf = (name: string): string => extractedPart(out, indices.get(name)!);
  const parts = partsFolder(out);
  const present = new Set((await files.list(parts)).map((name) => inside(parts, name)));
  refuseMissing(
    parts,
    names.filter((name) => !present.has(pathOf(name))),
    { total: names.length, what: "micrographs' particles" },
  );
  const next = new Map<string, number>();
  let last: { readonly name: string; readonly images: readonly Image[] } | undefined;
  for (const { row } of kept) {
    signal.throwIfAborted();
    const name = table.micrographs[row]!;
    if (last?.name !== name) last = { name, images: await readExtractedPart(files, pathOf(name)) };
    const place = next.get(name) ?? 0;
    next.set(name, place + 1);
    yield last.images[place]!;
  }
}
