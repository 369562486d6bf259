import { describe, expect, test } from "vitest";
import { FormatError } from "../../../src/core/errors.js";
import { parseMrcHeader } from "../../../src/io/mrc/header.js";
import { mrcPixelSize, readMrc, readVolume } from "../../../src/io/mrc/read.js";
import { mrcFixture } from "./fixture.js";

const read = (fields: Parameters<typeof mrcFixture>[0], path = "map.mrc") =>
  readMrc(mrcFixture(fields), path);

describe("modes", () => {
  test.each([
    ["0, signed bytes", 0, [0x80, 0xff, 0x00, 0x7f], [-128, -1, 0, 127]],
    ["1", 1, [0x00, 0x80, 0xff, 0xff, 0x00, 0x00, 0xff, 0x7f], [-32768, -1, 0, 32767]],
    ["6", 6, [0x00, 0x80, 0xff, 0xff, 0x00, 0x00, 0xff, 0x7f], [32768, 65535, 0, 32767]],
    ["12", 12, [0x00, 0x3c, 0x00, 0xc0, 0xff, 0x7b, 0x01, 0x00], [1, -2, 65504, 2 ** -24]],
    ["101, low half first", 101, [0x21, 0xf3], [1, 2, 3, 15]],
  ])("mode %s", (_name, mode, samples, expected) => {
    expect([...read({ counts: [2, 2, 1], mode, samples }).data]).toEqual(expected);
  });

  test("4-bit rows of an odd width end on a whole byte", () => {
    const { data } = read({ counts: [3, 2, 1], mode: 101, samples: [0x21, 0xf3, 0x54, 0x06] });
    expect([...data]).toEqual([1, 2, 3, 4, 5, 6]);
  });

  test("mode 2", () => {
    const samples = [...new Uint8Array(new Float32Array([1.5, -2.25, 3e30, 0]).buffer)];
    expect([...read({ counts: [2, 2, 1], mode: 2, samples }).data]).toEqual([
      1.5,
      -2.25,
      Math.fround(3e30),
      0,
    ]);
  });

  test("mode 0 of an IMOD file without the signed flag is unsigned", () => {
    const { data } = read({
      counts: [2, 1, 1],
      mode: 0,
      samples: [0x80, 0xff],
      ints: { 39: 1146047817, 40: 0 },
    });
    expect([...data]).toEqual([128, 255]);
  });

  test("mode 0 is unsigned where the header's extremes are those of unsigned bytes, and this is remarked", () => {
    const bytes = { counts: [2, 1, 1], mode: 0, samples: [0x80, 0xff] };
    const of = (least: number, most: number) => read({ ...bytes, floats: { 20: least, 21: most } });
    expect([...of(128, 255).data]).toEqual([128, 255]);
    expect(of(128, 255).header.remarks).toEqual([
      "words 20-21 (DMIN DMAX) go beyond 127, which signed bytes cannot hold: mode 0 is read as unsigned, 0 to 255",
    ]);
    // none, as MRC2014 writes it and as others do: RELION and mrcfile read them so too
    for (const [least, most] of [
      [0, -1],
      [0, 0],
    ] as const) {
      expect([...of(least, most).data]).toEqual([-128, -1]);
      expect(of(least, most).header.remarks).toEqual([
        "words 20-21 (DMIN DMAX) do not say whether the bytes of mode 0 have a sign: they are read as MRC2014 has them, -128 to 127",
      ]);
    }
    // bytes that are the same either way leave nothing to be said
    const small = { ...bytes, samples: [3, 0x7f], floats: { 20: 0, 21: 0 } };
    expect(read(small).header.remarks).toEqual([]);
    // signed extremes, and those of another kind of sample
    for (const [least, most] of [
      [-128, -1],
      [-3.5, 200],
      [0, 1200],
    ] as const) {
      expect([...of(least, most).data]).toEqual([-128, -1]);
      expect(of(least, most).header.remarks).toEqual([]);
    }
  });

  test("mode 3 is refused by name", () => {
    expect(() => read({ counts: [1, 1, 1], mode: 3, samples: [0, 0, 0, 0] }, "ribosome.mrc")).toThrow(
      "ribosome.mrc: word 4 (MODE): found 3, expected 0, 1, 2, 6, 12 or 101",
    );
  });

  test.each([Number.NaN, Number.POSITIVE_INFINITY])("%d in a float map is refused", (value) => {
    const samples = [...new Uint8Array(new Float32Array([0, value]).buffer)];
    expect(() => read({ counts: [2, 1, 1], mode: 2, samples })).toThrow(
      /sample 1: found .*, expected a finite number/,
    );
  });
});

