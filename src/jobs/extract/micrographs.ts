import { FileError } from "../../core/errors.js";
import type { Files } from "../../core/ports.js";
import { type ReadImage, readImage } from "../../io/read-image.js";
import { type ImageHeader, readImageHeader } from "../shared/micrographs/image-header.js";

/** Micrographs by their names in a STAR file. */
export interface Micrographs {
  /** Where a micrograph lies, and what is known of it before its pixels are read; kept. */
  header(name: string): Promise<ImageHeader & { readonly path: string }>;
  /** A micrograph itself; the last one read is kept, since its particles follow each other. */
  open(name: string): Promise<ReadImage>;
}

/** Micrographs beside a STAR file, or where their names lead from the working folder. */
export function micrographsOf(files: Files, star: string): Micrographs {
  const folder = star.includes("/") ? star.slice(0, star.lastIndexOf("/") + 1) : "";
  const find = async (name: string): Promise<string> => {
    const beside = name.startsWith("/") ? name : folder + name;
    if (await files.exists(beside)) return beside;
    if (await files.exists(name)) return name;
    throw new FileError(beside, "nothing there", `the micrograph that ${star} names`);
  };
  const headers = new Map<string, ImageHeader & { readonly path: string }>();
  let last: { readonly name: string; readonly micrograph: ReadImage } | undefined;
  return {
    header: async (name) => {
      const known = headers.get(name);
      if (known) return known;
      const path = await find(name);
      const header = { ...(await readImageHeader(files, path)), path };
      headers.set(name, header);
      return header;
    },
    open: async (name) => {
      if (last?.name === name) return last.micrograph;
      const path = await find(name);
      last = { name, micrograph: await readImage(await files.read(path), path) };
      return last.micrograph;
    },
  };
}
