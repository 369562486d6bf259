import { z } from "zod";
import { CryoError } from "../../core/errors.js";
import type { Files } from "../../core/ports.js";
import { parseJson } from "../../dataset/check.js";
import { inside } from "../../dataset/layout.js";
import { readImage } from "../../io/read-image.js";
import type { DatasetContext } from "../shared/context.js";
import { readImageHeader } from "../shared/micrographs/image-header.js";
import { startProgress } from "../shared/progress.js";
import { flawOf } from "./micrograph.js";
import { CHECK, type CheckedMicrograph } from "./records.js";

/** What is known of a micrograph that is not measured. */
export type GlancedMicrograph = Pick<CheckedMicrograph, "file" | "headerPixelSize" | "failure" | "picture">;

/** The same with the version of its file that was read: see `Files`. */
type GlancedFile = GlancedMicrograph & { readonly version: string };

/** A micrograph to look at. */
export interface GlanceInput {
  readonly path: string;
  /** Version of the file when it was last read whole without a flaw; absent: never. */
  readonly wholeVersion?: string;
}

/** Versions of files that were whole, by their paths. */
const wholeFiles = z.object({ program: z.string(), versions: z.record(z.string(), z.string()) });

/**
 * Reads micrographs that are only picked, on workers: of thousands one that is not whole, or has a pixel that is no number, would stop
 * the way to a map late. Of those that were whole before and did not change, the headers only.
 *
 * @param dir folder of the check, in which it is remembered which were whole
 */
export async function glanceAt(
  paths: readonly string[],
  dir: string,
  { files, report, signal, workers, program }: DatasetContext,
): Promise<readonly GlancedMicrograph[]> {
  if (paths.length === 0) return [];
  const record = inside(dir, CHECK.whole);
  const before = await readWhole(files, record, program);
  const inputs = paths.map((path): GlanceInput => {
    const wholeVersion = before[path];
    return wholeVersion === undefined ? { path } : { path, wholeVersion };
  });
  const advance = startProgress(report, {
    stage: "look at others",
    total: paths.length,
    unit: "micrographs",
  });
  const versions: Record<string, string> = {};
  const remember = ({ file, failure, version }: GlancedFile): void => {
    if (failure === null) versions[file] = version;
    advance();
  };
  try {
    const seen = await workers.map("glance-micrograph", inputs, { signal, onResult: remember });
    signal.throwIfAborted();
    return seen;
  } finally {
    // what was read before a stop need not be read again
    await files.write(record, `${JSON.stringify({ program, versions: { ...before, ...versions } })}\n`);
  }
}

async function readWhole(
  files: Files,
  path: string,
  program: string,
): Promise<Readonly<Record<string, string>>> {
  if (!(await files.exists(path))) return {};
  const known = parseJson(wholeFiles, new TextDecoder().decode(await files.read(path)), path);
  return known.program === program ? known.versions : {};
}

/** Task "glance-micrograph": reads one micrograph. A file that cannot be read is a result too. */
export async function glanceTask(
  { path: file, wholeVersion }: GlanceInput,
  _shared: undefined,
  files: Files,
): Promise<GlancedFile> {
  try {
    const version = await files.version(file);
    if (version === wholeVersion) {
      const { pixelSize = null } = await readImageHeader(files, file);
      return { file, headerPixelSize: pixelSize, failure: null, picture: null, version };
    }
    const { image, pixelSize = null } = await readImage(await files.read(file), file);
    return { file, headerPixelSize: pixelSize, failure: flawOf(image) ?? null, picture: null, version };
  } catch (error) {
    // a damaged file is what is looked for; anything else is a fault of the program
    if (!(error instanceof CryoError)) throw error;
    return { file, headerPixelSize: null, failure: error.message, picture: null, version: "" };
  }
}
