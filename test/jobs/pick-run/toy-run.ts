import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Image } from "../../../src/array/image.js";
import { writeMrc } from "../../../src/io/mrc/write.js";
import { type PickRunOptions, planPickRun } from "../../../src/jobs/pick-run/plan.js";
import { runPicking } from "../../../src/jobs/pick-run/run.js";
import { jobContext } from "../../helpers/job-context.js";
import { DIAMETER, noisyMicrograph, OPTICS } from "../../pick/simulated.js";

const { pixelSize } = OPTICS;
export const SHAPE = [270, 330] as const;

export const mrc = ({ data, shape }: Image): Uint8Array =>
  writeMrc({ data, shape: [1, ...shape], voxelSize: pixelSize, mode: "float32" });

/** Two noisy micrographs in a folder, with where their particles are, and picking by a Laplacian. */
export function toyPickRun(dir: string) {
  const micrographs = [1, 2].map((seed) => {
    const path = join(dir, `mic.${seed}.mrc`);
    const made = noisyMicrograph(SHAPE, 3, seed);
    writeFileSync(path, mrc(made.image));
    return { path, ...made };
  });

  const options = (name: string, more: Partial<PickRunOptions> = {}): PickRunOptions => ({
    micrographs: micrographs.map(({ path }) => path),
    out: join(dir, name),
    pixelSize,
    particleDiameter: DIAMETER,
    log: true,
    ...more,
  });

  const run = async (wanted: PickRunOptions, signal?: AbortSignal) => {
    const told = jobContext(signal);
    const runtime = () => Promise.reject(new Error("no network here"));
    const record = await runPicking(planPickRun(wanted), { ...told.context, runtime });
    return { record, ...told };
  };
  return { micrographs, options, run };
}
