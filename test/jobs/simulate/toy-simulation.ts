import { join } from "node:path";
import { readDataset } from "../../../src/dataset/reader.js";
import type { ParticleRecord } from "../../../src/dataset/records.js";
import { planSimulation, type SimulateOptions } from "../../../src/jobs/simulate/plan.js";
import { simulateDataset } from "../../../src/jobs/simulate/run.js";
import { nodeFiles } from "../../../src/runtime/files.js";
import { jobContext } from "../../helpers/job-context.js";
import { writeToyMap } from "../../helpers/toys/map.js";

/** Three small micrographs of a toy map in a folder: their options, and the dataset that they make. */
export function toySimulation(dir: string) {
  const map = writeToyMap(join(dir, "map.mrc"));
  const options = (name: string, more: Partial<SimulateOptions> = {}): SimulateOptions => ({
    map: [map],
    out: join(dir, name),
    size: [160, 200],
    count: 3,
    particles: [4, 1],
    seed: 7,
    ...more,
  });
  const simulate = async (
    name: string,
    more: Partial<SimulateOptions> = {},
    context = jobContext().context,
  ) => {
    await simulateDataset(planSimulation(options(name, more)), context);
    return readDataset(nodeFiles, join(dir, name));
  };
  return { map, options, simulate };
}

/** All particles of a dataset, of one micrograph after the other. */
export async function particlesOf(
  dataset: Awaited<ReturnType<typeof readDataset>>,
): Promise<ParticleRecord[]> {
  const all: ParticleRecord[] = [];
  for await (const particle of dataset.particles()) all.push(particle);
  return all;
}
