import type { Files } from "../core/ports.js";
import { particlesCsPieces } from "../io/particles/cs-write.js";
import type { Particle, ParticleSet } from "../io/particles/particle.js";
import { writeBox } from "../io/picks/box.js";
import { writeCbox } from "../io/picks/cbox.js";
import { cocoPieces } from "../io/picks/coco.js";
import { micrographStem, type Pick } from "../io/picks/pick.js";
import { atWholePixels, writeTopaz } from "../io/picks/topaz.js";
import { inside } from "./layout.js";
import { encodeText } from "./lines.js";
import { type Dataset, readDataset } from "./reader.js";
import type { MicrographRecord, ParticleRecord } from "./records.js";
import { suggestedBox } from "./star.js";
import { particlePosition } from "./true-position.js";

/** Other forms of the labels, for programs that do not read STAR files. */
export const LABEL_FORMS = ["topaz", "box", "cbox", "coco", "cs"] as const;
export type LabelForm = (typeof LABEL_FORMS)[number];

/**
 * Writes the labels of a finished dataset in other forms into its folder labels/: topaz.txt and topaz-images.txt,
 * box/000001.box …, cbox/000001.cbox …, coco.json, particles.cs. Boxes have the suggested size, half as large again as
 * the particle. All particles are there whose centre lies in the micrograph, cut by its edge or not, at the places where
 * they truly sit, which for Topaz are rounded to whole pixels. Files are written micrograph by micrograph.
 */
export async function writeLabels(files: Files, dir: string, forms: readonly LabelForm[]): Promise<void> {
  const dataset = await readDataset(files, dir);
  const { particleDiameter, optics } = dataset.manifest;
  const box = suggestedBox(particleDiameter, optics.pixelSize);
  if (forms.includes("topaz")) {
    await files.write(inside(dir, "labels/topaz.txt"), encodeText(topazLines(dataset)));
    await files.write(inside(dir, "labels/topaz-images.txt"), topazImages(dataset));
  }
  for (const [form, write] of [
    ["box", writeBox],
    ["cbox", writeCbox],
  ] as const) {
    if (!forms.includes(form)) continue;
    for await (const { micrograph, particles } of dataset.byMicrograph()) {
      const name = `labels/${form}/${micrographStem(micrograph.path)}.${form}`;
      await files.write(inside(dir, name), write(picksOf(micrograph, particles, optics.pixelSize), box));
    }
  }
  if (forms.includes("coco")) {
    await files.write(inside(dir, "labels/coco.json"), encodeText(cocoText(dataset, box)));
  }
  if (forms.includes("cs")) await files.write(inside(dir, "labels/particles.cs"), csBytes(dataset));
}

/** Where the particles of a micrograph truly sit. @param pixelSize angstrom */
const picksOf = (
  { path }: MicrographRecord,
  particles: readonly ParticleRecord[],
  pixelSize: number,
): Pick[] => particles.map((particle) => ({ micrograph: path, ...particlePosition(particle, pixelSize) }));

/** Topaz's table in pieces: its header once, then the rows of one micrograph after the other. */
async function* topazLines(dataset: Dataset): AsyncGenerator<string> {
  const header = writeTopaz([]);
  yield header;
  for await (const { micrograph, particles } of dataset.byMicrograph()) {
    if (particles.length === 0) continue;
    const picks = atWholePixels(picksOf(micrograph, particles, dataset.manifest.optics.pixelSize));
    yield writeTopaz(picks).slice(header.length);
  }
}

/**
 * Topaz's table of images, paths from the dataset's folder. Given a folder of images Topaz finds no particle in them: it reads
 * its tables by pandas, to which 000001 is the number 1, and names of files stay text. Out of two tables both are numbers.
 */
const topazImages = ({ manifest: { micrographs } }: Dataset): string =>
  ["image_name\tpath", ...micrographs.map(({ path }) => `${micrographStem(path)}\t${path}`), ""].join("\n");

function cocoText(dataset: Dataset, box: number): AsyncGenerator<string> {
  const images = dataset.manifest.micrographs.map(({ path, shape }) => ({ fileName: path, shape }));
  async function* groups(): AsyncGenerator<readonly Pick[]> {
    for await (const { micrograph, particles } of dataset.byMicrograph())
      yield picksOf(micrograph, particles, dataset.manifest.optics.pixelSize);
  }
  return cocoPieces(images, groups(), box);
}

/** Places, CTF, poses and half sets as cryoSPARC has them; images come with extraction. */
function csBytes(dataset: Dataset): AsyncGenerator<Uint8Array> {
  const { optics, micrographs, particles: total } = dataset.manifest;
  const shapes = new Map(micrographs.map(({ path, shape }) => [path, shape]));
  const group = { ...optics, name: "opticsGroup1", micrographPixelSize: optics.pixelSize };
  async function* sets(): AsyncGenerator<ParticleSet> {
    for await (const { micrograph, particles } of dataset.byMicrograph()) {
      yield { optics: [group], particles: particles.map((p) => csParticle(micrograph.path, p)) };
    }
  }
  const longestName = micrographs.reduce((most, { path }) => Math.max(most, path.length), 0);
  return particlesCsPieces(sets(), (path) => shapes.get(path)!, { total, longestName });
}

const csParticle = (micrograph: string, p: ParticleRecord): Particle => ({
  ...{ micrograph, x: p.x, y: p.y, opticsGroup: 0, halfSet: p.halfSet },
  angles: { rot: p.rot, tilt: p.tilt, psi: p.psi },
  origin: { x: p.originX, y: p.originY },
  defocus: {
    ...{ defocusU: p.defocusU, defocusV: p.defocusV },
    ...{ defocusAngle: p.defocusAngle, phaseShift: p.phaseShift },
  },
});
