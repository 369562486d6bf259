import { describe, expect, test } from "vitest";
import {
  commonPixelSize,
  PixelSizeWatch,
  pixelSizesDiffer,
  saidPixelSize,
} from "../../../../src/jobs/shared/micrographs/pixel-size.js";

/** What a watch says of headers. */
function watched(taken: number | undefined, headers: readonly (number | undefined)[]) {
  const warnings: string[] = [];
  const notes: string[] = [];
  const watch = new PixelSizeWatch(taken, {
    warn: (line) => warnings.push(line),
    note: (line) => notes.push(line),
  });
  for (const [i, header] of headers.entries()) watch.see(`${i}.mrc`, header);
  watch.close();
  return { warnings, notes };
}

describe("pixel sizes", () => {
  test.each([
    [1.5, 1.5, false],
    [1.5, 1.529, false],
    [1.529, 1.5, false],
    [1.5, 1.54, true],
    [1.5, 1.46, true],
    [3, 1.5, true],
    [undefined, 1.5, false],
    [1.5, undefined, false],
    [Number.NaN, 1.5, true],
  ])("%s beside %s differ: %s", (a, b, differ) => {
    expect(pixelSizesDiffer(a, b)).toBe(differ);
  });

  test("0 and 1 in a header say nothing", () => {
    expect([0, 1, null, undefined, 1.06, 0.99].map(saidPixelSize)).toEqual([
      ...[undefined, undefined, undefined, undefined],
      ...[1.06, 0.99],
    ]);
  });
});

describe("a watch over headers", () => {
  test("tells the first that differs from what is asked for, then how many did", () => {
    const { warnings, notes } = watched(1.5, [1.5, 3, 1.5, 2, 3]);
    expect(warnings).toEqual([
      "1.mrc: its header says 3 angstrom per pixel, not 1.5",
      "3 of 5 micrographs have headers with another pixel size: 2 to 3 angstrom per pixel",
    ]);
    expect(notes).toEqual([]);
  });

  test("without anything asked for, headers are held against the first that says something", () => {
    expect(watched(undefined, [1, 1.5, 1.51, 3]).warnings).toEqual([
      "3.mrc: its header says 3 angstrom per pixel, that of 1.mrc 1.5",
    ]);
  });

  test("headers of nothing, 0 and 1 are no disagreement, and are said", () => {
    const { warnings, notes } = watched(1.5, [undefined, 0, 1, 1.5]);
    expect(warnings).toEqual([]);
    expect(notes).toEqual([expect.stringMatching(/^3 of 4 micrographs give no pixel size .* 1.5 is used$/)]);
    expect(watched(1, [1, 1])).toEqual({ warnings: [], notes: [] });
  });
});

describe("the common pixel size", () => {
  test("is the first that is said", () => {
    const said = [undefined, 1.5, 1.52].map((each, i) => ({ path: `${i}`, said: each }));
    expect(commonPixelSize(said)).toBe(1.5);
    expect(commonPixelSize([])).toBeUndefined();
  });

  test("there is none where two differ, in whatever order", () => {
    const [a, b] = [
      { path: "a.mrc", said: 1.5 },
      { path: "b", said: 3 },
    ];
    expect(() => commonPixelSize([a, b])).toThrow("b: found 3 angstrom per pixel, expected 1.5, as a.mrc");
    expect(() => commonPixelSize([b, a])).toThrow("a.mrc: found 1.5 angstrom per pixel, expected 3, as b");
  });
});
