import { expect, test } from "vitest";
import { connectedRegions } from "../../../src/array/regions/regions.js";

test("voxels that share a face are one region; those that share an edge or the box's far side are not", () => {
  // 2 sections of 3 rows of 4 columns
  const drawn = ["xx.x", "...x", "x...", "x...", "....", ".xx."].join("");
  const { region, sizes } = connectedRegions((i) => drawn[i] === "x", [2, 3, 4]);
  const names = [...region].map((n) => (n === 0 ? "." : n)).join("");
  expect(names).toBe(["11.2", "...2", "3...", "1...", "....", ".44."].join(""));
  expect(sizes).toEqual([16, 3, 2, 1, 2]);
});
