import { describe, expect, test } from "vitest";
import { Random } from "../../../src/core/random.js";
import { encodeFloat16, float16Table } from "../../../src/io/bytes/float16.js";
import type { MrcWriteMode } from "../../../src/io/mrc/modes.js";
import { readMrc } from "../../../src/io/mrc/read.js";
import {
  encodeMrcHeader,
  encodeMrcSections,
  measureMrc,
  mergeMrcStatistics,
  writeMrc,
} from "../../../src/io/mrc/write.js";
import { hasMrcfile, pythonOn } from "./oracle.js";

const noise = (length: number, scale = 40): Float32Array =>
  Random.of(7, "mrc")
    .fillNormal(new Float32Array(length))
    .map((value) => Math.fround(value * scale));

describe("half precision", () => {
  test("every finite half survives the way through single precision", () => {
    const values = float16Table();
    const back = encodeFloat16(values);
    for (let bits = 0; bits < 0x10000; bits++) {
      if (Number.isNaN(values[bits])) expect(back[bits]! & 0x7fff).toBeGreaterThan(0x7c00);
      else expect(back[bits]).toBe(bits);
    }
  });

  test("between two halves the nearer is taken, halfway the even one", () => {
    const table = float16Table();
    for (let bits = 0; bits < 0x7bff; bits++) {
      const low = table[bits]!;
      const high = table[bits + 1]!;
      const middle = (low + high) / 2;
      const step = (high - low) / 16;
      const [below, at, above] = encodeFloat16(new Float32Array([middle - step, middle, middle + step]));
      if (below !== bits || above !== bits + 1 || at !== bits + (bits & 1)) {
        expect([bits, below, at, above]).toEqual([bits, bits, bits + (bits & 1), bits + 1]);
      }
    }
  });
});

describe("round trip", () => {
  test.each<[MrcWriteMode, number]>([
    ["float32", 0],
    ["float16", 0.04],
    ["int16", 0.5],
    ["int8", 0.5],
  ])("%s keeps samples to within %d, shape, voxel size, origin and labels", (mode, error) => {
    const data = noise(60).map((value) => Math.max(-120, Math.min(120, value)));
    const origin = [1, -2, 3.5] as const;
    const start = [-4, 5, 6] as const;
    const bytes = writeMrc({
      data,
      shape: [3, 4, 5],
      voxelSize: 1.25,
      mode,
      labels: ["one", "two"],
      origin,
      start,
    });
    const { header, ...back } = readMrc(bytes, "map.mrc");
    expect(back.data).toBeAllclose(data, { relative: 0, absolute: error });
    expect(back).toMatchObject({ shape: [3, 4, 5], voxelSize: [1.25, 1.25, 1.25], isStack: false });
    expect(header).toMatchObject({ origin, start, labels: ["one", "two"], remarks: [], version: 20141 });
  });

  test("uint8 greys are stored less 128, uint16 as they are", () => {
    const data = new Float32Array([0, 128, 255]);
    const write = (mode: MrcWriteMode) =>
      readMrc(writeMrc({ data, shape: [1, 1, 3], voxelSize: 1, mode }), "a.mrc");
    expect([...write("uint8").data]).toEqual([-128, 0, 127]);
    expect([...write("uint16").data]).toEqual([0, 128, 255]);
  });
});

describe("refusals", () => {
  const base = { data: new Float32Array([1, 300]), shape: [1, 1, 2], voxelSize: 1 } as const;
  test("a sample that the mode cannot hold", () => {
    expect(() => writeMrc({ ...base, mode: "int8" })).toThrow(
      "sample 1: found 300, expected -128 to 127, which int8 can hold",
    );
    expect(() => writeMrc({ ...base, data: new Float32Array([1, 65536]), mode: "float16" })).toThrow("65504");
  });
  test.each([0, -1, Number.NaN])("voxel size %d", (voxelSize) => {
    expect(() => writeMrc({ ...base, voxelSize })).toThrow("above 0 angstrom");
  });
  test("NaN, a wrong shape, an over-long label", () => {
    expect(() => writeMrc({ ...base, data: new Float32Array([1, Number.NaN]) })).toThrow(
      "sample 1: found NaN",
    );
    expect(() => writeMrc({ ...base, shape: [1, 2, 2] })).toThrow("found shape [1,2,2], expected 2 samples");
    expect(() => writeMrc({ ...base, labels: ["x".repeat(81)] })).toThrow("1 to 80 ASCII characters");
  });
});

