import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { writeParticlesStar } from "../../../../src/io/particles/star-write.js";
import { openPoseParticles } from "../../../../src/jobs/shared/particles/pose-particles.js";
import { jobContext } from "../../../helpers/job-context.js";
import { scratchFolder } from "../../../helpers/scratch.js";
import { toyRefinement } from "../../refine/toy-refinement.js";

test("an encoder that uses the CTF refuses particles to which none was fitted", async () => {
  const folder = scratchFolder();
  const { set } = toyRefinement(folder, { count: 4, box: 16 });
  const star = join(folder, "unfitted.star");
  const defocus = { defocusU: 0, defocusV: 0, defocusAngle: 0, phaseShift: 0 };
  writeFileSync(
    star,
    writeParticlesStar({ ...set, particles: set.particles.map((each) => ({ ...each, defocus })) }),
  );
  await expect(openPoseParticles(jobContext().context, star, { ctf: "flip" })).rejects.toThrow(
    "unfitted.star: defocus of every particle: found 0, expected that of its micrograph",
  );
  expect((await openPoseParticles(jobContext().context, star, { ctf: "none" })).set.particles).toHaveLength(
    4,
  );
});

test("a stack whose header has another pixel size than the file of particles is said", async () => {
  const folder = scratchFolder();
  const { set } = toyRefinement(folder, { count: 4, box: 16 });
  const star = join(folder, "other.star");
  const optics = set.optics.map((group) => ({ ...group, pixelSize: 2 * group.pixelSize }));
  writeFileSync(star, writeParticlesStar({ ...set, optics }));
  const { context, warnings } = jobContext();
  await openPoseParticles(context, star, { ctf: "none" });
  expect(warnings).toEqual([
    expect.stringMatching(/its header says [\d.]+ angstrom per pixel, not [\d.]+ as .*other\.star$/),
  ]);
});
