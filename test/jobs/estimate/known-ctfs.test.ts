import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { readKnownCtfs } from "../../../src/jobs/estimate/known-ctfs.js";
import { planEstimate } from "../../../src/jobs/estimate/plan.js";
import { jobContext } from "../../helpers/job-context.js";
import { scratchFolder } from "../../helpers/scratch.js";

const dir = scratchFolder();
const { settings, micrographs } = planEstimate({
  ...{ micrographs: ["raw/062.png", "raw/063.v2.tif"], out: "out" },
  ...{ pixelSize: 5.36, voltage: 300, cs: 2, amplitudeContrast: 0.1 },
});

function table(rows: string, voltage = 300): string {
  const path = join(dir, `ctf-${voltage}-${rows.length}.star`);
  writeFileSync(
    path,
    `data_optics\nloop_\n_rlnOpticsGroup\n_rlnMicrographPixelSize\n_rlnVoltage\n_rlnSphericalAberration\n_rlnAmplitudeContrast\n1 1.34 ${voltage} 2.0 0.1\n\n` +
      `data_micrographs\nloop_\n_rlnMicrographName\n_rlnOpticsGroup\n_rlnDefocusU\n_rlnDefocusV\n_rlnDefocusAngle\n${rows}`,
  );
  return path;
}
const read = (path: string, { context } = jobContext()) =>
  readKnownCtfs(path, micrographs, settings, context);
const BOTH = "MotionCorr/job002/062.mrc 1 21000 20500 12\nMotionCorr/job002/063.v2.mrc 1 19000 18000 -5\n";

test("rows are told by the micrographs' names, whatever folder and format; rows of others do not matter", async () => {
  const known = await read(table(`${BOTH}MotionCorr/job002/999.mrc 1 1 1 1\n`));
  expect(known.get("062")).toEqual({ defocusU: 21000, defocusV: 20500, defocusAngle: 12, phaseShift: 0 });
  expect(known.get("063.v2")!.defocusAngle).toBe(-5);
  expect(known.size).toBe(2);
});

test("a micrograph without a row, with two rows, or of another microscope is refused", async () => {
  await expect(read(table("a/062.mrc 1 21000 20500 1\n"))).rejects.toThrow(
    "found no row for 063.v2, expected one for every micrograph",
  );
  await expect(read(table(`${BOTH}b/062.mrc 1 1 1 1\n`))).rejects.toThrow(
    "found two rows for micrographs named 062",
  );
  await expect(read(table(BOTH, 200))).rejects.toThrow("voltage: found 200, expected 300 as given");
});

test("a micrograph to which no CTF was fitted is refused", async () => {
  await expect(read(table(BOTH.replace("21000 20500", "0 0")))).rejects.toThrow(
    "062.mrc: found a defocus of 0, expected a fitted CTF",
  );
});

test("a negative defocus is taken, and said", async () => {
  const report = jobContext();
  const path = table(BOTH.replace("21000 20500", "-21000 -20500"));
  expect((await read(path, report)).get("062")!.defocusU).toBe(-21000);
  expect(report.warnings).toEqual([
    `${path}: 1 of 2 micrographs have a negative defocus, which is overfocus: underfocus is positive here`,
  ]);
});
