import type { JobContext } from "../../core/ports.js";
import { DATASET, inside } from "../../dataset/layout.js";
import { readDataset } from "../../dataset/reader.js";
import { suggestedBox } from "../../dataset/star.js";
import { extractParticles } from "../extract/run.js";
import type { PoseTrainPlan } from "./plan.js";

/** The file of a dataset that has its particles, or the path of a file of particles itself. */
export async function tableOf(files: JobContext["files"], path: string): Promise<string> {
  const isDataset = await files.exists(inside(path, DATASET.manifest));
  return isDataset ? inside(path, DATASET.particles) : path;
}

/**
 * Files of particle images: those of the plan, and for a dataset's folder the stack of its particles, cut into the model's folder unless an
 * earlier run has done so. Boxes have the size that the dataset suggests; those that reach over an edge are left out.
 *
 * @throws as `readDataset` and `extractParticles`
 */
export async function particleFiles(plan: PoseTrainPlan, context: JobContext): Promise<readonly string[]> {
  const { files } = context;
  const found: string[] = [];
  for (const [i, path] of plan.particles.entries()) {
    const particles = await tableOf(files, path);
    if (particles === path) {
      found.push(path);
      continue;
    }
    const { manifest } = await readDataset(files, path);
    const stack = inside(plan.out, `particles/${i + 1}`);
    if (!(await files.exists(`${stack}.star`))) {
      const box = suggestedBox(manifest.particleDiameter, manifest.optics.pixelSize);
      const how = { box, normalise: true, edges: "skip" as const };
      await extractParticles({ particles, out: `${stack}.mrcs`, ...how }, context);
    }
    found.push(`${stack}.star`);
  }
  return found;
}