test("big-endian files are read by their machine stamp", () => {
  const bytes = mrcFixture({
    counts: [2, 1, 1],
    mode: 1,
    samples: [0x01, 0x02, 0xff, 0xfe],
    bigEndian: true,
  });
  expect([...readMrc(bytes, "map.mrc").data]).toEqual([0x0102, -2]);
});

test("a file without machine stamp and MAP mark is read in the only order that makes sense, with a remark", () => {
  const bytes = mrcFixture({
    counts: [2, 1, 1],
    mode: 1,
    samples: [0x01, 0x02, 0xff, 0xfe],
    bigEndian: true,
  });
  bytes.fill(0, 208, 216);
  const { data, header } = readMrc(bytes, "old.mrc");
  expect([...data]).toEqual([0x0102, -2]);
  expect(header.remarks).toHaveLength(2);
});

test.each([[[1, 2, 3]], [[3, 2, 1]], [[2, 1, 3]], [[3, 1, 2]], [[2, 3, 1]], [[1, 3, 2]]])(
  "axis order %s: the sample at x, y, z, the counts, start and voxels are those of x, y, z",
  (axes) => {
    // Counts of x, y, z are 2, 3, 4; the sample's value spells its place: 100 z + 10 y + x.
    const count = [2, 3, 4];
    const stored = axes.map((axis) => count[axis - 1]!);
    const samples: number[] = [];
    for (let s = 0; s < stored[2]!; s++)
      for (let r = 0; r < stored[1]!; r++)
        for (let c = 0; c < stored[0]!; c++) {
          const place = [0, 0, 0];
          [c, r, s].forEach((index, i) => {
            place[axes[i]! - 1] = index;
          });
          samples.push(100 * place[2]! + 10 * place[1]! + place[0]!);
        }
    const { data, shape, header, voxelSize } = read({
      counts: stored,
      mode: 0,
      samples: samples.map((value) => (value > 127 ? value - 256 : value)),
      ints: {
        5: axes[0]!,
        6: axes[1]!,
        7: axes[2]!,
        8: 2,
        9: 3,
        10: 4,
        17: axes[0]!,
        18: axes[1]!,
        19: axes[2]!,
      },
      floats: { 11: 2, 12: 6, 13: 12 },
    });
    expect(shape).toEqual([4, 3, 2]);
    expect(header.start).toEqual([1, 2, 3]);
    expect(voxelSize).toEqual([1, 2, 3]);
    let i = 0;
    for (let z = 0; z < 4; z++)
      for (let y = 0; y < 3; y++)
        for (let x = 0; x < 2; x++) expect((data[i++]! + 256) % 256).toBe((100 * z + 10 * y + x) % 256);
  },
);

test("the extended header is skipped and its type kept", () => {
  const bytes = mrcFixture({ counts: [1, 1, 1], mode: 0, samples: [7], extended: 80 });
  bytes.set([0x46, 0x45, 0x49, 0x31], 104);
  const { data, header } = readMrc(bytes, "map.mrc");
  expect(data[0]).toBe(7);
  expect([header.extendedType, header.extendedBytes]).toEqual(["FEI1", 80]);
});

test("an extended header that the file has not got is remarked on, where the rest fits to the byte", () => {
  const bytes = mrcFixture({ counts: [2, 2, 1], mode: 0, samples: [7, 8, 9, 10], extended: 80 });
  const copied = Uint8Array.of(...bytes.subarray(0, 1024), ...bytes.subarray(1104));
  const { data, header } = readMrc(copied, "map.mrc");
  expect([...data]).toEqual([7, 8, 9, 10]);
  expect(header.remarks).toContain("word 24 (NSYMBT) says 80 bytes, which the file has not got");
  expect(() => readMrc(bytes.subarray(0, 1107), "map.mrc")).toThrow(
    "map.mrc: file size: found 1107, expected 1108 bytes, from the header",
  );
});

test("a few bytes behind the data are passed over with a remark, where they cannot be a section or an extended header", () => {
  const bytes = mrcFixture({ counts: [2, 2, 2], mode: 0, samples: [1, 2, 3, 4, 5, 6, 7, 8] });
  const longer = (more: number) => Uint8Array.of(...bytes, ...Array(more).fill(9));
  const { data, header } = readMrc(longer(3), "map.mrc");
  expect([...data]).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
  expect(header.remarks).toContain("3 bytes stand behind the data, and are passed over");
  const refused = "map.mrc: file size: found 1036, expected 1032 bytes, from the header";
  expect(() => readMrc(longer(4), "map.mrc")).toThrow(refused);
  const wide = mrcFixture({ counts: [40, 40, 1], mode: 0, samples: Array(1600).fill(1) });
  expect(() => readMrc(Uint8Array.of(...wide, ...Array(1024).fill(9)), "map.mrc")).toThrow(
    "map.mrc: file size: found 3648, expected 2624 bytes, from the header",
  );
  const typed = longer(3);
  typed.set(new TextEncoder().encode("FEI1"), 104);
  expect(() => readMrc(typed, "map.mrc")).toThrow("map.mrc: file size: found 1035, expected 1032 bytes");
});

