import type { Files } from "../core/ports.js";
import { inside, partPath } from "./layout.js";
import { parsePart } from "./manifest.js";
import type { MicrographPart } from "./records.js";

/** Writes what is known of a micrograph. To be called after its images: it marks the micrograph as made. */
export async function writePart(files: Files, dir: string, part: MicrographPart): Promise<void> {
  await files.write(inside(dir, partPath(part.micrograph.index)), `${JSON.stringify(part)}\n`);
}

/** The part of micrograph `index`. @throws FileError, FormatError */
export async function readPart(files: Files, dir: string, index: number): Promise<MicrographPart> {
  const path = inside(dir, partPath(index));
  return parsePart(new TextDecoder().decode(await files.read(path)), path);
}
