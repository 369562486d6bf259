import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { writeParticlesStar } from "../../../../src/io/particles/star-write.js";
import { openPoseParticles } from "../../../../src/jobs/shared/particles/pose-particles.js";
import { nodeFiles } from "../../../../src/runtime/files.js";
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
  await expect(openPoseParticles(nodeFiles, star, { ctf: "flip" })).rejects.toThrow(
    "unfitted.star: defocus of every particle: found 0, expected that of its micrograph",
  );
  expect((await openPoseParticles(nodeFiles, star, { ctf: "none" })).set.particles).toHaveLength(4);
});
