import { describe, expect, test } from "vitest";
import { matchNames, shortNames } from "../../../../src/jobs/shared/micrographs/match-names.js";

const matched = (wanted: readonly string[], known: readonly string[]) =>
  Object.fromEntries(matchNames(wanted, known, "truth.star"));

describe("matchNames", () => {
  test("folders and endings do not matter where a stem is there once", () => {
    expect(matched(["MotionCorr/a.mrc", "b"], ["micrographs/b.tif", "/data/a.mrc.gz", "c.mrc"])).toEqual({
      "MotionCorr/a.mrc": "/data/a.mrc.gz",
      b: "micrographs/b.tif",
    });
  });

  test("other dots belong to the name", () => {
    expect(matched(["mic_v1.1.mrc", "x.frames.mrc"], ["mic_v1.2", "mic_v1.1", "x.frames_DW", "x"])).toEqual({
      "mic_v1.1.mrc": "mic_v1.1",
    });
  });

  test("pickers' suffixes are cut only where the whole name is not found", () => {
    const known = ["m/a_topazpicks", "b_extract", "c_autopick", "d_manualpick", "e_pick", "e_pick_pick"];
    expect(matched(["a.mrc", "b.mrc", "c.mrc", "d.mrc", "e_pick.mrc"], known)).toEqual({
      ...{ "a.mrc": "m/a_topazpicks", "b.mrc": "b_extract", "c.mrc": "c_autopick" },
      ...{ "d.mrc": "d_manualpick", "e_pick.mrc": "e_pick" },
    });
  });

  test("of one stem in several folders the folders tell, the deeper agreement first", () => {
    const wanted = ["Movies/10Feb/m.mrc", "Movies/11Feb/m.mrc"];
    expect(matched(wanted, ["x/11Feb/m.mrc", "x/10Feb/m.mrc"])).toEqual({
      "Movies/10Feb/m.mrc": "x/10Feb/m.mrc",
      "Movies/11Feb/m.mrc": "x/11Feb/m.mrc",
    });
    expect(matched(wanted, ["11Feb/m.mrc"])).toEqual({ "Movies/11Feb/m.mrc": "11Feb/m.mrc" });
    expect(matched(["a/x/m", "b/x/m"], ["b/x/m", "a/x/m"])).toEqual({ "a/x/m": "a/x/m", "b/x/m": "b/x/m" });
  });

  test("refused where they do not", () => {
    const message =
      "truth.star: found m.mrc for 10Feb/m.mrc and 11Feb/m.mrc, expected folders in the names that say which is which";
    expect(() => matched(["10Feb/m.mrc", "11Feb/m.mrc"], ["m.mrc"])).toThrow(message);
    expect(() => matched(["m.mrc"], ["10Feb/m.mrc", "11Feb/m.mrc"])).toThrow(/expected folders in the names/);
    expect(() => matched(["a/x/m", "b/x/m"], ["c/x/m"])).toThrow(/expected folders in the names/);
  });
});

test("shortNames are stems where these differ, whole names where not", () => {
  expect(Object.fromEntries(shortNames(["f/a.mrc", "f/b_autopick", "x/c.mrc", "y/c.mrc"]))).toEqual({
    ...{ "f/a.mrc": "a", "f/b_autopick": "b" },
    ...{ "x/c.mrc": "x/c.mrc", "y/c.mrc": "y/c.mrc" },
  });
});
