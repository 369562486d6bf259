import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { writeParticlesCs } from "../../../../src/io/particles/cs-write.js";
import { writeParticlesStar } from "../../../../src/io/particles/star-write.js";
import { parseStar } from "../../../../src/io/star/parse.js";
import { writeStar } from "../../../../src/io/star/write.js";
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

/** A STAR file of particles whose optics say more, each row a group. */
function starWith(
  folder: string,
  rows: number,
  more: Readonly<Record<string, readonly (string | number)[]>>,
) {
  const { set } = toyRefinement(folder, { count: 4, box: 16 });
  const optics = Array.from({ length: rows }, () => set.optics[0]!);
  const particles = set.particles.map((each, i) => ({ ...each, opticsGroup: i % rows }));
  const star = parseStar(writeParticlesStar({ optics, particles }), "x.star");
  const blocks = star.tables.map(({ name, labels }) => {
    const table = star.table(name);
    const columns = Object.fromEntries(labels.map((label) => [label, table.carried(label)]));
    return { name, columns: name === "optics" ? { ...columns, ...more } : columns };
  });
  const path = join(folder, "more.star");
  writeFileSync(path, writeStar(blocks));
  return path;
}

test("images that were corrected for their CTF before are refused where an encoder uses the CTF", async () => {
  const folder = scratchFolder();
  const star = starWith(folder, 1, { rlnCtfDataArePhaseFlipped: [1] });
  await expect(openPoseParticles(jobContext().context, star, { ctf: "flip" })).rejects.toThrow(
    "more.star: found rlnCtfDataArePhaseFlipped, expected images as they were extracted",
  );
  expect((await openPoseParticles(jobContext().context, star, { ctf: "none" })).places).toHaveLength(4);
});

test("optics beyond the CTF and several MTFs, which are not used, are said", async () => {
  const folder = scratchFolder();
  const said = async (rlnMtfFileName: readonly string[]) => {
    const star = starWith(folder, 2, { rlnBeamTiltY: [0, 0.2], rlnMtfFileName });
    const { context, warnings } = jobContext();
    await openPoseParticles(context, star, { ctf: "flip" });
    return warnings;
  };
  const tilt = expect.stringMatching(/more\.star: rlnBeamTiltY: not used/);
  expect(await said(["a.star", "a.star"])).toEqual([tilt]);
  expect(await said(["a.star", "b.star"])).toEqual([
    tilt,
    expect.stringMatching(/more\.star: rlnMtfFileName: the 2 MTFs of its optics groups are not used here/),
  ]);
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

test("dark particles of a .cs file are said, since the STAR files written of them cannot", async () => {
  const folder = scratchFolder();
  const { set } = toyRefinement(folder, { count: 4, box: 16 });
  const said = async (isDark: boolean) => {
    const path = join(folder, `dark-${isDark}.cs`);
    const optics = set.optics.map((group) => ({ ...group, ...(isDark && { isDark }), imageSize: 16 }));
    writeFileSync(path, writeParticlesCs({ ...set, optics }));
    const { context, warnings } = jobContext();
    await openPoseParticles(context, path, { ctf: "flip" });
    return warnings;
  };
  expect(await said(false)).toEqual([]);
  expect(await said(true)).toEqual([
    expect.stringContaining("blob/sign is -1, of dark particles: a STAR file"),
  ]);
});
