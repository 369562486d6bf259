import { describe, expect, test } from "vitest";
import { gaussianBlur } from "../../../src/array/filter.js";
import type { Image } from "../../../src/array/image.js";
import { Random } from "../../../src/core/random.js";
import { micrographQuality } from "../../../src/estimate/quality.js";
import { judgeMicrographs } from "../../../src/jobs/check/judge.js";
import { type CheckedMicrograph, groupFindings } from "../../../src/jobs/check/records.js";

const DIAMETER = 60;
const PIXEL_SIZE = 3;

/** White noise with discs of the particle's diameter, `depth` below it. */
function micrograph(
  seed: number,
  depth: number,
  change: (image: Image) => Image = (image) => image,
): CheckedMicrograph {
  const random = Random.of(seed, "check");
  const shape = [256, 256] as const;
  const data = Float32Array.from({ length: shape[0] * shape[1] }, () => 100 + 10 * random.normal());
  for (let particle = 0; particle < 12; particle++) {
    const [cx, cy] = [20 + random.integer(216), 20 + random.integer(216)];
    for (let y = cy - 10; y <= cy + 10; y++) {
      for (let x = cx - 10; x <= cx + 10; x++) {
        if ((x - cx) ** 2 + (y - cy) ** 2 <= 100) data[y * shape[1] + x]! -= depth;
      }
    }
  }
  const quality = micrographQuality(change({ data, shape }), PIXEL_SIZE, DIAMETER);
  return {
    ...{ key: "", file: `m${seed}.mrc`, shape: [256, 256], headerPixelSize: PIXEL_SIZE },
    ...{ quality, defects: null, failure: null, picture: `pictures/m${seed}.png` },
  };
}

const set = (count: number, depth = 10, change?: (image: Image) => Image): CheckedMicrograph[] =>
  Array.from({ length: count }, (_, i) => micrograph(i, depth, change));
const judge = (all: readonly CheckedMicrograph[]) =>
  judgeMicrographs(all, { pixelSize: PIXEL_SIZE }).map(
    ({ kind, about, found }) => `${kind}: ${about}: ${found}`,
  );

describe("micrographs", () => {
  test("a good set raises no question", () => {
    expect(judge(set(8))).toEqual([]);
  });

  test("white protein is told from dark", () => {
    expect(judge(set(6, -10))).toEqual(["doubt: micrographs: particles look white on a darker ground"]);
  });

  test("denoised or blurred micrographs are told by their finest detail", () => {
    const smooth = set(6, 10, (image) => gaussianBlur(image, 1.5));
    expect(judge(smooth)).toEqual(["doubt: micrographs: there is hardly any noise at the finest detail"]);
  });

  test("unsigned bytes that were read as signed are told by values at both ends", () => {
    const bytes = ({ data, shape }: Image): Image => ({
      shape,
      data: data.map((value) => Math.min(255, Math.max(0, Math.round(128 + 2 * (value - 100))))),
    });
    const asSigned = (image: Image): Image => {
      const { data, shape } = bytes(image);
      return { shape, data: data.map((value) => (value > 127 ? value - 256 : value)) };
    };
    expect(judge(set(6, 10, asSigned))).toContainEqual(
      "doubt: micrographs: 6 of 6 have most of their grey values at both ends of -128 to 127",
    );
    expect(judge(set(6, 10, bytes)).join("\n")).not.toContain("both ends");
  });

  test("contrast stretched to 8 bits is told by its levels and its ends", () => {
    const stretch = ({ data, shape }: Image): Image => ({
      shape,
      data: data.map((value) => Math.min(255, Math.max(0, Math.round(128 + 6 * (value - 100))))),
    });
    expect(judge(set(6, 10, stretch))).toEqual([
      "doubt: micrographs: 6 of 6 have at most 256 grey values and are cut off at the ends",
    ]);
  });

  test.each([
    [
      "of another exposure",
      ({ data, shape }: Image) => ({ shape, data: data.map((value) => value + 80) }),
      "its mean grey value",
    ],
    [
      "of another contrast",
      ({ data, shape }: Image) => ({ shape, data: data.map((value) => 100 + 3 * (value - 100)) }),
      "its contrast",
    ],
    ["that somebody filtered", (image: Image) => gaussianBlur(image, 0.6), "the shape of its spectrum"],
  ])("one micrograph %s is set aside, the others are not", (_what, change, reason) => {
    const found = judge([...set(7), micrograph(9, 10, change)]);
    expect(found).toEqual([expect.stringContaining(`set aside: m9.mrc: it is unlike the others by `)]);
    expect(found[0]).toContain(reason);
  });

  test("files that cannot be used are set aside with their reason; without any others the check stops", () => {
    const broken: CheckedMicrograph = {
      ...micrograph(1, 10),
      ...{ quality: null, picture: null, failure: "every pixel is 0: it is empty" },
    };
    expect(judge([...set(6), { ...broken, file: "empty.mrc" }])).toEqual([
      "set aside: empty.mrc: every pixel is 0: it is empty",
    ]);
    expect(judge([broken]).at(-1)).toBe("stop: micrographs: none of them can be used");
  });

  test("few micrographs and headers that contradict the project are said", () => {
    expect(judge(set(2))).toEqual(["doubt: micrographs: only 2 can be learned from"]);
    const [first, ...rest] = set(6);
    expect(
      judge([{ ...first!, headerPixelSize: 1.5 }, { ...rest[0]!, headerPixelSize: 1 }, ...rest.slice(1)]),
    ).toEqual(["doubt: m0.mrc: its header says 1.5 angstrom per pixel, the project 3"]);
  });
});

