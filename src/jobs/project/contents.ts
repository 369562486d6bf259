import type { Files, Report } from "../../core/ports.js";
import { startProgress } from "../shared/progress.js";

/** What was read of a file once. */
export interface KnownContent {
  /** Of the file when it was read: see `Files`. */
  readonly version: string;
  readonly sha256: string;
}

/** Bytes from which on the progress of reading is shown: a disk takes seconds for fewer. */
const SHOWN_FROM = 2 ** 30;

/**
 * SHA-256 of files. A file is read only where nothing is known of it or its version is another one: raw micrographs of a
 * project may be hundreds of gigabytes.
 *
 * @param known by path; what is read is added to it
 */
export async function readContents(
  paths: readonly string[],
  known: Record<string, KnownContent>,
  { files, report, signal }: { readonly files: Files; readonly report: Report; readonly signal: AbortSignal },
): Promise<ReadonlyMap<string, string>> {
  const versions = new Map<string, string>();
  for (const path of paths) versions.set(path, await files.version(path));
  const unread = [...versions].filter(([path, version]) => known[path]?.version !== version);
  let bytes = 0;
  for (const [path] of unread) bytes += await files.size(path);
  const stage = { stage: "read", total: unread.length, unit: "files" };
  const advance = bytes < SHOWN_FROM ? undefined : startProgress(report, stage);
  for (const [path, version] of unread) {
    signal.throwIfAborted();
    known[path] = { version, sha256: await files.sha256(path) };
    advance?.();
  }
  return new Map([...versions.keys()].map((path) => [path, known[path]!.sha256]));
}
