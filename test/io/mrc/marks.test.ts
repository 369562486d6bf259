import { describe, expect, test } from "vitest";
import { readMrc } from "../../../src/io/mrc/read.js";
import { caseBytes, hasSharedCases } from "../shared-data.js";
import { mrcFixture } from "./fixture.js";

/** 16-bit samples 1, 2 … 6 of an image of 3 x 2, in either order. */
const image = (bigEndian: boolean, mode = 1): Uint8Array =>
  mrcFixture({
    counts: [3, 2, 1],
    mode,
    samples:
      mode === 1 ? [1, 2, 3, 4, 5, 6].flatMap((n) => (bigEndian ? [0, n] : [n, 0])) : [1, 2, 3, 4, 5, 200],
    bigEndian,
  });

const withBytes = (bytes: Uint8Array, at: number, values: readonly number[]): Uint8Array => {
  bytes.set(values, at);
  return bytes;
};

describe("machine stamps", () => {
  test.each([
    [[0x44, 0x20, 0x20, 0x20], "44 20 20 20"],
    [[0x44, 0, 0, 0], "44 00 00 00"],
    [[0x41, 0x44, 0, 0], "41 44 00 00"],
    [[0x20, 0x20, 0x20, 0x20], "20 20 20 20"],
    [[0, 0, 0, 0], "00 00 00 00"],
  ])("%j, which name no order, are read by mode and sizes, either way", (stamp, shown) => {
    for (const [bigEndian, order] of [
      [false, "little endian"],
      [true, "big endian"],
    ] as const) {
      const { data, header } = readMrc(withBytes(image(bigEndian), 212, stamp), "a.mrc");
      expect([...data]).toEqual([1, 2, 3, 4, 5, 6]);
      expect(header.remarks).toEqual([`word 54 (MACHST) is ${shown}; mode and sizes say ${order}`]);
    }
  });

  test("one that contradicts mode and sizes is said to", () => {
    const little = readMrc(withBytes(image(false), 212, [0x11, 0x11, 0, 0]), "a.mrc");
    expect([...little.data]).toEqual([1, 2, 3, 4, 5, 6]);
    expect(little.header.remarks).toEqual([
      "word 54 (MACHST) is 11 11 00 00; mode and sizes say little endian",
    ]);
    const big = readMrc(withBytes(image(true), 212, [0x44, 0x44, 0, 0]), "a.mrc");
    expect([...big.data]).toEqual([1, 2, 3, 4, 5, 6]);
    expect(big.header.remarks).toEqual(["word 54 (MACHST) is 44 44 00 00; mode and sizes say big endian"]);
  });

  test("a right one is nothing to remark", () => {
    for (const [bigEndian, stamp] of [
      [false, [0x44, 0x44, 0x44, 0x44]],
      [false, [0x44, 0x41, 0, 0]],
      [true, [0x11, 0x11, 0, 0]],
    ] as const) {
      expect(readMrc(withBytes(image(bigEndian), 212, stamp), "a.mrc").header.remarks).toEqual([]);
    }
  });

  test("a truncated file is still one of its stamp's order", () => {
    expect(() => readMrc(image(false).subarray(0, 1030), "a.mrc")).toThrow(
      "a.mrc: file size: found 1030, expected 1036 bytes, from the header",
    );
  });
});

describe("the mark", () => {
  test.each(["map ", "Map ", "    ", "XAP "])("%j is read with a remark", (mark) => {
    const bytes = withBytes(
      image(false),
      208,
      [...mark].map((letter) => letter.charCodeAt(0)),
    );
    const { data, header } = readMrc(bytes, "a.mrc");
    expect([...data]).toEqual([1, 2, 3, 4, 5, 6]);
    const shown = mark.trim() === "" ? "blank" : JSON.stringify(mark.trim());
    expect(header.remarks).toEqual([`word 53 (MAP) is ${shown}`]);
  });

  test.each([
    [-1943.9, -195.6, 0.11],
    [0, 12.5, 3.5],
  ])(
    "a file from before 2000, with the origin z, x, y = %d, %d, %d in place of mark and stamp",
    (...origin) => {
      for (const bigEndian of [false, true]) {
        const bytes = image(bigEndian);
        const view = new DataView(bytes.buffer);
        for (const [i, value] of origin.entries()) view.setFloat32(208 + 4 * i, value, !bigEndian);
        const { data, header } = readMrc(bytes, "a.mrc");
        expect([...data]).toEqual([1, 2, 3, 4, 5, 6]);
        expect(header.origin).toBeAllclose([origin[1]!, origin[2]!, origin[0]!]);
        expect(header.statistics.rms).toBe(0);
        expect(header.remarks).toEqual([
          "word 53 (MAP) is not set: written as before 2000, with the origin in words 53-55",
        ]);
      }
    },
  );

  test("bytes of a file from before 2000 are unsigned where its maximum says so", () => {
    const bytes = withBytes(image(false, 0), 208, [1, 2, 3, 4, 5, 6, 7, 8]);
    expect(readMrc(bytes.slice(), "a.mrc").data[5]).toBe(-56);
    new DataView(bytes.buffer).setFloat32(80, 200, true);
    expect(readMrc(bytes, "a.mrc").data[5]).toBe(200);
  });
});

describe.skipIf(!hasSharedCases)("files that were refused (needs ../shared/cases)", () => {
  test.each([
    "mrc-stamps/stamp-11-data-little.mrc",
    "mrc-stamps/stamp-20202020.mrc",
    "mrc-stamps/stamp-41440000.mrc",
    "mrc-stamps/stamp-44000000.mrc",
    "mrc-stamps/stamp-44202020.mrc",
    "mrc-stamps/stamp-little-data-big.mrc",
    "mrc-before-2000/map-lower.mrc",
    "mrc-before-2000/old-origin.mrc",
  ])("%s is the same image as its sound twin, with a remark", (name) => {
    const { data, header } = readMrc(caseBytes(name), name);
    expect(data).toEqual(readMrc(caseBytes("mrc-stamps/stamp-44444444.mrc"), "a.mrc").data);
    expect(header.remarks).toHaveLength(1);
  });

  test("an origin of zero first", () => {
    const { header } = readMrc(caseBytes("mrc-before-2000/old-origin-zero-first.mrc"), "a.mrc");
    expect(header.shape).toEqual([1, 48, 64]);
    expect(header.origin).toEqual([12.5, 3.5, 0]);
  });
});
