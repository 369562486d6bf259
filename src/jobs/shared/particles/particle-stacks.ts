import { indexOfNonFinite } from "../../../array/statistics.js";
import { FileError, FormatError, UnsupportedError } from "../../../core/errors.js";
import type { Files, Report } from "../../../core/ports.js";
import { isPacked } from "../../../io/bytes/unpack.js";
import { isHdf5 } from "../../../io/hdf5/eman.js";
import { MRC_HEADER_BYTES, type MrcHeader, parseMrcHeader } from "../../../io/mrc/header.js";
import { decodeMrcSamples } from "../../../io/mrc/modes.js";
import { requireEvenPixels } from "../../../io/mrc/read.js";
import type { Particle } from "../../../io/particles/particle.js";
import { tellRemarks } from "../micrographs/header-remarks.js";

/** A stack of square particle images of which only the header was read. Plain data. */
export interface ParticleStack {
  readonly path: string;
  readonly header: MrcHeader;
  readonly images: number;
  /** Rows and columns of an image. */
  readonly box: number;
}

/**
 * Opens stacks by the names that a file of particles has for them: in `folder`, or beside that file, or where the names lead
 * from the working folder.
 *
 * @param list path of the file of particles
 * @throws FileError for a stack that is nowhere, FormatError for a header outside the format or images that are not square,
 *   UnsupportedError for a packed stack, which cannot be read image by image
 */
export async function openStacks(
  files: Files,
  names: readonly string[],
  list: string,
  folder?: string,
): Promise<ParticleStack[]> {
  const beside = list.includes("/") ? list.slice(0, list.lastIndexOf("/") + 1) : "";
  const stacks: ParticleStack[] = [];
  for (const name of names) {
    const named = (path: string): readonly string[] =>
      folder === undefined ? (path.startsWith("/") ? [path] : [beside + path, path]) : [`${folder}/${path}`];
    const places = named(name);
    const found = await firstThatExists(files, places);
    if (found === undefined) throw new FileError(places[0]!, "nothing there", `the stack that ${list} names`);
    stacks.push(await openStack(files, found));
  }
  return stacks;
}

async function firstThatExists(files: Files, paths: readonly string[]): Promise<string | undefined> {
  for (const path of paths) if (await files.exists(path)) return path;
  return undefined;
}

/** Notes where the headers of stacks depart from the format, each kind once. */
export const tellStackRemarks = (stacks: readonly ParticleStack[], report: Pick<Report, "note">): void =>
  tellRemarks(
    stacks.map(({ path, header: { remarks } }) => ({ path, remarks })),
    "stacks",
    report,
  );

/** Opens a stack by its path. @throws as `openStacks` */
export async function openStack(files: Files, path: string): Promise<ParticleStack> {
  const bytes = await files.readRange(path, 0, MRC_HEADER_BYTES);
  if (isPacked(bytes)) {
    throw new UnsupportedError(
      `${path}: found a packed stack, expected it unpacked: images are read one by one`,
    );
  }
  if (isHdf5(bytes))
    throw new UnsupportedError(`${path}: found HDF5, expected an MRC stack, which \`export\` makes of it`);
  if (isTiff(bytes)) throw new UnsupportedError(`${path}: found a TIFF, expected an MRC stack`);
  const header = parseMrcHeader(bytes, await files.size(path), path);
  if (header.kind !== "volume") requireEvenPixels(header, path);
  const [images, rows, columns] = header.storedShape;
  if (header.axes.join() !== "1,2,3") {
    throw new FormatError(
      path,
      "words 17-19 (MAPC MAPR MAPS)",
      header.axes,
      "1, 2, 3: images one after another",
    );
  }
  if (rows !== columns) throw new FormatError(path, "words 1-2 (NX NY)", [columns, rows], "square images");
  return { path, header, images, box: columns };
}

/** By the first bytes, of either order. */
const isTiff = (bytes: Uint8Array): boolean => {
  const mark = String.fromCharCode(...bytes.subarray(0, 4));
  return mark === "II*\0" || mark === "MM\0*";
};

/** Where an image is. */
export interface ImagePlace {
  /** Number of its stack. */
  readonly stack: number;
  /** Number of its section, from 0. */
  readonly section: number;
}

/**
 * Where the images of particles are.
 *
 * @param names of the stacks, in their order; @param path of the file of particles, for the message
 * @throws FormatError for an image that its stack does not have
 */
export function placesOf(
  particles: readonly Particle[],
  names: readonly string[],
  stacks: readonly ParticleStack[],
  path: string,
): ImagePlace[] {
  const numbers = new Map(names.map((name, i) => [name, i]));
  return particles.map(({ image }, row) => {
    const stack = numbers.get(image!.stack)!;
    const { images, path: file } = stacks[stack]!;
    if (image!.index > images) {
      throw new FormatError(
        path,
        `image of particle ${row + 1}`,
        image!.index,
        `1 to ${images}, the images of ${file}`,
      );
    }
    return { stack, section: image!.index - 1 };
  });
}

