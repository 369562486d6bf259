import { spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { planReconstruction } from "../../../src/jobs/reconstruct/plan.js";
import { reconstructMap } from "../../../src/jobs/reconstruct/run.js";
import { jobContext } from "../../helpers/job-context.js";
import { scratchFolder } from "../../helpers/scratch.js";
import { hasProgram } from "../../physics/relion.js";
import { particleStar, writeParticleFiles } from "./particle-files.js";

const folder = scratchFolder();
const files = writeParticleFiles(folder, "particles", { count: 200 });
let outputs = 0;

async function run(options: {
  readonly particles: string;
  readonly halves?: boolean;
  readonly ctf?: boolean;
  readonly wiener?: string;
}) {
  const { context, warnings, notes } = jobContext();
  const out = join(folder, `out${++outputs}`);
  const record = await reconstructMap(planReconstruction({ out, skipGridding: true, ...options }), context);
  return { record, warnings, notes };
}

/** A STAR file of the same particles with other columns. */
function starWith(columns: Parameters<typeof particleStar>[1]): string {
  const star = join(folder, `with${++outputs}.star`);
  writeFileSync(star, particleStar(files.optics, { ...files.columns, ...columns }));
  return star;
}

test("says what is merged, ignored or hardly meant: classes, helices, angles of many turns, symmetry expansion", async () => {
  const rows = files.columns["rlnAngleRot"]!;
  const told = async (columns: Parameters<typeof starWith>[0]): Promise<readonly string[]> =>
    (await run({ particles: starWith(columns), halves: false })).warnings;
  expect(await told({ rlnClassNumber: rows.map((_, i) => 1 + (i % 3)) })).toEqual([
    expect.stringContaining("particles of 3 classes become one map"),
  ]);
  expect(await told({ rlnClassNumber: rows.map(() => 2) })).toEqual([]);
  expect(await told({ rlnHelicalTubeID: rows.map((_, i) => 1 + (i % 9)) })).toEqual([
    expect.stringContaining("rlnHelicalTubeID: segments of helices are taken as single particles"),
  ]);
  expect(await told({ rlnAngleRot: rows.map((value, i) => (i < 7 ? 1e4 : value)) })).toEqual([
    expect.stringContaining("7 of 200 particles have angles beyond 360 degrees"),
  ]);
  const names = files.columns["rlnImageName"]!;
  expect(await told({ rlnImageName: names.map((_, i) => names[i % 100]!) })).toEqual([
    expect.stringContaining(
      "each of its 100 images stands 2 times with other angles, as after a symmetry expansion",
    ),
  ]);
});

test("says what changes the signal and is not used: unlike strengths of images, optics beyond the CTF where no CTF is corrected", async () => {
  const rows = files.columns["rlnAngleRot"]!;
  const strengths = async (spread: number) => {
    const rlnNormCorrection = rows.map((_, i) => 0.7 + spread * (i % 5));
    return (await run({ particles: starWith({ rlnNormCorrection }), halves: false })).warnings;
  };
  // RELION writes the column in every refinement, and relion_reconstruct does not use it
  expect(await strengths(0.2)).toEqual([]);
  expect(await strengths(0.4)).toEqual([
    expect.stringMatching(
      /star: rlnNormCorrection: images are taken as they are, and not divided by this column/,
    ),
  ]);
  const rlnNormCorrection = rows.map((_, i) => (i === 2 ? "nan" : 1));
  expect((await run({ particles: starWith({ rlnNormCorrection }), halves: false })).warnings).toEqual([]);
  const flips = async (which: number) =>
    (
      await run({
        particles: starWith({ rlnIsFlip: rows.map((_, i) => (i === which ? 1 : 0)) }),
        halves: false,
      })
    ).warnings;
  expect(await flips(-1)).toEqual([]);
  expect(await flips(3)).toEqual([
    expect.stringContaining("rlnIsFlip: images that this column says are to be"),
  ]);
  const tilted = join(folder, "tilted.star");
  writeFileSync(tilted, particleStar({ ...files.optics, rlnBeamTiltX: [0.3] }, files.columns));
  expect((await run({ particles: tilted, halves: false, ctf: false })).warnings).toEqual([
    expect.stringMatching(
      /tilted\.star: rlnBeamTiltX: not used, as no command corrects for more than the CTF$/,
    ),
  ]);
});

test("says how the header of a stack departs from the format", async () => {
  const odd = writeParticleFiles(folder, "odd", { count: 20 });
  const bytes = readFileSync(odd.stack);
  writeFileSync(odd.stack, bytes.fill(0, 212, 216));
  const { notes } = await run({ particles: odd.star, halves: false });
  expect(notes).toEqual([
    expect.stringMatching(/odd\.mrcs: word 54 \(MACHST\) is 00 00 00 00; mode and sizes say little endian$/),
  ]);
});

test.skipIf(!hasProgram("relion_particle_symmetry_expand"))(
  "knows what RELION's symmetry expansion writes (needs relion_particle_symmetry_expand)",
  async () => {
    const expanded = join(folder, "expanded.star");
    spawnSync("relion_particle_symmetry_expand", ["--i", files.star, "--o", expanded, "--sym", "D2"]);
    const { warnings, record } = await run({ particles: expanded });
    expect(record.particles).toBe(800);
    expect(warnings).toEqual([
      expect.stringMatching(/each of its 200 images stands 4 times with other angles.* in one half set$/),
    ]);
  },
);

test("an FSC that ends while halves agree, before the finest detail, is told", async () => {
  const fsc = (name: string, last: number): string => {
    const path = join(folder, `${name}.csv`);
    const rows = Array.from({ length: 5 }, (_, s) => `${s / 144},${1 - (s / 4) * (1 - last)}`);
    writeFileSync(path, `frequency_per_angstrom,fsc\n${rows.join("\n")}\n`);
    return path;
  };
  const { warnings } = await run({ particles: files.star, wiener: fsc("short", 0.8) });
  expect(warnings).toEqual([
    expect.stringMatching(
      /short\.csv: the correlation ends at 36\.00 angstrom, where it is 0\.80; beyond it/,
    ),
  ]);
  expect((await run({ particles: files.star, wiener: fsc("fallen", 0.05) })).warnings).toEqual([]);
});
