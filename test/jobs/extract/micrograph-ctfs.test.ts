import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { writeMrc } from "../../../src/io/mrc/write.js";
import { readParticlesStar } from "../../../src/io/particles/star.js";
import { writeStar } from "../../../src/io/star/write.js";
import { extractParticles } from "../../../src/jobs/extract/run.js";
import { jobContext } from "../../helpers/job-context.js";
import { scratchFolder } from "../../helpers/scratch.js";

const dir = scratchFolder();
mkdirSync(join(dir, "mics"));
for (const name of ["a", "b", "c"]) {
  const data = Float32Array.from({ length: 1600 }, (_, i) => i % 7);
  writeFileSync(join(dir, `mics/${name}.mrc`), writeMrc({ data, shape: [1, 40, 40], voxelSize: 2 }));
}

const write = (name: string, blocks: Parameters<typeof writeStar>[0]): string => {
  writeFileSync(join(dir, name), writeStar(blocks));
  return join(dir, name);
};

/** CTFs of c, b and a, in folders of their own; a and b at 300 kV, c at 200. */
const ctf = write("micrographs_ctf.star", [
  {
    name: "optics",
    columns: {
      rlnOpticsGroup: [1, 2],
      rlnVoltage: [200, 300],
      rlnSphericalAberration: [1.4, 2.7],
      rlnAmplitudeContrast: [0.07, 0.1],
    },
  },
  {
    name: "micrographs",
    columns: {
      rlnMicrographName: ["Motion/job2/c.mrc", "Motion/job2/b.mrc", "Motion/job2/a.mrc"],
      rlnOpticsGroup: [1, 2, 2],
      rlnDefocusU: [30_000, 20_000, 10_000],
      rlnDefocusV: [29_000, 19_500, 9_900],
      rlnDefocusAngle: [10, 20, 30],
    },
  },
]);

const picks = {
  rlnMicrographName: ["mics/b.mrc", "mics/a.mrc", "mics/c.mrc", "mics/b.mrc"],
  rlnCoordinateX: [10, 20, 30, 15],
  rlnCoordinateY: [11, 21, 31, 16],
};

async function extract(particles: string, from = ctf, told = jobContext()) {
  const given = { particles, ctf: from, box: 16, rescale: 8, out: join(dir, "out.mrcs"), pixelSize: 2 };
  await extractParticles(given, told.context);
  return readParticlesStar(readFileSync(join(dir, "out.star"), "utf8"), "out.star");
}

test("picks without optics take CTF and microscope of their micrographs, an optics group for each microscope", async () => {
  const { optics, particles } = await extract(write("picks.star", [{ name: "", columns: picks }]));
  expect(particles.map(({ defocus }) => defocus?.defocusU)).toEqual([20_000, 10_000, 30_000, 20_000]);
  expect(particles.map(({ defocus }) => defocus?.defocusAngle)).toEqual([20, 30, 10, 20]);
  expect(particles.map(({ opticsGroup }) => optics[opticsGroup]!.voltage)).toEqual([300, 300, 200, 300]);
  expect(optics).toMatchObject([
    { voltage: 300, sphericalAberration: 2.7, amplitudeContrast: 0.1, pixelSize: 4, imageSize: 8 },
    { voltage: 200, sphericalAberration: 1.4, amplitudeContrast: 0.07, micrographPixelSize: 2 },
  ]);
});

const opticsOf = (voltage: number) => ({
  name: "optics",
  columns: {
    rlnOpticsGroup: [1],
    rlnVoltage: [voltage],
    rlnSphericalAberration: [2.7],
    rlnAmplitudeContrast: [0.1],
    rlnMicrographPixelSize: [2],
  },
});
const ofGroup = {
  rlnMicrographName: ["mics/b.mrc", "mics/a.mrc"],
  rlnCoordinateX: [10, 20],
  rlnCoordinateY: [11, 21],
  rlnOpticsGroup: [1, 1],
};

