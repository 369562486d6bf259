import { expect, test } from "vitest";
import { type PosedPlace, repeatedDoubt } from "../../../../src/jobs/shared/particles/particle-stacks.js";

const STACKS = [{ path: "s.mrcs" }, { path: "t.mrcs" }];
const place = (section: number, rot: number, more: Partial<PosedPlace> = {}): PosedPlace => ({
  ...{ stack: 0, section, angles: { rot, tilt: 20, psi: 30 } },
  ...more,
});
const doubt = (places: readonly PosedPlace[]) => repeatedDoubt(places, STACKS, "x.star");

/** Two images about an axis of four. */
const EXPANDED = [0, 1].flatMap((section) => [0, 90, 180, 270].map((rot) => place(section, rot)));

test("images that stand once are nothing to tell, in two stacks too", () => {
  expect(doubt([place(0, 1), place(1, 1), place(0, 1, { stack: 1 })])).toBeUndefined();
});

test("every image as often, with other angles each time, is a symmetry expansion", () => {
  expect(doubt(EXPANDED)).toBe(
    "x.star: each of its 2 images stands 4 times with other angles, as after a symmetry expansion: it is to be taken without " +
      "symmetry (C1), and the copies of an image belong in one half set",
  );
  // in any order, and each in its half
  const halves = EXPANDED.map((each) => ({
    ...each,
    halfSet: each.section === 0 ? (1 as const) : (2 as const),
  }));
  expect(doubt(halves.toReversed())).not.toMatch(/correlate by their noise/);
});

test("copies of an image in both half sets are told", () => {
  const halves = EXPANDED.map((each, i) => ({ ...each, halfSet: i % 2 === 0 ? (1 as const) : (2 as const) }));
  expect(doubt(halves)).toMatch(/in both half sets: halves that share images correlate by their noise$/);
});

test.each<[string, readonly PosedPlace[]]>([
  ["one image twice", [...[0, 1, 2].map((section) => place(section, 0)), place(1, 90)]],
  ["the same angles", [place(0, 0), place(0, 0), place(1, 0), place(1, 90)]],
  ["no angles", [place(0, 0, { angles: undefined }), place(0, 0, { angles: undefined })]],
])("%s is no expansion", (_name, places) => {
  expect(doubt(places)).toMatch(
    /^x\.star: particles with the image of another one: \d, the first of them with/,
  );
});
