import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { scorePoseFiles } from "../../../src/jobs/pose-score/run.js";
import { poseTable } from "../../../src/jobs/pose-score/text.js";
import { jobContext } from "../../helpers/job-context.js";
import { scratchFolder } from "../../helpers/scratch.js";

const dir = scratchFolder();
const at = (name: string): string => join(dir, name);

type Row = readonly [image: string, rot: number, tilt: number, psi: number, x: number, y: number];

function writePoses(name: string, rows: readonly Row[], labels = "rlnOriginXAngst rlnOriginYAngst"): string {
  const columns = ["rlnImageName", "rlnAngleRot", "rlnAngleTilt", "rlnAnglePsi", ...labels.split(" ")];
  const text = `data_optics

loop_
_rlnOpticsGroup #1
_rlnImagePixelSize #2
_rlnVoltage #3
_rlnSphericalAberration #4
_rlnAmplitudeContrast #5
1 2.0 300 2.7 0.1

data_particles

loop_
${[...columns, "rlnOpticsGroup"].map((label, i) => `_${label} #${i + 1}`).join("\n")}
${rows.map((row) => [...row, 1].join(" ")).join("\n")}
`;
  writeFileSync(at(name), text);
  return at(name);
}

const TRUTH: readonly Row[] = [
  ["1@a/test.mrcs", 10, 30, 50, 1, 2],
  ["2@a/test.mrcs", -100, 80, 5, 0, 0],
  ["3@a/test.mrcs", 60, 120, 170, -3, 1],
  ["4@a/test.mrcs", 0, 10, 20, 2, 2],
  ["5@a/test.mrcs", 150, 95, -20, 0, -1],
];

test("poses of the same images, in another order and folder, are told by image; shifts are pixels", async () => {
  const truth = writePoses("truth.star", TRUTH);
  // one particle lies 4 angstrom, two pixels, farther right; the first is not there
  const rows = TRUTH.slice(1).map(
    ([image, rot, tilt, psi, x, y], i): Row => [
      image.replace("a/", "b/"),
      rot,
      tilt,
      psi,
      i === 0 ? x - 4 : x,
      y,
    ],
  );
  const poses = writePoses("poses.star", rows.reverse());
  const { context, warnings } = jobContext();
  const result = await scorePoseFiles({ poses: [poses], truth, symmetry: "D2", out: at("scores") }, context);
  const [scored, constant, random] = result.rows;
  expect(scored!.scores.particles).toBe(4);
  expect(scored!.scores.angle.mean).toBeLessThan(1e-4);
  // D2 leaves no point but the origin where it is, so that no translation hides the shift
  expect(scored!.scores.errors.map(({ shift }) => Number(shift.toFixed(6)))).toEqual([2, 0, 0, 0]);
  expect(constant!.scores.angle.mean).toBeGreaterThan(5);
  expect(random!.scores.angle.mean).toBeGreaterThan(5);
  expect(warnings).toEqual([expect.stringContaining("truth.star: 1 of 5 particles are not in all files")]);
  expect(poseTable(result)).toContain("constant pose");
  const table = readFileSync(at("scores/scores.csv"), "utf8").split("\n");
  expect(table).toHaveLength(5);
  expect(table[0]).toContain("angle_median");
  expect(readFileSync(at("scores/particles.csv"), "utf8").split("\n")).toHaveLength(4 * 3 + 2);
  expect(readFileSync(at("scores/angles.svg"), "utf8")).toContain("random poses");
  expect(JSON.parse(readFileSync(at("scores/scores.json"), "utf8")).rows).toHaveLength(3);
});

test("what cannot be scored is refused by name", async () => {
  const truth = writePoses("truth.star", TRUTH);
  const score = (name: string, rows: readonly Row[], labels?: string) =>
    scorePoseFiles({ poses: [writePoses(name, rows, labels)], truth }, jobContext().context);
  const others = TRUTH.map(([image, ...rest]): Row => [image.replace("test", "other"), ...rest]);
  await expect(score("others.star", others)).rejects.toThrow(/found 0 images that all files have/);
  await expect(score("twice.star", [...TRUTH, TRUTH[0]!])).rejects.toThrow(
    /particle 6: found "1@test.mrcs", expected one row for each image, as `pose run` without --best/,
  );
  await expect(score("bare.star", TRUTH, "rlnCoordinateX rlnCoordinateY")).rejects.toThrow(
    /no rlnOriginXAngst/,
  );
});

test("images of equal names that are other ones are refused: other pixels, or other places in their micrographs", async () => {
  const places = "rlnOriginXAngst rlnOriginYAngst rlnCoordinateX rlnCoordinateY";
  const placed = (name: string, x: number, pixelSize: number): string => {
    const rows = TRUTH.map((row, i) => [...row, x + 10 * i, 50] as unknown as Row);
    const path = writePoses(name, rows, places);
    writeFileSync(path, readFileSync(path, "utf8").replace("1 2.0 300", `1 ${pixelSize} 300`));
    return path;
  };
  const truth = placed("placed.star", 100, 2);
  const score = (poses: string) => scorePoseFiles({ poses: [poses], truth }, jobContext().context);
  await expect(score(placed("near.star", 140, 2))).resolves.toBeDefined();
  await expect(score(placed("far.star", 400, 2))).rejects.toThrow(
    /far\.star: found 5 of 5 images elsewhere in their micrographs than .*placed\.star/,
  );
  await expect(score(placed("binned.star", 100, 4))).rejects.toThrow(
    /binned\.star: found images of 4 angstrom per pixel, expected 2 as in .*placed\.star/,
  );
});

test("angles of many turns, as of another column, are told", async () => {
  const truth = writePoses("truth.star", TRUTH);
  const poses = writePoses("turns.star", [["1@a/test.mrcs", 1e4, 30, 50, 1, 2], ...TRUTH.slice(1)]);
  const { context, warnings } = jobContext();
  await scorePoseFiles({ poses: [poses], truth }, context);
  expect(warnings).toEqual([
    `${poses}: 1 of 5 particles have angles beyond 360 degrees: are the columns those of angles?`,
  ]);
});
