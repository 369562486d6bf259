import { FileError } from "../../core/errors.js";
import type { Files, JobContext } from "../../core/ports.js";
import { MRC_HEADER_BYTES } from "../../io/mrc/header.js";
import { type ReadImage, readImage } from "../../io/read-image.js";
import { type ImageHeader, readImageHeader } from "../shared/micrographs/image-header.js";

/** Micrographs by their names in a STAR file. */
export interface Micrographs {
  /** Where a micrograph lies, and what is known of it before its pixels are read; kept. */
  header(name: string): Promise<ImageHeader & { readonly path: string }>;
  /** A micrograph itself; the last one read is kept, since its particles follow each other. */
  open(name: string): Promise<ReadImage>;
}

/**
 * Micrographs beside a STAR file, or where their names lead from the working folder. Warns of the first name that leads to two
 * micrographs of different sizes or headers.
 */
export function micrographsOf(
  { files, report }: Pick<JobContext, "files" | "report">,
  star: string,
): Micrographs {
  const folder = star.includes("/") ? star.slice(0, star.lastIndexOf("/") + 1) : "";
  let hasWarned = false;
  const find = async (name: string): Promise<string> => {
    const beside = name.startsWith("/") ? name : folder + name;
    if (await files.exists(beside)) {
      if (
        !hasWarned &&
        beside !== name &&
        (await files.exists(name)) &&
        (await differ(files, beside, name))
      ) {
        hasWarned = true;
        report.warn(
          `${star}: ${name} is ${beside} here, and another file from the working folder; the first is used`,
        );
      }
      return beside;
    }
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

/** Whether two files are plainly not the same: their sizes or beginnings, where statistics of an MRC file stand, differ. */
async function differ(files: Files, a: string, b: string): Promise<boolean> {
  const size = await files.size(a);
  if (size !== (await files.size(b))) return true;
  const end = Math.min(size, MRC_HEADER_BYTES);
  const [first, second] = [await files.readRange(a, 0, end), await files.readRange(b, 0, end)];
  return first.some((byte, i) => byte !== second[i]);
}