test.each([
  ["image", 1, 1, 0],
  ["stack", 3, 1, 0],
  ["volume", 3, 3, 1],
] as const)("the header of a %s: NZ %i, MZ %i, ISPG %i, CELLA of MZ voxels", (kind, sections, mz, ispg) => {
  const header = encodeMrcHeader({ shape: [sections, 4, 5], voxelSize: 1.5, kind });
  const view = new DataView(header.buffer);
  const int = (word: number) => view.getInt32((word - 1) * 4, true);
  const float = (word: number) => view.getFloat32((word - 1) * 4, true);
  expect([1, 2, 3, 8, 9, 10, 23].map(int)).toEqual([5, 4, sections, 5, 4, mz, ispg]);
  expect([11, 12, 13, 14, 15, 16].map(float)).toEqual([7.5, 6, 1.5 * mz, 90, 90, 90]);
  // Not measured: max below min, mean below both, RMS negative.
  expect(float(21)).toBeLessThan(float(20));
  expect(float(22)).toBeLessThan(float(21));
  expect(float(55)).toBeLessThan(0);
});

test("a stack appended section by section equals the one written at once", () => {
  const data = noise(24);
  const whole = writeMrc({ data, shape: [2, 3, 4], voxelSize: 2, kind: "stack" });
  const parts = [data.subarray(0, 12), data.subarray(12)] as const;
  const statistics = mergeMrcStatistics(measureMrc(parts[0]), measureMrc(parts[1]), [12, 12]);
  const header = encodeMrcHeader({ shape: [2, 3, 4], voxelSize: 2, kind: "stack", statistics });
  const pieces = [header, ...parts.map((part) => encodeMrcSections(part))];
  expect(Buffer.concat(pieces).equals(Buffer.from(whole))).toBe(true);
});

const VALIDATE = `
import sys, mrcfile
if not mrcfile.validate(sys.argv[1]): sys.exit("invalid")
with mrcfile.open(sys.argv[1]) as m:
    print(m.is_image_stack(), m.is_volume(), m.data.shape, float(m.voxel_size.x), float(m.voxel_size.z), float(m.data.flat[1]))
`;

describe.skipIf(!hasMrcfile)("mrcfile.validate finds nothing (needs python3-mrcfile)", () => {
  const data = noise(60).map((value) => Math.round(Math.max(-120, Math.min(120, value))));
  test.each<[MrcWriteMode, "image" | "stack" | "volume"]>([
    ["float32", "image"],
    ["float32", "stack"],
    ["float32", "volume"],
    ["float16", "stack"],
    ["int16", "volume"],
    ["uint16", "stack"],
    ["int8", "image"],
    ["uint8", "stack"],
  ])("%s %s", (mode, kind) => {
    const samples = mode.startsWith("uint") ? data.map(Math.abs) : data;
    const shape = kind === "image" ? ([1, 12, 5] as const) : ([3, 4, 5] as const);
    const printed = pythonOn(
      writeMrc({ data: samples, shape, voxelSize: 1.5, mode, kind }),
      "a.mrc",
      VALIDATE,
    );
    const python =
      kind === "image"
        ? "False False (12, 5)"
        : kind === "stack"
          ? "True False (3, 4, 5)"
          : "False True (3, 4, 5)";
    expect(printed).toContain(
      `${python} 1.5 1.5 ${(mode === "uint8" ? samples[1]! - 128 : samples[1]!).toFixed(1)}`,
    );
  });
});
