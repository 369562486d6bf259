import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { mean, standardDeviation } from "../../../src/array/statistics.js";
import { fourierShellCorrelation } from "../../../src/evaluate/maps/fsc.js";
import { readMrc } from "../../../src/io/mrc/read.js";
import { readParticlesStar } from "../../../src/io/particles/star.js";
import { spoilParticles } from "../../../src/jobs/control/run.js";
import { planReconstruction } from "../../../src/jobs/reconstruct/plan.js";
import { reconstructMap } from "../../../src/jobs/reconstruct/run.js";
import { readMapFile } from "../../evaluate/maps/relion.js";
import { jobContext } from "../../helpers/job-context.js";
import { scratchFolder } from "../../helpers/scratch.js";
import { particleStar, writeParticleFiles } from "../reconstruct/particle-files.js";

const folder = scratchFolder();
const files = writeParticleFiles(folder, "particles", { count: 200 });
const { context } = jobContext();
const read = (path: string) => readParticlesStar(readFileSync(path), path);

/** The least correlation with the truth in shells that the rotational mean of the particle does not reach. */
async function agreementWithTruth(star: string, name: string): Promise<number> {
  const out = join(folder, name);
  await reconstructMap(
    planReconstruction({ particles: star, out, skipGridding: true, halves: false }),
    context,
  );
  const { correlation } = fourierShellCorrelation(readMapFile(join(out, "map.mrc")), files.volume);
  return mean(correlation.subarray(4, 8));
}

describe("spoilParticles", () => {
  test("poses change places, nothing else changes, and the map is lost", async () => {
    const out = join(folder, "shuffled.star");
    await spoilParticles({ kind: "shuffled-poses", particles: files.star, out }, context);
    const [before, after] = [read(files.star).particles, read(out).particles];
    const poses = (list: typeof before): string[] => list.map(({ angles }) => JSON.stringify(angles));
    expect(poses(after).toSorted()).toEqual(poses(before).toSorted());
    expect(poses(after).filter((pose, i) => pose === poses(before)[i])).toHaveLength(0);
    expect(after.map(({ defocus, halfSet, image }) => [defocus, halfSet, image!.index])).toEqual(
      before.map(({ defocus, halfSet, image }) => [defocus, halfSet, image!.index]),
    );
    expect(await agreementWithTruth(files.star, "true")).toBeGreaterThan(0.8);
    expect(await agreementWithTruth(out, "lost")).toBeLessThan(0.4);
  });

  test("optics that its STAR file is written without are said", async () => {
    const { context: job, warnings } = jobContext();
    const particles = join(folder, "tilted.star");
    writeFileSync(particles, particleStar({ ...files.optics, rlnBeamTiltX: [0.3] }, files.columns));
    await spoilParticles({ kind: "shuffled-poses", particles, out: join(folder, "t.star") }, job);
    expect(warnings).toEqual([expect.stringMatching(/tilted\.star: rlnBeamTiltX: not used/)]);
  });

  test("noise of mean 0 and deviation 1 stands in place of the images; a seed gives the same again", async () => {
    const out = join(folder, "noise.star");
    await spoilParticles({ kind: "noise", particles: files.star, out }, context);
    const bytes = readFileSync(join(folder, "noise.mrcs"));
    const { data, shape } = readMrc(bytes, "noise.mrcs");
    expect(shape[0]).toBe(200);
    expect(mean(data)).toBeCloseTo(0, 2);
    expect(standardDeviation(data)).toBeCloseTo(1, 2);
    expect(read(out).particles[7]!.image).toEqual({ index: 8, stack: "noise.mrcs" });
    expect(Math.abs(await agreementWithTruth(out, "of-noise"))).toBeLessThan(0.4);
    await spoilParticles({ kind: "noise", particles: files.star, out }, context);
    expect(readFileSync(join(folder, "noise.mrcs")).equals(bytes)).toBe(true);
  });

  test("a name without .star is refused", async () => {
    const given = { kind: "noise", particles: files.star, out: join(folder, "noise") } as const;
    await expect(spoilParticles(given, context)).rejects.toThrow(/out.*\.star/);
  });
});
