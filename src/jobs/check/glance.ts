import { CryoError } from "../../core/errors.js";
import type { Files } from "../../core/ports.js";
import { readImageHeader } from "../shared/micrographs/image-header.js";
import type { CheckedMicrograph } from "./records.js";

/** What is known of a micrograph without its pixels. */
export type GlancedMicrograph = Pick<CheckedMicrograph, "file" | "headerPixelSize" | "failure" | "picture">;

/** Reads the headers of micrographs that are only picked: of thousands one file that is not whole would stop the way to a map late. */
export async function glanceAt(
  paths: readonly string[],
  files: Files,
): Promise<readonly GlancedMicrograph[]> {
  const seen: GlancedMicrograph[] = [];
  for (const file of paths) {
    try {
      const { pixelSize = null } = await readImageHeader(files, file);
      seen.push({ file, headerPixelSize: pixelSize, failure: null, picture: null });
    } catch (error) {
      // a damaged file is what is looked for; anything else is a fault of the program
      if (!(error instanceof CryoError)) throw error;
      seen.push({ file, headerPixelSize: null, failure: error.message, picture: null });
    }
  }
  return seen;
}
