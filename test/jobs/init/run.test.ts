import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import { expect, test } from "vitest";
import { writeMrc } from "../../../src/io/mrc/write.js";
import { type InitContext, initProject } from "../../../src/jobs/init/run.js";
import { parseProject } from "../../../src/jobs/project/file.js";
import { jobContext } from "../../helpers/job-context.js";
import { scratchFolder } from "../../helpers/scratch.js";
import { writeToyMap } from "../../helpers/toys/map.js";

const dir = scratchFolder();
const map = writeToyMap(join(dir, "map.mrc"));

/** Micrographs whose headers say these pixel sizes, angstrom. */
function micrographs(folder: string, voxelSizes: readonly number[]): readonly string[] {
  mkdirSync(join(dir, folder));
  return voxelSizes.map((voxelSize, i) => {
    const path = join(dir, folder, `m${i}.mrc`);
    writeFileSync(path, writeMrc({ data: new Float32Array(64), shape: [1, 8, 8], voxelSize }));
    return path;
  });
}

/** A table as RELION 3.1 and newer write it. */
function table(name: string, pixelSize: number, voltage = 300): string {
  const path = join(dir, name);
  writeFileSync(
    path,
    "data_optics\nloop_\n_rlnOpticsGroup\n_rlnMicrographPixelSize\n_rlnVoltage\n_rlnSphericalAberration\n_rlnAmplitudeContrast\n" +
      `1 ${pixelSize} ${voltage} 2.7 0.07\n\n` +
      "data_micrographs\nloop_\n_rlnMicrographName\n_rlnOpticsGroup\n_rlnDefocusU\n_rlnDefocusV\n_rlnDefocusAngle\n" +
      "MotionCorr/m0.mrc 1 12000 12000 0\n",
  );
  return path;
}

/** Makes a project of these micrographs, without a terminal to ask at. */
async function init(
  name: string,
  paths: readonly string[],
  more: Partial<Parameters<typeof initProject>[0]> = {},
) {
  const { context, warnings } = jobContext();
  const expanding: InitContext = {
    ...context,
    expand: async (patterns) => patterns,
    pathFrom: (folder, path) => relative(folder, path),
  };
  const options = { dir: join(dir, name), micrographs: paths, map, voltage: 300, cs: 2.7, ...more };
  const { path, missing } = await initProject(options, expanding);
  return { text: readFileSync(path, "utf8"), path, missing, warnings };
}

test("a file that cannot be read does not keep the others from a project, and is not held out", async () => {
  const paths = micrographs("broken", [1.5, 1.5, 1.5, 1.5, 1.5, 1.5]);
  writeFileSync(paths[0]!, "");
  writeFileSync(paths[2]!, readFileSync(paths[2]!).subarray(0, 1100));
  const { text, path, warnings, missing } = await init("of-broken", paths);
  expect(missing).toEqual([]);
  expect(warnings).toEqual([
    `2 of the 6 micrographs looked at cannot be read, and \`check\` will set them aside. The first: ${paths[0]}: file size: found 0, expected at least 1024 bytes`,
  ]);
  const { settings } = parseProject(text, path);
  expect(settings.pixelSize).toBe(1.5);
  // four are left
  expect(settings.heldOut).toBeUndefined();
  expect(text).toContain("\n# heldOut: [one.mrc]   # none is held out of so few");
  await expect(init("of-none", [paths[0]!])).rejects.toThrow("m0.mrc: file size: found 0");
});

test("what most micrographs say counts, and not an atlas that comes first", async () => {
  const paths = micrographs("with-atlas", [500, 3, 1.5, 1.5, 1.5]);
  writeFileSync(paths[0]!, writeMrc({ data: new Float32Array(16), shape: [1, 4, 4], voxelSize: 500 }));
  const { text, warnings } = await init("beside-atlas", paths);
  expect(text).toContain("\npixelSize: 1.5   # from the header of");
  expect(text).toContain("5 files, 8 x 8 pixels");
  expect(warnings).toEqual([
    "1 of the 5 micrographs looked at have another size",
    "2 of the 5 micrographs looked at have headers of another pixel size than 1.5 angstrom",
  ]);
});

test("a header in nanometre is doubted", async () => {
  const { warnings } = await init("of-nanometres", micrographs("nanometres", [0.15, 0.15]));
  expect(warnings).toEqual([
    expect.stringMatching(
      /^0\.15 angstrom per pixel, from the header of .*m0\.mrc, is finer than cryo-EM records/,
    ),
  ]);
});

test("where header and table of CTFs differ, the pixel size is not guessed", async () => {
  const paths = micrographs("fine", [0.53]);
  const ctf = table("super.star", 1.06);
  const open = await init("of-two", paths, { ctf });
  expect(open.missing).toEqual(["pixelSize"]);
  expect(open.warnings[0]).toBe(
    `\`pixelSize\`: found 0.53 from the header of ${paths[0]} and 1.06 from ${ctf}: find out which is right`,
  );
  const given = await init("of-three", paths, { ctf, pixelSize: 1.06 });
  expect([given.missing, given.warnings]).toEqual([
    [],
    [`\`pixelSize\`: found 1.06 given and 0.53 from the header of ${paths[0]}: find out which is right`],
  ]);
  expect(parseProject(given.text, given.path).settings.pixelSize).toBe(1.06);
  // headers that do not know it are no evidence
  const silent = await init("of-silent", micrographs("silent", [1]), { ctf });
  expect(silent.warnings).toEqual([]);
  expect(parseProject(silent.text, silent.path).settings).toMatchObject({
    ...{ pixelSize: 1.06, voltage: 300, amplitudeContrast: 0.07 },
  });
});

test("a voltage that is not that of the table is told", async () => {
  const { warnings } = await init("of-volts", micrographs("volts", [1.06]), {
    ctf: table("volts.star", 1.06, 200),
  });
  expect(warnings).toEqual([
    expect.stringMatching(/^`voltage`: found 300 given and 200 from .*volts.star: find out which is right$/),
  ]);
});
