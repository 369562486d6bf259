import { UsageError } from "../../../core/errors.js";
import type { Files } from "../../../core/ports.js";
import { micrographStem } from "../../../io/picks/pick.js";
import { IMAGE_EXTENSIONS } from "../../../io/read-image.js";
import { type ImageHeader, readImageHeader } from "./image-header.js";
import { matchNames } from "./match-names.js";
import { saidPixelSize } from "./pixel-size.js";

/** The micrographs that labels belong to: their full names, their sizes and what else their headers say. */
export interface MicrographIndex {
  /**
   * Labels under the names of files in the folder of micrographs, where these are known.
   * @throws UsageError where two micrographs of the labels would be the same file
   */
  named<T extends { readonly micrograph: string }>(labels: readonly T[]): T[];
  /**
   * Rows and columns of a micrograph; undefined where it is not known and not needed.
   * @throws UsageError where it is needed and not known
   */
  shape(name: string, isNeeded: boolean): Promise<readonly [rows: number, columns: number] | undefined>;
  /** Angstrom, from the header; undefined where the file is not at hand or does not say. */
  pixelSize(name: string): Promise<number | undefined>;
}

/**
 * Micrographs by name. Their headers are read from the files: in the folder given, else where their names lead from the file
 * of labels or from the working folder.
 *
 * @param labels file that the names come from
 * @param folder of the micrographs
 * @param size rows and columns of all micrographs, which then need not be there
 */
export async function openMicrographs(
  files: Files,
  labels: string,
  folder?: string,
  size?: readonly [rows: number, columns: number],
): Promise<MicrographIndex> {
  const there = folder === undefined ? [] : await imagesIn(files, folder);
  const byStem = new Map(there.map((path) => [micrographStem(path), path]));
  const beside = labels.includes("/") ? labels.slice(0, labels.lastIndexOf("/") + 1) : "";
  const header = async (name: string): Promise<ImageHeader | undefined> => {
    for (const path of [byStem.get(micrographStem(name)), beside + name, name]) {
      if (path !== undefined && (await files.exists(path))) return readImageHeader(files, path);
    }
    return undefined;
  };
  return {
    named: (items) => {
      const files = matchNames([...new Set(items.map(({ micrograph }) => micrograph))], there, folder ?? "");
      return items.map((item) => ({ ...item, micrograph: files.get(item.micrograph) ?? item.micrograph }));
    },
    shape: async (name, isNeeded) => {
      const shape = size ?? (await header(name))?.shape;
      if (shape || !isNeeded) return shape;
      throw new UsageError(
        `${labels}: micrograph ${name}: found no such file, expected \`micrographs\` with its folder, or \`micrographSize\``,
      );
    },
    pixelSize: async (name) => saidPixelSize((await header(name))?.pixelSize),
  };
}

async function imagesIn(files: Files, folder: string): Promise<string[]> {
  const names = await files.list(folder);
  return names
    .filter((name) => IMAGE_EXTENSIONS.some((ending) => name.toLowerCase().endsWith(ending)))
    .map((name) => `${folder.replace(/\/$/, "")}/${name}`);
}
