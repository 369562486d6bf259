import { expect, test } from "vitest";
import { judgeVersions } from "../../../../src/jobs/check/judge.js";
import { severalVersions } from "../../../../src/jobs/shared/micrographs/exposures.js";

test("several files of one exposure, as motion correction writes them, are told", () => {
  const relion = ["m/a.mrc", "m/a_PS.mrc", "m/a_noDW.mrc", "m/b.mrc"];
  expect(severalVersions(relion)).toBe(
    "1 of 2 exposures have several files, as m/a.mrc, m/a_PS.mrc, m/a_noDW.mrc",
  );
  expect(severalVersions(["m/a.mrc", "m/a_ctf.mrc"])).toMatch(/^1 of 1 exposures/);
  expect(severalVersions(["a_patch_aligned.mrc", "a_patch_aligned_doseweighted.mrc"])).toMatch(
    /^1 of 1 exposures/,
  );
  expect(judgeVersions(relion)).toEqual([
    expect.objectContaining({ kind: "doubt", found: expect.stringMatching(/^1 of 2 exposures/) }),
  ]);
});

test("one file of each exposure is right, whatever its kind, and so are equal names in two folders", () => {
  expect(severalVersions(["a_DW.mrc", "b_DW.mrc", "a_1.mrc", "a_2.mrc"])).toBeUndefined();
  expect(severalVersions(["x/a.mrc", "y/a.mrc", "y/a_b.mrc"])).toBeUndefined();
  expect(judgeVersions(["a.mrc", "b.mrc"])).toEqual([]);
});
