import { FormatError, ShapeError } from "../../core/errors.js";
import type { Files } from "../../core/ports.js";
import { isPacked } from "../../io/bytes/unpack.js";
import { MRC_HEADER_BYTES, type MrcHeader, parseMrcHeader } from "../../io/mrc/header.js";
import { decodeMrcSections } from "../../io/mrc/read.js";

/** One image of a stack. Plain data. */
export interface StackedImage {
  readonly path: string;
  /** From 0. */
  readonly section: number;
}

/** @throws FileError, FormatError for the file; FormatError for a packed one, whose images cannot be reached one by one */
export async function readStackHeader(files: Files, path: string): Promise<MrcHeader> {
  const bytes = await files.size(path);
  const head = await files.readRange(path, 0, Math.min(bytes, MRC_HEADER_BYTES));
  if (isPacked(head))
    throw new FormatError(path, "file", "a packed stack", "an MRC stack that is not packed");
  const header = parseMrcHeader(head, bytes, path);
  if (header.axes.join() !== "1,2,3")
    throw new FormatError(path, "axes", header.axes, "1, 2, 3: images by rows");
  return header;
}

/**
 * Reads images, those that follow each other in a stack at once.
 *
 * @throws FileError, FormatError for a file, a section that it does not have or a value that is not finite; ShapeError for images
 *   that are not box x box
 */
export async function readStackedImages(
  files: Files,
  images: readonly StackedImage[],
  box: number,
): Promise<Float32Array[]> {
  const headers = new Map<string, MrcHeader>();
  const out: Float32Array[] = [];
  for (let first = 0; first < images.length; ) {
    const { path, section } = images[first]!;
    const header = headers.get(path) ?? (await readStackHeader(files, path));
    headers.set(path, header);
    let count = 1;
    while (isNext(images[first + count], path, section + count)) count++;
    checkSections(header, path, section, count, box);
    const start = header.dataOffset + section * header.sectionBytes;
    const bytes = await files.readRange(path, start, start + count * header.sectionBytes);
    const data = decodeMrcSections(bytes, header, `${path}, image ${section + 1} and on`);
    for (let i = 0; i < count; i++) out.push(data.subarray(i * box * box, (i + 1) * box * box));
    first += count;
  }
  return out;
}

const isNext = (image: StackedImage | undefined, path: string, section: number): boolean =>
  image?.path === path && image.section === section;

function checkSections(header: MrcHeader, path: string, section: number, count: number, box: number): void {
  const [sections, rows, columns] = header.shape;
  if (rows !== box || columns !== box)
    throw new ShapeError(path, [rows, columns], `images of ${box} x ${box}`);
  if (section + count > sections) {
    throw new FormatError(
      path,
      "NZ",
      sections,
      `at least the ${section + count} images that the STAR file names`,
    );
  }
}