describe("kind", () => {
  const kind = (counts: number[], intervals: number, path: string, ints = {}) =>
    read({ counts, mode: 0, samples: Array(counts[2]!).fill(0), ints: { 10: intervals, ...ints } }, path)
      .header.kind;
  test("one section is an image", () => expect(kind([1, 1, 1], 1, "a.mrc")).toBe("image"));
  test("MZ = 1 of several sections is a stack", () => expect(kind([1, 1, 3], 1, "a.mrc")).toBe("stack"));
  test(".mrcs is a stack whatever MZ says, as RELION writes it", () =>
    expect(kind([1, 1, 3], 3, "a.mrcs")).toBe("stack"));
  test("otherwise a volume, though RELION leaves ISPG 0", () =>
    expect(kind([1, 1, 3], 3, "a.mrc")).toBe("volume"));
  test("a stack of volumes is refused", () =>
    expect(() => kind([1, 1, 4], 2, "a.mrc", { 23: 401 })).toThrow("stack of volumes"));
});

describe("refusals name the word", () => {
  const base = { counts: [2, 2, 2], mode: 0, samples: [1, 2, 3, 4, 5, 6, 7, 8] };
  test.each([
    [{ ...base, counts: [2, -2, 2] }, "words 1-3 (NX NY NZ): found [2,-2,2], expected three positive counts"],
    [{ ...base, counts: [2, 2, 3] }, "file size: found 1032, expected 1036 bytes, from the header"],
    [{ ...base, counts: [2, 2, 1] }, "file size: found 1032, expected 1028 bytes, from the header"],
    [{ ...base, counts: [0x7fffffff, 0x7fffffff, 0x7fffffff] }, "file size: found 1032, expected 9.9"],
    [{ ...base, ints: { 17: 1, 18: 1, 19: 3 } }, "words 17-19 (MAPC MAPR MAPS): found [1,1,3]"],
    [{ ...base, ints: { 24: -5 } }, "word 24 (NSYMBT): found -5"],
    [{ ...base, ints: { 8: -1 } }, "words 8-10 (MX MY MZ)"],
    [{ ...base, floats: { 11: -3 } }, "words 11-13 (CELLA)"],
  ])("case %#", (fields, message) => {
    expect(() => read(fields)).toThrow(`map.mrc: ${message}`);
  });

  test("a wrong mark or a wrong stamp where mode and sizes make no sense either", () => {
    const damaged = mrcFixture({ ...base, mode: 77 });
    damaged[212] = 0x45;
    expect(() => readMrc(damaged, "map.mrc")).toThrow('word 54 (MACHST): found "45 44 00 00"');
    damaged[208] = 0x58;
    expect(() => readMrc(damaged, "map.mrc")).toThrow('word 53 (MAP): found "XAP", expected "MAP "');
    expect(() => readMrc(damaged.subarray(0, 100), "map.mrc")).toThrow(FormatError);
  });
});

describe("readVolume", () => {
  const base = { counts: [2, 2, 2], mode: 0, samples: [1, 2, 3, 4, 5, 6, 7, 8] };
  test("takes the voxel size from CELLA over MX", () => {
    expect(readVolume(mrcFixture({ ...base, floats: { 11: 3, 12: 3, 13: 3 } }), "map.mrc").voxelSize).toBe(
      1.5,
    );
  });
  test("asks for a voxel size where there is none, and takes the one given", () => {
    const bytes = mrcFixture({ ...base, floats: { 11: 0, 12: 0, 13: 0 } });
    expect(() => readVolume(bytes, "map.mrc")).toThrow("a voxel size, in the file or given beside it");
    expect(readVolume(bytes, "map.mrc", 2).voxelSize).toBe(2);
    expect(mrcPixelSize(parseMrcHeader(bytes, bytes.length, "map.mrc"))).toBeUndefined();
  });
  test.each([
    [{ 11: 3, 12: 3, 13: 4 }, "cubic voxels"],
    [{ 15: 94 }, "rectangular cell"],
    [{ 11: 3e-10, 12: 3e-10, 13: 3e-10 }, "expected 0.1 to 50 angstrom"],
  ])("refuses %o", (floats, message) => {
    expect(() => readVolume(mrcFixture({ ...base, floats }), "map.mrc")).toThrow(message);
  });
  test("refuses a stack", () => {
    expect(() => readVolume(mrcFixture(base), "particles.mrcs")).toThrow('found "stack", expected a volume');
  });
});
