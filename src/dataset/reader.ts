import type { Image } from "../array/image.js";
import { FormatError } from "../core/errors.js";
import type { Files } from "../core/ports.js";
import { readMrc } from "../io/mrc/read.js";
import { DATASET, inside } from "./layout.js";
import { readLines } from "./lines.js";
import { parseManifest, parseParticle } from "./manifest.js";
import type { DatasetManifest, MicrographRecord, ParticleRecord } from "./records.js";

/** A finished dataset on disk. */
export interface Dataset {
  readonly dir: string;
  readonly manifest: DatasetManifest;
  /** Every particle, in the order of particles.star; streamed, so of any number. */
  particles(): AsyncGenerator<ParticleRecord>;
  /** The micrographs in order, each with its particles. */
  byMicrograph(): AsyncGenerator<{
    readonly micrograph: MicrographRecord;
    readonly particles: readonly ParticleRecord[];
  }>;
}

/**
 * Opens a dataset folder.
 *
 * @throws FileError where there is no dataset.json, FormatError for one that breaks the format
 */
export async function readDataset(files: Files, dir: string): Promise<Dataset> {
  const path = inside(dir, DATASET.manifest);
  const manifest = parseManifest(new TextDecoder().decode(await files.read(path)), path);
  return {
    dir,
    manifest,
    particles: () => readTruth(files, dir, manifest),
    byMicrograph: () => particlesByMicrograph(files, dir, manifest),
  };
}

/**
 * The pixels of a micrograph.
 *
 * @throws FormatError where the file does not have the shape that the manifest gives
 */
export async function readMicrograph(files: Files, dir: string, record: MicrographRecord): Promise<Image> {
  const path = inside(dir, record.path);
  const { data, shape } = readMrc(await files.read(path), path);
  if (shape[0] !== 1 || shape[1] !== record.shape[0] || shape[2] !== record.shape[1]) {
    throw new FormatError(path, "shape", shape, `1 x ${record.shape.join(" x ")}, from ${DATASET.manifest}`);
  }
  return { data, shape: [shape[1], shape[2]] };
}

/** The particles of each micrograph in turn, in the manifest's order; none where it has none. */
export async function* particlesByMicrograph(
  files: Files,
  dir: string,
  manifest: DatasetManifest,
): AsyncGenerator<{ readonly micrograph: MicrographRecord; readonly particles: ParticleRecord[] }> {
  const lines = readTruth(files, dir, manifest);
  let next = await lines.next();
  for (const micrograph of manifest.micrographs) {
    const particles: ParticleRecord[] = [];
    while (!next.done && next.value.micrograph === micrograph.index) {
      refusePlace(next.value, micrograph, manifest, dir);
      particles.push(next.value);
      next = await lines.next();
    }
    if (particles.length !== micrograph.particles) {
      throw new FormatError(
        inside(dir, DATASET.truth),
        `micrograph ${micrograph.index}`,
        particles.length,
        `${micrograph.particles} particles, from ${DATASET.manifest}`,
      );
    }
    yield { micrograph, particles };
  }
  if (next.done) return;
  const { id, micrograph } = next.value;
  throw new FormatError(
    inside(dir, DATASET.truth),
    `particle ${id}, micrograph`,
    micrograph,
    `one of ${DATASET.manifest}, in its order`,
  );
}

/** A particle may be cut by the edge of its micrograph, but not lie beyond by more than its diameter. */
function refusePlace(
  { id, x, y }: ParticleRecord,
  { shape: [rows, columns] }: MicrographRecord,
  { optics, particleDiameter }: DatasetManifest,
  dir: string,
): void {
  const reach = particleDiameter / optics.pixelSize;
  for (const [name, at, side] of [
    ["x", x, columns],
    ["y", y, rows],
  ] as const) {
    if (at >= -reach && at < side + reach) continue;
    const expected = `a place in or at its micrograph of ${columns} x ${rows} pixels`;
    throw new FormatError(inside(dir, DATASET.truth), `particle ${id}, ${name}`, at, expected);
  }
}

async function* readTruth(
  files: Files,
  dir: string,
  manifest: DatasetManifest,
): AsyncGenerator<ParticleRecord> {
  const path = inside(dir, DATASET.truth);
  let count = 0;
  for await (const line of readLines(files, path)) {
    const particle = parseParticle(line, path, ++count);
    if (particle.id !== count)
      throw new FormatError(path, `line ${count}, id`, particle.id, `${count}, in their order`);
    yield particle;
  }
  if (count !== manifest.particles) {
    throw new FormatError(path, "lines", count, `${manifest.particles}, from ${DATASET.manifest}`);
  }
}
