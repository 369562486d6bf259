import type { Image } from "../../array/image.js";
import type { Files } from "../../core/ports.js";
import { inside } from "../../dataset/layout.js";
import { readMrc } from "../../io/mrc/read.js";
import type { CoordinateTable } from "./coordinates.js";

/** Where the shares of an extraction leave the images of each micrograph until they are joined: beside the stack. */
export const partsFolder = (stack: string): string => stack.replace(/\.mrcs$/i, ".parts");

/** The stack of one micrograph's particles. @param index of the micrograph, from 0, as `rowsByMicrograph` counts */
export const extractedPart = (stack: string, index: number): string =>
  inside(partsFolder(stack), `${String(index + 1).padStart(6, "0")}.mrcs`);

/** The images of a part, in the order of its particles in the table. */
export async function readExtractedPart(files: Files, path: string): Promise<readonly Image[]> {
  const { data, shape } = readMrc(await files.read(path), path);
  const [sections, rows, columns] = shape;
  const pixels = rows * columns;
  return Array.from({ length: sections }, (_, i) => ({
    data: data.subarray(i * pixels, (i + 1) * pixels),
    shape: [rows, columns],
  }));
}

/** The rows of each micrograph, the micrographs in the order in which the table first names them. */
export function rowsByMicrograph({ micrographs }: CoordinateTable): readonly (readonly number[])[] {
  const rows = new Map<string, number[]>();
  for (const [row, name] of micrographs.entries()) {
    const known = rows.get(name);
    if (known) known.push(row);
    else rows.set(name, [row]);
  }
  return [...rows.values()];
}

/** Removes all parts of a stack. */
export async function removeParts(files: Files, stack: string): Promise<void> {
  const folder = partsFolder(stack);
  for (const name of await files.list(folder)) {
    if (/^\d+\.mrcs$/.test(name)) await files.remove(inside(folder, name));
  }
}
