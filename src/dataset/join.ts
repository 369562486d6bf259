import { FormatError } from "../core/errors.js";
import type { Files } from "../core/ports.js";
import { imageKinds } from "./images.js";
import { DATASET, inside, partPath } from "./layout.js";
import { encodeText } from "./lines.js";
import { parseJob } from "./manifest.js";
import { readPart } from "./part.js";
import type { DatasetManifest, MicrographPart, MicrographRecord, ParticleRecord } from "./records.js";
import { micrographsStar, particlesStar } from "./star.js";

/**
 * Joins the parts of all micrographs into the tables of a dataset: truth.jsonl, particles.star, micrographs.star, and
 * last, as the mark of completeness, dataset.json. Ids follow the order of micrographs, half sets alternate.
 *
 * @throws FileError where a part is missing, FormatError where one breaks the format
 */
export async function joinDataset(files: Files, dir: string): Promise<DatasetManifest> {
  const at = (path: string): string => inside(dir, path);
  const job = parseJob(new TextDecoder().decode(await files.read(at(DATASET.job))), at(DATASET.job));
  const micrographs: MicrographRecord[] = [];
  let particles = 0;
  async function* truth(): AsyncGenerator<string> {
    for await (const group of readParts(files, dir, job.count)) {
      micrographs.push(group.micrograph);
      particles += group.particles.length;
      if (group.particles.length > 0) yield `${group.particles.map((p) => JSON.stringify(p)).join("\n")}\n`;
    }
  }
  async function* groups(): AsyncGenerator<readonly ParticleRecord[]> {
    for await (const group of readParts(files, dir, job.count)) yield group.particles;
  }
  await files.write(at(DATASET.truth), encodeText(truth()));
  await files.write(at(DATASET.particles), encodeText(particlesStar(job, groups())));
  await files.write(at(DATASET.micrographs), micrographsStar(job, micrographs));
  const { count: _count, ...identity } = job;
  const manifest: DatasetManifest = {
    format: "cryogem-dataset",
    formatVersion: 1,
    ...identity,
    micrographs,
    particles,
  };
  await files.write(at(DATASET.manifest), `${JSON.stringify(manifest, null, 2)}\n`);
  await files.remove(at(DATASET.parts));
  await sweep(files, dir);
  return manifest;
}

/** Removes what a killed run had written aside. */
async function sweep(files: Files, dir: string): Promise<void> {
  for (const folder of [dir, ...imageKinds(true).map((kind) => inside(dir, kind))]) {
    if (!(await files.exists(folder))) continue;
    for (const name of await files.list(folder)) {
      if (name.startsWith(".") && name.endsWith(".partial")) await files.remove(inside(folder, name));
    }
  }
}

interface PlacedPart extends MicrographPart {
  readonly particles: readonly ParticleRecord[];
}

/** The parts in order, their particles with their ids. */
async function* readParts(files: Files, dir: string, count: number): AsyncGenerator<PlacedPart> {
  let id = 0;
  for (let index = 1; index <= count; index++) {
    const part = await readPart(files, dir, index);
    if (part.micrograph.index !== index) {
      const path = inside(dir, partPath(index));
      throw new FormatError(path, "micrograph.index", part.micrograph.index, String(index));
    }
    const particles = part.particles.map((draft): ParticleRecord => {
      id++;
      return { id, ...draft, halfSet: id % 2 === 1 ? 1 : 2 };
    });
    yield { micrograph: part.micrograph, particles };
  }
}
