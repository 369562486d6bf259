import type { Image } from "../../../array/image.js";
import { FileError, FormatError, UsageError } from "../../../core/errors.js";
import {
  type ImagePlace,
  openStack,
  type ParticleStack,
  readStackImages,
} from "../../shared/particles/particle-stacks.js";
import type { ViewedFiles } from "../places.js";
import type { Block } from "../tables.js";
import { imagesNamedIn } from "./image-names.js";
import { MOST_IMAGES, smallImages } from "./small-images.js";

/**
 * The images of some rows of a table, to be sent.
 *
 * @param table its path @param rows from 0, in the order in which they are sent
 * @throws UsageError for rows that are not there, FileError for a stack that is not among what is shown, FormatError for an image that
 *   its stack does not have
 */
export async function particleImages(
  files: ViewedFiles,
  table: string,
  block: Block,
  rows: readonly number[],
  side: number,
): Promise<Uint8Array> {
  const imageOf = imagesNamedIn(block.columns);
  if (!imageOf)
    throw new UsageError(`${table}: found no names of images, expected rlnImageName or blob/path`);
  if (rows.length > MOST_IMAGES || rows.some((row) => row >= block.rows) || side < 8) {
    throw new UsageError(`${table}: found no rows ${rows.join()}, expected some of ${block.rows}`);
  }
  const named = rows.map(imageOf);
  const numbers = new Map<string, number>();
  const stacks: ParticleStack[] = [];
  for (const { stack } of named) {
    if (numbers.has(stack)) continue;
    numbers.set(stack, stacks.length);
    stacks.push(await openStack(files, await pathOfStack(files, table, stack)));
  }
  const places = named.map(({ stack, section }, i): ImagePlace => {
    const number = numbers.get(stack)!;
    const { images, path } = stacks[number]!;
    if (section >= 0 && section < images) return { stack: number, section };
    throw new FormatError(
      table,
      `image of row ${rows[i]! + 1}`,
      section + 1,
      `1 to ${images}, the images of ${path}`,
    );
  });
  const images: Image[] = [];
  for await (const { i, pixels } of readStackImages(files, stacks, places.length, (i) => places[i]!)) {
    const { box } = stacks[places[i]!.stack]!;
    images.push({ data: pixels, shape: [box, box] });
  }
  return smallImages(images, side);
}

/**
 * Where a stack is: tables of RELION and cryoSPARC name it from the folder of their project, in which they lie one or two folders down,
 * and those of this program from their own.
 */
async function pathOfStack(files: ViewedFiles, table: string, name: string): Promise<string> {
  if (await files.exists(name)) return name;
  const folders = table.split("/").slice(0, -1);
  for (let depth = folders.length; depth > 0 && !name.startsWith("/"); depth--) {
    const path = [...folders.slice(0, depth), name].join("/");
    if (await files.exists(path)) return path;
  }
  throw new FileError(
    name,
    "no such stack among what is shown",
    `its folder on the command line: ${table} names it`,
  );
}
