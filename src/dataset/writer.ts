import { UsageError } from "../core/errors.js";
import type { Files } from "../core/ports.js";
import { DATASET, type ImageKind, imagePath, inside, partPath } from "./layout.js";
import { parseJob, parseManifest } from "./manifest.js";
import { otherJob, refuseOtherJob } from "./ownership.js";
import type { DatasetJob } from "./records.js";
import { reopen } from "./reopen.js";

export interface DatasetProgress {
  /** Indices of the micrographs, from 1, that are still to be made. */
  readonly missing: readonly number[];
  /** Whether the dataset is finished as it stands. */
  readonly finished: boolean;
}

/**
 * Opens a folder for a dataset: a new or empty folder, or one that the same job began or finished. Several processes may open it
 * at once.
 *
 * @param kinds the images that each micrograph shall have
 * @param isAlone whether no other process is at work in it: only then a finished dataset that has lost files is taken apart again
 * @throws UsageError for a folder with other files, another job's dataset, or one begun by another program version
 */
export async function openDataset(
  files: Files,
  dir: string,
  job: DatasetJob,
  kinds: readonly ImageKind[],
  isAlone = true,
): Promise<DatasetProgress> {
  const at = (path: string): string => inside(dir, path);
  const text = async (path: string): Promise<string> => new TextDecoder().decode(await files.read(at(path)));
  // hidden files are traces of the work itself, as of a process that was killed
  const names = ((await files.exists(dir)) ? await files.list(dir) : []).filter(
    (name) => !name.startsWith("."),
  );
  if (names.includes(DATASET.manifest)) {
    const manifest = parseManifest(await text(DATASET.manifest), at(DATASET.manifest));
    refuseOtherJob(dir, manifest, job);
    const missing = await missingMicrographs(files, dir, job.count, kinds, false);
    const tables = [DATASET.micrographs, DATASET.particles, DATASET.truth].filter(
      (name) => !names.includes(name),
    );
    if (missing.length === 0 && tables.length === 0) {
      // left by a process that was killed at the very end
      if (isAlone) await files.remove(at(DATASET.parts));
      return { missing, finished: true };
    }
    refuseOtherProgram(dir, manifest.program, job);
    if (!isAlone) {
      throw new UsageError(
        `${dir}: found a finished dataset that has lost files, expected all: make them without \`shard\``,
      );
    }
    await reopen(files, dir, manifest, missing);
    return { missing: await missingMicrographs(files, dir, job.count, kinds, true), finished: false };
  }
  if (await files.exists(at(DATASET.job))) {
    const begun = parseJob(await text(DATASET.job), at(DATASET.job));
    refuseOtherJob(dir, begun, job);
    refuseOtherProgram(dir, begun.program, job);
  } else if (await hasOthers(files, dir, names)) {
    const some = names.slice(0, 3).join(", ") + (names.length > 3 ? ", …" : "");
    throw new UsageError(
      `${dir}: found a folder with other files (${some}), expected a new or empty folder, or a dataset to continue`,
    );
  } else await files.write(at(DATASET.job), `${JSON.stringify(job)}\n`);
  return { missing: await missingMicrographs(files, dir, job.count, kinds, true), finished: false };
}

/** Whether files are there that no dataset has which is only being opened, by this process or another. */
async function hasOthers(files: Files, dir: string, names: readonly string[]): Promise<boolean> {
  if (names.some((name) => name !== DATASET.parts)) return true;
  const parts = names.length > 0 ? await files.list(inside(dir, DATASET.parts)) : [];
  return parts.some((name) => !name.startsWith(".") && inside(DATASET.parts, name) !== DATASET.job);
}

function refuseOtherProgram(dir: string, found: string, { program }: DatasetJob): void {
  if (found !== program) {
    throw otherJob(dir, `unfinished dataset: program: found "${found}", expected "${program}"`);
  }
}

async function missingMicrographs(
  files: Files,
  dir: string,
  count: number,
  kinds: readonly ImageKind[],
  needsParts: boolean,
): Promise<number[]> {
  const present = new Set<string>();
  for (const folder of needsParts ? [...kinds, DATASET.parts] : kinds) {
    if (!(await files.exists(inside(dir, folder)))) continue;
    for (const name of await files.list(inside(dir, folder))) present.add(`${folder}/${name}`);
  }
  const missing: number[] = [];
  for (let index = 1; index <= count; index++) {
    const made =
      kinds.every((kind) => present.has(imagePath(kind, index))) &&
      (!needsParts || present.has(partPath(index)));
    if (!made) missing.push(index);
  }
  return missing;
}
