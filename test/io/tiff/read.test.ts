import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { writeMrc } from "../../../src/io/mrc/write.js";
import { readImage } from "../../../src/io/read-image.js";
import { readTiff } from "../../../src/io/tiff/read.js";
import { fixture, picture } from "../picture.js";
import { hasSharedData, sharedBytes } from "../shared-data.js";

const read = (name: string) => readTiff(fixture(`tiff/${name}`), name, "stored").image;

test.each<[string, (v: number) => number]>([
  ["raw8.tif", (v) => v % 256],
  ["packbits8.tif", (v) => Math.floor(v / 64)],
  ["lzw16.tif", (v) => (v * 257) % 65536],
  ["lzw16-predictor.tif", (v) => (v * 257) % 65536],
  ["deflate-float.tif", (v) => v / 8 - 20],
  ["tiled-little.tif", (v) => v / 8 - 20],
  ["tiled-big.tif", (v) => v / 8 - 20],
  ["tiled-signed16.tif", (v) => v - 300],
])("%s", (name, value) => {
  const { data, shape } = read(name);
  expect(shape).toEqual([9, 13]);
  expect([...data]).toEqual(picture(value));
});

test("LZW that fills its table and clears it", () => {
  let state = 1n;
  const noise = Array.from({ length: 12000 }, () => {
    state = (state * 1103515245n + 12345n) & 0x7fffffffn;
    return Number((state >> 16n) & 15n);
  });
  expect([...read("lzw-long.tif").data]).toEqual(noise);
});

test("by default the rows are turned over, as RELION does", async () => {
  const stored = read("raw8.tif").data;
  const turned = readTiff(fixture("tiff/raw8.tif"), "a.tif").image.data;
  for (let row = 0; row < 9; row++) {
    expect([...turned.subarray(13 * row, 13 * row + 13)]).toEqual([
      ...stored.subarray(13 * (8 - row), 13 * (8 - row) + 13),
    ]);
  }
  expect((await readImage(fixture("tiff/raw8.tif"), "a.TIF")).image.data).toEqual(turned);
});

describe("refusals", () => {
  /** Changes the value of one tag of a little-endian fixture. */
  const withTag = (name: string, tag: number, value: number, newTag = tag): Uint8Array => {
    const bytes = fixture(`tiff/${name}`);
    const view = new DataView(bytes.buffer);
    const start = view.getUint32(4, true);
    for (let i = 0; i < view.getUint16(start, true); i++) {
      const at = start + 2 + 12 * i;
      if (view.getUint16(at, true) !== tag) continue;
      view.setUint16(at, newTag, true);
      view.setUint32(at + 8, value, true);
    }
    return bytes;
  };
  const raw = fixture("tiff/raw8.tif");
  test.each([
    ["another mark", raw.slice(1), "first 2 bytes: found"],
    ["another version", raw.with(2, 41), "bytes 2-3 (version): found 41"],
    ["a directory outside", raw.with(6, 9), "bytes 4-7 (directory)"],
    ["a cut end", raw.subarray(0, raw.length - 30), "strip 0: found"],
    ["more columns than data", withTag("raw8.tif", 256, 60000), "ImageWidth and ImageLength"],
    [
      "an absurd tile",
      withTag("tiled-little.tif", 322, 0x7fffffff),
      "TileWidth and TileLength: found [65535,4]",
    ],
    ["other strips", withTag("raw8.tif", 278, 1), 'StripOffsets: found "1 values", expected 9'],
    [
      "another compression",
      withTag("raw8.tif", 259, 7),
      "Compression: found 7, expected 1, 5, 8, 32773, 32946",
    ],
    ["12 bits", withTag("raw8.tif", 258, 12), "BitsPerSample: found 12"],
    ["a palette", withTag("raw8.tif", 262, 3), "PhotometricInterpretation: found 3, expected 1"],
    [
      "white as 0",
      fixture("tiff/white-is-zero.tif"),
      "PhotometricInterpretation: found 0, expected 1 (black is 0: write the file anew so",
    ],
    [
      "the bottom row first",
      fixture("tiff/bottom-first.tif"),
      "Orientation: found 4, expected 1 (the first row is the top: write the file anew so",
    ],
    ["colour", withTag("raw8.tif", 262, 3, 277), "SamplesPerPixel: found 3, expected 1"],
    [
      "a second image",
      raw.with(8 + 2 + 12 * raw[8]!, 8),
      "offset of the next image: found 8, expected 0: a single image",
    ],
    ["damaged LZW", fixture("tiff/lzw16.tif").with(12, 255).with(13, 255), "strip 0"],
  ])("%s", (_name, bytes, message) => {
    expect(() => readTiff(bytes, "a.tif")).toThrow(`a.tif: ${message}`);
  });
  test("BigTIFF is named", () =>
    expect(() => readTiff(raw.with(2, 43), "a.tif")).toThrow(
      "a.tif: bytes 2-3 (version): found 43, a BigTIFF, expected 42",
    ));
});

const hasRelion = spawnSync("relion_convert_to_tiff", ["--version"]).status === 0;
describe.skipIf(!hasRelion)("against RELION (needs relion_convert_to_tiff)", () => {
  test.each(["none", "deflate", "lzw"])(
    "an MRC file that it converts with %s is read as it was",
    (compression) => {
      const folder = mkdtempSync(join(tmpdir(), "cryogem-tiff-"));
      try {
        const data = new Float32Array(picture((v) => v / 4 - 20));
        writeFileSync(
          join(folder, "a.mrcs"),
          writeMrc({ data, shape: [1, 9, 13], voxelSize: 1.25, kind: "stack" }),
        );
        const options = ["--i", "a.mrcs", "--o", "./out/", "--compression", compression];
        spawnSync("relion_convert_to_tiff", options, { cwd: folder });
        const { image, pixelSize } = readTiff(
          new Uint8Array(readFileSync(join(folder, "out/a.tif"))),
          "a.tif",
        );
        expect(image).toEqual({ data, shape: [9, 13] });
        expect(pixelSize).toBeCloseTo(1.25, 5);
      } finally {
        rmSync(folder, { recursive: true });
      }
    },
  );
});

describe.skipIf(!hasSharedData)("a real image (needs ../shared/data)", () => {
  test("KLH as Xmipp wrote it", () => {
    const { image } = readTiff(sharedBytes("misc/KLH_xmipp_760x844.tif"), "KLH.tif");
    expect(image.shape).toEqual([844, 760]);
  });
});
