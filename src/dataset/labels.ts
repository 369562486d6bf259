import type { Files } from "../core/ports.js";
import { writeBox } from "../io/box.js";
import { type CocoImage, writeCoco } from "../io/coco.js";
import { micrographStem, type Pick } from "../io/picks.js";
import { writeTopaz } from "../io/topaz.js";
import { inside } from "./layout.js";
import { readDataset } from "./reader.js";
import { suggestedBox } from "./star.js";

/** Other forms of the labels, for programs that do not read STAR files. */
export const LABEL_FORMS = ["topaz", "box", "coco"] as const;
export type LabelForm = (typeof LABEL_FORMS)[number];

/**
 * Writes the labels of a finished dataset in other forms into its folder labels/: topaz.txt, box/000001.box …, coco.json.
 * Boxes have the suggested size, half as large again as the particle. Particles whose centre lies in the micrograph are all
 * there, cut by its edge or not.
 */
export async function writeLabels(files: Files, dir: string, forms: readonly LabelForm[]): Promise<void> {
  const dataset = await readDataset(files, dir);
  const { particleDiameter, optics } = dataset.manifest;
  const box = suggestedBox(particleDiameter, optics.pixelSize);
  const images: CocoImage[] = [];
  const picks: Pick[] = [];
  for await (const { micrograph, particles } of dataset.byMicrograph()) {
    const own = particles.map(({ x, y }): Pick => ({ micrograph: micrograph.path, x, y }));
    if (forms.includes("box")) {
      const name = `labels/box/${micrographStem(micrograph.path)}.box`;
      await files.write(inside(dir, name), writeBox(own, box));
    }
    images.push({ fileName: micrograph.path, shape: micrograph.shape });
    picks.push(...own);
  }
  if (forms.includes("topaz")) await files.write(inside(dir, "labels/topaz.txt"), writeTopaz(picks));
  if (forms.includes("coco"))
    await files.write(inside(dir, "labels/coco.json"), writeCoco(images, picks, box));
}