/** A particle's image, and what its file says beside it. */
export interface PosedPlace extends ImagePlace, Pick<Particle, "angles" | "halfSet"> {}

/** What to say of particles that share an image; undefined where each has its own. @param path of the file of particles */
export function repeatedDoubt(
  places: readonly PosedPlace[],
  stacks: readonly Pick<ParticleStack, "path">[],
  path: string,
): string | undefined {
  const byImage = new Map<string, PosedPlace[]>();
  for (const place of places) {
    const key = `${place.stack} ${place.section}`;
    const own = byImage.get(key);
    if (own) own.push(place);
    else byImage.set(key, [place]);
  }
  const images = [...byImage.values()];
  const first = images.find((own) => own.length > 1)?.[0];
  if (!first) return undefined;
  const copies = copiesOf(images);
  const apart = images.some((own) => new Set(own.map(({ halfSet }) => halfSet)).size > 1);
  const shared = "halves that share images correlate by their noise";
  if (copies !== undefined) {
    const halves = apart ? `; the copies of an image stand in both half sets: ${shared}` : "";
    return (
      `${path}: each of its ${images.length} images stands ${copies} times with other angles, as after a symmetry expansion: it is to be ` +
      `taken without symmetry (C1), and the copies of an image belong in one half set${halves}`
    );
  }
  return (
    `${path}: particles with the image of another one: ${places.length - images.length}, the first of them with image ` +
    `${first.section + 1} of ${stacks[first.stack]!.path}: ${shared}`
  );
}

/** How often each image stands, where all stand as often and never twice with the same angles; else undefined. */
function copiesOf(images: readonly (readonly PosedPlace[])[]): number | undefined {
  const copies = images[0]!.length;
  const isExpanded = images.every(
    (own) =>
      own.length === copies &&
      new Set(own.map(({ angles }) => angles && Object.values(angles).join(" "))).size === copies,
  );
  return isExpanded ? copies : undefined;
}

/** Bytes that are read at a time. */
const READ_BYTES = 2 ** 21;

/** An image and its number in the list of places. */
interface StackImage {
  readonly i: number;
  readonly pixels: Float32Array;
}

/** Reads images one by one, as `readStackBatches`. */
export async function* readStackImages(
  ...args: Parameters<typeof readStackBatches>
): AsyncGenerator<StackImage> {
  for await (const batch of readStackBatches(...args)) yield* batch;
}

/**
 * Reads images in the order of their places, some at a time. Successive images of a stack are read together, a few megabytes at most,
 * so that memory does not grow with their number: best sorted by stack and section.
 *
 * @throws FormatError for a pixel that is no finite number, FileError where the file cannot be read
 */
export async function* readStackBatches(
  files: Files,
  stacks: readonly ParticleStack[],
  count: number,
  place: (i: number) => ImagePlace,
): AsyncGenerator<readonly StackImage[]> {
  for (let start = 0; start < count; ) {
    const { stack: number, section: first } = place(start);
    const stack = stacks[number]!;
    const { sectionBytes, dataOffset } = stack.header;
    const most = Math.max(1, Math.floor(READ_BYTES / sectionBytes));
    let end = start + 1;
    let last = first;
    for (; end < count; end++) {
      const next = place(end);
      if (next.stack !== number || next.section < last || next.section >= first + most) break;
      last = next.section;
    }
    const from = dataOffset + first * sectionBytes;
    const bytes = await files.readRange(stack.path, from, from + (last - first + 1) * sectionBytes);
    yield Array.from({ length: end - start }, (_, k) => {
      const { section } = place(start + k);
      const at = (section - first) * sectionBytes;
      return { i: start + k, pixels: decodeImage(bytes.subarray(at, at + sectionBytes), stack, section) };
    });
    start = end;
  }
}

function decodeImage(bytes: Uint8Array, { header, path, box }: ParticleStack, section: number): Float32Array {
  if (bytes.length < header.sectionBytes) {
    throw new FormatError(path, `image ${section + 1}`, "the end of the file", "a whole image");
  }
  const pixels = decodeMrcSamples(bytes, header, box);
  const bad = indexOfNonFinite(pixels);
  if (bad >= 0)
    throw new FormatError(path, `image ${section + 1}, pixel ${bad}`, pixels[bad], "a finite number");
  return pixels;
}

/**
 * Refuses an image in which there can be no particle, where one is to be compared or added up: stacks of class averages may have such.
 *
 * @throws FormatError for one value everywhere
 */
export function refuseBlank(
  pixels: Float32Array,
  { stack, section }: ImagePlace,
  stacks: readonly Pick<ParticleStack, "path">[],
): void {
  if (pixels.some((value) => value !== pixels[0])) return;
  const at = `image ${section + 1}`;
  throw new FormatError(stacks[stack]!.path, at, "the same value everywhere", "the image of a particle");
}
