import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { writeMrc } from "../../src/io/mrc/write.js";
import { exportFiles } from "../../src/jobs/export/run.js";
import { extractParticles } from "../../src/jobs/extract/run.js";
import { describeFile } from "../../src/jobs/info/run.js";
import { openPoseParticles } from "../../src/jobs/shared/particles/pose-particles.js";
import { readConsensus } from "../../src/jobs/simulate/consensus.js";
import { nodeFiles } from "../../src/runtime/files.js";
import { jobContext } from "../helpers/job-context.js";
import { scratchFolder } from "../helpers/scratch.js";

const dir = scratchFolder();
mkdirSync(join(dir, "mics"));
const stack = (name: string, shape: readonly [number, number, number]): void =>
  writeFileSync(
    join(dir, name),
    writeMrc({
      data: Float32Array.from({ length: shape[0] * shape[1] * shape[2] }, (_, i) => i % 7),
      shape,
      voxelSize: 2,
    }),
  );
stack("mics/a.mrc", [1, 40, 40]);
stack("s.mrcs", [2, 16, 16]);

/** Two particles, whose defocus RELION reads as overfocus. */
const star = join(dir, "particles.star");
writeFileSync(
  star,
  `data_optics
loop_
_rlnOpticsGroup
_rlnOpticsGroupName
_rlnMicrographPixelSize
_rlnImagePixelSize
_rlnImageSize
_rlnVoltage
_rlnSphericalAberration
_rlnAmplitudeContrast
1 g 2 2 16 300 2.7 0.1

data_particles
loop_
_rlnImageName
_rlnMicrographName
_rlnCoordinateX
_rlnCoordinateY
_rlnOpticsGroup
_rlnDefocusU
_rlnDefocusV
_rlnDefocusAngle
1@${join(dir, "s.mrcs")} mics/a.mrc 20 20 1 -21000 -20000 10
2@${join(dir, "s.mrcs")} mics/a.mrc 21 20 1 21000 20000 10
`,
);
const SAID = `${star}: 1 of 2 particles have a negative defocus, which is overfocus: underfocus is positive here`;

const readers: readonly (readonly [string, (told: ReturnType<typeof jobContext>) => Promise<unknown>])[] = [
  [
    "export",
    ({ context }) => exportFiles({ inputs: [star], out: join(dir, "out.star"), to: "star30" }, context),
  ],
  [
    "extract",
    ({ context }) => extractParticles({ particles: star, box: 16, out: join(dir, "out.mrcs") }, context),
  ],
  ["pose", ({ context }) => openPoseParticles(context, star, { ctf: "flip" })],
  [
    "simulate --consensus",
    ({ context, warnings }) =>
      readConsensus([star], context.files, { usesDefocus: true, warn: (line) => warnings.push(line) }),
  ],
];

test.each(readers)("%s says that a defocus is negative", async (_name, read) => {
  const told = jobContext();
  await read(told);
  expect(told.warnings).toContain(SAID);
});

test("info says it too", async () => {
  const described = await describeFile(nodeFiles, star);
  expect(described["defocus U"]).toMatch(/^-21000 to 21000 A, mean 0; negative is overfocus/);
});

test("values in micrometres among others in angstrom are said", async () => {
  const mixed = join(dir, "mixed.star");
  writeFileSync(mixed, readFileSync(star, "utf8").replace("-21000 -20000", "2.1 2.0"));
  const told = jobContext();
  await openPoseParticles(told.context, mixed, { ctf: "flip" });
  expect(told.warnings).toEqual([
    `${mixed}: 1 of 2 particles have a defocus below 50 angstrom: is it in micrometre?`,
  ]);
});

test("a consensus whose defocus is not used may have any", async () => {
  const unfitted = join(dir, "unfitted.star");
  writeFileSync(unfitted, readFileSync(star, "utf8").replace(/-?21000 -?20000/g, "0 0"));
  const quiet = { warn: (line: string) => expect.fail(line) };
  expect((await readConsensus([unfitted], nodeFiles, { usesDefocus: false, ...quiet })).angles).toEqual([]);
  await expect(readConsensus([unfitted], nodeFiles, { usesDefocus: true, ...quiet })).rejects.toThrow(
    `${unfitted}: defocus of every particle: found 0`,
  );
});
