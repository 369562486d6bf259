import { describe, expect, test } from "vitest";
import { readBox } from "../../../src/io/picks/box.js";
import { readPointsCsv } from "../../../src/io/picks/csv.js";
import { flipPickRows, micrographStem, type Pick } from "../../../src/io/picks/pick.js";
import { readPicksStar } from "../../../src/io/picks/star.js";
import { hasSharedData, sharedNames, sharedText } from "../shared-data.js";

/** Fraction of picks with a point of the truth within a radius. */
function fractionNear(picks: readonly Pick[], truth: readonly Pick[], radius: number): number {
  const near = picks.filter(({ x, y }) =>
    truth.some((point) => Math.hypot(point.x - x, point.y - y) < radius),
  );
  return near.length / picks.length;
}

test("RELION's -999 of a manual pick is no score", () => {
  const text =
    "data_\nloop_\n_rlnCoordinateX\n_rlnCoordinateY\n_rlnAutopickFigureOfMerit\n1 2 -999.0\n3 4 0.5\n";
  expect(readPicksStar(text, "a.star", "m")).toEqual([
    { micrograph: "m", x: 1, y: 2 },
    { micrograph: "m", x: 3, y: 4, score: 0.5 },
  ]);
});

describe.skipIf(!hasSharedData)("real picks (needs ../shared/data)", () => {
  const masks = (name: string) =>
    readPointsCsv(sharedText(`bgal-10017/coords_from_mask/${name}.csv`), name, name);
  const FRAME = 4096;

  test.each(["crYOLO", "deepPicker", "topaz"])(
    "%s's boxes lie on the experts' once their rows run downward",
    (picker) => {
      const fractions = sharedNames(`bgal-10017/repic_boxes/${picker}`, ".box").map((path) => {
        const name = micrographStem(path.replace(/\.box$/, ""));
        const picks = readBox(sharedText(path), path, name);
        return [
          fractionNear(flipPickRows(picks, FRAME), masks(name), 36),
          fractionNear(picks, masks(name), 36),
        ] as const;
      });
      const mean = (k: 0 | 1) => fractions.reduce((sum, pair) => sum + pair[k], 0) / fractions.length;
      expect(fractions).toHaveLength(12);
      expect(mean(0) / mean(1)).toBeGreaterThan(1.5);
    },
  );

  test("the STAR files of the same set run upward too", () => {
    const name = "Falcon_2012_06_12-14_57_34_0";
    const path = `bgal-10017/ref_star/${name}.star`;
    const picks = readPicksStar(sharedText(path), path, name);
    expect(fractionNear(flipPickRows(picks, FRAME), masks(name), 54)).toBeGreaterThan(0.8);
    expect(fractionNear(picks, masks(name), 54)).toBeLessThan(0.6);
  });

  test("both annotators of apoferritin, and RELION's autopick", () => {
    for (const path of sharedNames("apoferritin-10146", ".csv")) {
      expect(readPointsCsv(sharedText(path), path, "m").length).toBeGreaterThan(100);
    }
    const path = "misc/Ucsf_stack_1142_DW_autopick.star";
    expect(readPicksStar(sharedText(path), path, "m")[0]).toEqual({
      micrograph: "m",
      x: 839.125024,
      y: 19.979167,
      score: 0.624705,
    });
  });
});
