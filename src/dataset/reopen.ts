import type { Files } from "../core/ports.js";
import { DATASET, inside } from "./layout.js";
import { writePart } from "./part.js";
import { particlesByMicrograph } from "./reader.js";
import type { DatasetJob, DatasetManifest, ParticleDraft, ParticleRecord } from "./records.js";

/**
 * Turns a finished dataset that has lost files back into an unfinished one: everything known of the micrographs that
 * are still there becomes parts again, and the manifest goes.
 *
 * @param missing micrographs, from 1, that have to be made again
 */
export async function reopen(
  files: Files,
  dir: string,
  manifest: DatasetManifest,
  missing: readonly number[],
): Promise<void> {
  const lost = new Set(missing);
  if (await files.exists(inside(dir, DATASET.truth))) {
    for await (const { micrograph, particles } of particlesByMicrograph(files, dir, manifest)) {
      if (lost.has(micrograph.index)) continue;
      await writePart(files, dir, { micrograph, particles: particles.map(withoutPlace) });
    }
  }
  const {
    format: _format,
    formatVersion: _version,
    micrographs,
    particles: _particles,
    ...identity
  } = manifest;
  const job: DatasetJob = { ...identity, count: micrographs.length };
  await files.write(inside(dir, DATASET.job), `${JSON.stringify(job)}\n`);
  await files.remove(inside(dir, DATASET.manifest));
}

function withoutPlace({ id: _id, halfSet: _halfSet, ...draft }: ParticleRecord): ParticleDraft {
  return draft;
}
