import type { Files } from "../../core/ports.js";

/** An input as a manifest names it. */
export interface InputFile {
  readonly path: string;
  readonly sha256: string;
}

/** Task "hash-file": what a manifest records of an input file. */
export async function hashFile(path: string, _shared: undefined, files: Files): Promise<InputFile> {
  return { path, sha256: await files.sha256(path) };
}