test("a beam tilt of the micrographs, which goes no further, is told", async () => {
  const tilted = join(dir, "tilted.star");
  const text = readFileSync(ctf, "utf8").replace(
    /(rlnAmplitudeContrast #4 *\n)((?:.*\n)*?)\n/,
    (_all, label, rows) => {
      const more = (rows as string)
        .trimEnd()
        .split("\n")
        .map((row) => `${row} 0.3\n`);
      return `${label}_rlnBeamTiltX #5\n${more.join("")}\n`;
    },
  );
  writeFileSync(tilted, text);
  const told = jobContext();
  await extract(write("picks.star", [{ name: "", columns: picks }]), tilted, told);
  expect(told.warnings).toEqual([`${tilted}: left out: rlnBeamTiltX, as only the CTF is taken`]);
});

test("picks that get no CTF are told; those that have one or get one are not", async () => {
  const star = write("none.star", [opticsOf(300), { name: "particles", columns: ofGroup }]);
  const notesOf = async (options: { readonly particles: string; readonly ctf?: string }) => {
    const { context, notes } = jobContext();
    await extractParticles({ ...options, box: 8, out: join(dir, "told.mrcs") }, context);
    return notes;
  };
  expect(await notesOf({ particles: star })).toEqual([
    `${star}: no CTFs, which classify2d, refine and reconstruct need: --ctf adds them`,
  ]);
  expect(await notesOf({ particles: star, ctf })).toEqual([]);
});

test("picks with optics keep them", async () => {
  const star = write("grouped.star", [opticsOf(300), { name: "particles", columns: ofGroup }]);
  const { optics, particles } = await extract(star);
  expect(optics).toMatchObject([{ voltage: 300, pixelSize: 4 }]);
  expect(particles.map(({ defocus }) => defocus?.defocusV)).toEqual([19_500, 9_900]);
});

test("nothing is guessed: another microscope, CTFs that are there, a micrograph without one, with two or with none that was fitted", async () => {
  const other = write("other.star", [opticsOf(200), { name: "particles", columns: ofGroup }]);
  await expect(extract(other)).rejects.toThrow("mics/b.mrc: voltage: found 300, expected 200");
  const fitted = { ...ofGroup, rlnDefocusU: [1, 2] };
  const known = write("known.star", [opticsOf(300), { name: "particles", columns: fitted }]);
  await expect(extract(known)).rejects.toThrow("found CTFs in");
  const one = (names: readonly string[], more = {}) => ({
    name: "micrographs",
    columns: {
      rlnMicrographName: names,
      ...{ rlnVoltage: names.map(() => 300), rlnSphericalAberration: names.map(() => 2.7) },
      ...{ rlnAmplitudeContrast: names.map(() => 0.1), rlnDefocusU: names.map(() => 21_000) },
      ...{ rlnDefocusV: names.map(() => 20_500), rlnDefocusAngle: names.map(() => 1) },
      ...more,
    },
  });
  const star = write("picks.star", [{ name: "", columns: picks }]);
  const few = write("few.star", [one(["a.mrc", "b.mrc"])]);
  await expect(extract(star, few)).rejects.toThrow("found no row for mics/c.mrc, expected all micrographs");
  const twice = write("twice.star", [one(["a.mrc", "b.mrc", "c.mrc", "b.mrc"])]);
  await expect(extract(star, twice)).rejects.toThrow(
    'row 4, micrograph: found "b.mrc", expected each once: row 2 has it',
  );
  const defocus = { rlnDefocusU: [9000, 0, 8000], rlnDefocusV: [9000, 0, 8000] };
  const unfitted = write("unfitted.star", [one(["a.mrc", "b.mrc", "c.mrc"], defocus)]);
  await expect(extract(star, unfitted)).rejects.toThrow(
    "mics/b.mrc: found a defocus of 0, expected a fitted CTF",
  );
});
