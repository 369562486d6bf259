import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { writeLabels } from "../../src/dataset/labels.js";
import { nodeFiles as files } from "../../src/runtime/files.js";
import { scratchFolder } from "../helpers/scratch.js";
import { makeAll } from "./three-micrographs.js";

const dir = join(scratchFolder(), "dataset");

test("further label forms", async () => {
  await makeAll(dir);
  await writeLabels(files, dir, ["topaz", "box", "coco"]);
  const text = (name: string): string => readFileSync(join(dir, "labels", name), "utf8");
  expect(text("topaz.txt").split("\n").slice(0, 3)).toEqual([
    "image_name\tx_coord\ty_coord",
    "000001\t1\t21",
    "000001\t8\t28",
  ]);
  // read by pandas the names of both tables become the same numbers, whatever has no particle too
  expect(text("topaz-images.txt")).toBe(
    "image_name\tpath\n000001\tmicrographs/000001.mrc\n000002\tmicrographs/000002.mrc\n000003\tmicrographs/000003.mrc\n",
  );
  // corner = centre - half of 76; the centre is (3, 23) less origins of (0.25, -0.5) angstrom over 2
  expect(text("box/000003.box").split("\n")[0]).toBe("-35.125\t-14.75\t76\t76");
  expect(text("box/000002.box")).toBe("");
  const coco = JSON.parse(text("coco.json"));
  expect(coco.images.length).toBe(3);
  expect(coco.annotations.map((each: { image_id: number }) => each.image_id)).toEqual([1, 1, 1, 3, 3, 3]);
  expect(coco.annotations.map((each: { id: number }) => each.id)).toEqual([1, 2, 3, 4, 5, 6]);
});
