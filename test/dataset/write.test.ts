import { readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeEach, expect, test } from "vitest";
import { zeros } from "../../src/array/image.js";
import { writeImages } from "../../src/dataset/images.js";
import { joinDataset } from "../../src/dataset/join.js";
import { readDataset } from "../../src/dataset/reader.js";
import { openDataset } from "../../src/dataset/writer.js";
import { parseStar } from "../../src/io/star/parse.js";
import { nodeFiles as files } from "../../src/runtime/files.js";
import { scratchFolder } from "../helpers/scratch.js";
import { snapshot } from "../helpers/snapshot.js";
import { draft, job, kinds, make, makeAll } from "./three-micrographs.js";

const root = scratchFolder();
let dir = "";
let counter = 0;
beforeEach(() => {
  dir = join(root, String(counter++));
});

test("a finished dataset has exactly the files of the layout", async () => {
  await makeAll(dir);
  expect(Object.keys(snapshot(dir)).sort()).toEqual(
    [
      "dataset.json",
      "masks",
      "micrographs",
      "previews",
      "micrographs.star",
      "particles.star",
      "truth.jsonl",
      ...[1, 2, 3].flatMap((i) => [
        `masks/00000${i}.png`,
        `micrographs/00000${i}.mrc`,
        `previews/00000${i}.png`,
      ]),
    ].sort(),
  );
});

test("ids count through the dataset, half sets alternate, labels stand in RELION's tables", async () => {
  await makeAll(dir);
  const particles = [];
  for await (const particle of (await readDataset(files, dir)).particles()) particles.push(particle);
  expect(particles.map(({ id, halfSet, micrograph }) => [id, halfSet, micrograph])).toEqual([
    [1, 1, 1],
    [2, 2, 1],
    [3, 1, 1],
    [4, 2, 3],
    [5, 1, 3],
    [6, 2, 3],
  ]);
  expect(particles[3]).toEqual({ id: 4, ...draft(3, 3), halfSet: 2 });

  const star = parseStar(readFileSync(join(dir, "particles.star"), "utf8"), "particles.star");
  const table = star.table("particles");
  expect([...table.numbers("rlnCoordinateX")]).toEqual([1, 8, 30, 3, 10, 30]);
  expect([...table.numbers("rlnOriginXAngst")]).toEqual(Array(6).fill(0.25));
  expect([...table.numbers("rlnDefocusU")]).toEqual(Array(6).fill(14_900));
  expect([...table.integers("rlnRandomSubset")]).toEqual([1, 2, 1, 2, 1, 2]);
  expect(table.strings("rlnMicrographName")[3]).toBe("micrographs/000003.mrc");
  expect(table.has("rlnImageName")).toBe(false);
  // half as large again as the particle: 100 A at 2 A a pixel
  expect([...star.table("optics").integers("rlnImageSize")]).toEqual([76]);

  const micrographs = parseStar(readFileSync(join(dir, "micrographs.star"), "utf8"), "micrographs.star");
  expect([...micrographs.table("micrographs").numbers("rlnDefocusV")]).toEqual([14_800, 14_800, 14_800]);
  expect(micrographs.table("optics").has("rlnImagePixelSize")).toBe(false);
});

test("an interrupted dataset knows what is missing; continued, it is the same to the byte", async () => {
  await makeAll(dir);
  const whole = snapshot(dir);
  dir = join(root, "interrupted");
  expect((await openDataset(files, dir, job, kinds)).missing).toEqual([1, 2, 3]);
  await make(dir, 2);
  // images without the part: stopped in between
  await writeImages(
    files,
    dir,
    3,
    { micrograph: zeros(40, 48), mask: zeros(40, 48) },
    { mode: "float32", pixelSize: 2 },
  );
  // written aside by a run that was killed
  writeFileSync(join(dir, "masks/.000001.png.4242.0.partial"), "half");
  const { missing, finished } = await openDataset(files, dir, job, kinds);
  expect([missing, finished]).toEqual([[1, 3], false]);
  for (const index of missing) await make(dir, index);
  await joinDataset(files, dir);
  expect(snapshot(dir)).toEqual(whole);
});

test.each([
  ["masks/000002.png", [2]],
  ["micrographs/000001.mrc", [1]],
  ["particles.star", []],
  ["truth.jsonl", [1, 2, 3]],
])("a finished dataset that lost %s is repaired to the same bytes", async (lost, missing) => {
  await makeAll(dir);
  const whole = snapshot(dir);
  expect(await openDataset(files, dir, job, kinds)).toEqual({ missing: [], finished: true });
  rmSync(join(dir, lost));
  expect(await openDataset(files, dir, job, kinds)).toEqual({ missing, finished: false });
  for (const index of missing) await make(dir, index);
  await joinDataset(files, dir);
  expect(snapshot(dir)).toEqual(whole);
});

test("joining without a part fails and leaves no manifest", async () => {
  await openDataset(files, dir, job, kinds);
  await make(dir, 1);
  await expect(joinDataset(files, dir)).rejects.toThrow("parts/000002.json: found nothing there");
  expect(readdirSync(dir)).not.toContain("dataset.json");
});