test("what is said of many files in the same words is said once, with their number", () => {
  const wrong = set(8).map((each) => ({ ...each, headerPixelSize: 1.0599999864 }));
  const findings = judgeMicrographs(wrong, { pixelSize: PIXEL_SIZE });
  expect(findings).toHaveLength(8);
  const grouped = groupFindings(findings, 2);
  expect(grouped.map(({ about, found }) => `${about}: ${found}`)).toEqual([
    "m0.mrc, m1.mrc and 6 more: its header says 1.06 angstrom per pixel, the project 3",
  ]);
  const broken = { ...wrong[3]!, quality: null, failure: "m3.mrc: file size: found 0" };
  const [first, second] = groupFindings(
    judgeMicrographs([broken, ...wrong.slice(0, 2)], { pixelSize: 3 }),
    2,
  );
  expect([first!.about, first!.found]).toEqual(["m3.mrc", "file size: found 0"]);
  expect(second!.about).toBe("m0.mrc, m1.mrc");
});

test("defects that are filled in are told by their number and the micrograph that has most", () => {
  const hot = (hotPixels: number, value: number, blankLines = 0) => ({
    ...{ hotPixels, farthest: { x: 3, y: 5, value }, blankLines },
  });
  const all = set(6).map((each, i) => ({
    ...each,
    defects:
      i === 2 ? hot(30, 1e6, 4) : i === 4 ? hot(1, 2e6) : { hotPixels: 0, farthest: null, blankLines: 1 },
  }));
  expect(judge(all)).toEqual([
    "doubt: micrographs: 2 of 6 have pixels far from all others, up to 30 in one (m2.mrc: 1000000 at column 3, row 5); " +
      "5 of 6 have blank rows or columns, up to 4 in one (m2.mrc)",
  ]);
});

test("counts of few electrons with a border of zeros are no stretched previews", () => {
  const counts = ({ data, shape }: Image): Image => ({
    shape,
    data: data.map((value, i) => (i < 10 * shape[1] ? 0 : Math.max(0, Math.round(value)))),
  });
  expect(judge(set(6, 10, counts)).join()).not.toContain("256 grey values");
});
