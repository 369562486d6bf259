import { CryoError } from "../../../core/errors.js";
import type { Files, Report } from "../../../core/ports.js";
import { isPacked } from "../../../io/bytes/unpack.js";
import { MRC_HEADER_BYTES, parseMrcHeader } from "../../../io/mrc/header.js";
import { isMrc } from "../../../io/read-image.js";
import { someNames } from "../some-names.js";

/** A file of images, and where its header departs from the format in ways that were read all the same. */
export interface RemarkedFile {
  readonly path: string;
  readonly remarks: readonly string[];
}

/**
 * Notes where headers depart from their format, or leave something to be guessed: each kind once, with the number of its files.
 *
 * @param what the files are, as "micrographs"
 */
export function tellRemarks(
  all: readonly RemarkedFile[],
  what: string,
  { note }: Pick<Report, "note">,
): void {
  const byKind = new Map<string, string[]>();
  for (const { path, remarks } of all) {
    for (const remark of new Set(remarks)) {
      const paths = byKind.get(remark);
      if (paths) paths.push(path);
      else byKind.set(remark, [path]);
    }
  }
  for (const [remark, paths] of byKind) {
    const few = someNames(paths);
    note(
      all.length === 1 ? `${few}: ${remark}` : `${paths.length} of ${all.length} ${what}: ${remark} (${few})`,
    );
  }
}

/** The same of micrographs, whose headers are read for it; those of packed files are not. */
export async function tellMicrographRemarks(
  paths: readonly string[],
  { files, report }: { readonly files: Files; readonly report: Pick<Report, "note"> },
): Promise<void> {
  const all: RemarkedFile[] = [];
  for (const path of paths) all.push({ path, remarks: await remarksOf(files, path) });
  tellRemarks(all, "micrographs", report);
}

async function remarksOf(files: Files, path: string): Promise<readonly string[]> {
  try {
    const bytes = await files.size(path);
    const head = await files.readRange(path, 0, Math.min(bytes, MRC_HEADER_BYTES));
    return isMrc(head, path) && !isPacked(head) ? parseMrcHeader(head, bytes, path).remarks : [];
  } catch (error) {
    // a file that cannot be read is left to those who read its pixels
    if (error instanceof CryoError) return [];
    throw error;
  }
}
