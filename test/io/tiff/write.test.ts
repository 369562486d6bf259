import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { readMrc } from "../../../src/io/mrc/read.js";
import { TIFF_COMPRESSIONS } from "../../../src/io/tiff/compression.js";
import { packLzw } from "../../../src/io/tiff/lzw.js";
import { readTiff } from "../../../src/io/tiff/read.js";
import { encodeTiff, type TiffCompression, type TiffPicture } from "../../../src/io/tiff/write.js";
import { hasProgram } from "../../physics/relion.js";
import { picture } from "../picture.js";

const COMPRESSIONS: readonly TiffCompression[] = ["none", "lzw", "deflate"];
const SAMPLES: readonly (readonly [string, TiffPicture["samples"]])[] = [
  ["8 bits", Uint8Array.from(picture((v) => v % 256))],
  ["16 bits", Uint16Array.from(picture((v) => (v * 257) % 65536))],
  ["signed", Int16Array.from(picture((v) => v - 300))],
  ["float", Float32Array.from(picture((v) => v / 8 - 20))],
];

describe.each(COMPRESSIONS)("%s", (compression) => {
  test.each(SAMPLES)("%s: what is written is read, turned over twice", (_name, samples) => {
    const bytes = encodeTiff({ shape: [9, 13], samples, compression, pixelSize: 1.237 });
    const { image, pixelSize } = readTiff(bytes, "a.tif");
    expect(image).toEqual({ data: Float32Array.from(samples), shape: [9, 13] });
    expect(pixelSize).toBeCloseTo(1.237, 8);
    const stored = readTiff(bytes, "a.tif", "stored").image.data;
    expect(stored[0]).toBe(samples[8 * 13]);
  });
});

test("images of many strips, and of rows longer than a strip", () => {
  const samples = Float32Array.from({ length: 300 * 700 }, (_, i) => Math.sin(i));
  for (const shape of [
    [300, 700],
    [3, 70_000],
  ] as const) {
    const bytes = encodeTiff({ shape, samples, compression: "lzw" });
    expect(
      Buffer.compare(
        new Uint8Array(readTiff(bytes, "a.tif").image.data.buffer),
        new Uint8Array(samples.buffer),
      ),
    ).toBe(0);
  }
});

test("LZW of any bytes is undone, tables filled and cleared", () => {
  const unpack = TIFF_COMPRESSIONS[5]!.unpack;
  const undone = (bytes: Uint8Array): Uint8Array =>
    unpack(packLzw(bytes), { size: bytes.length, path: "a.tif", at: "strip 0" });
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 1, maxLength: 3000, max: 7 }), (bytes) => {
      expect(undone(bytes)).toEqual(bytes);
    }),
    { numRuns: 100, seed: 5 },
  );
  let state = 1;
  const long = Uint8Array.from({ length: 40_000 }, () => {
    state = (Math.imul(state, 1103515245) + 12345) & 0x7fffffff;
    return state >> 16;
  });
  expect(Buffer.compare(undone(long), long)).toBe(0);
  // every length near the places where codes grow wider
  for (const n of [
    253, 254, 255, 256, 257, 511, 512, 765, 766, 767, 768, 1789, 1790, 1791, 3836, 3837, 3838, 3839,
  ]) {
    expect(Buffer.compare(undone(long.subarray(0, n)), long.subarray(0, n))).toBe(0);
  }
});

test("samples that do not fill the shape and a pixel size of 0 are refused", () => {
  expect(() => encodeTiff({ shape: [2, 2], samples: new Uint8Array(3) })).toThrow("encodeTiff: found shape");
  expect(() => encodeTiff({ shape: [1, 1], samples: new Uint8Array(1), pixelSize: 0 })).toThrow(
    "pixelSize: found 0",
  );
});

const hasPillow = spawnSync("/usr/bin/python3", ["-c", "import PIL.Image, numpy"]).status === 0;
describe.skipIf(!hasPillow)("Pillow (needs python3-pil and python3-numpy)", () => {
  test.each(COMPRESSIONS)("reads %s, the first row last", (compression) => {
    const folder = mkdtempSync(join(tmpdir(), "cryogem-tiff-"));
    try {
      for (const [name, samples] of SAMPLES) {
        const path = join(folder, "a.tif");
        writeFileSync(path, encodeTiff({ shape: [9, 13], samples, compression }));
        const script =
          "import sys, json, numpy, PIL.Image; print(json.dumps(numpy.array(PIL.Image.open(sys.argv[1])).tolist()))";
        const { stdout } = spawnSync("/usr/bin/python3", ["-c", script, path], { encoding: "utf8" });
        const rows = JSON.parse(stdout) as number[][];
        expect(rows.toReversed().flat(), name).toEqual(Array.from(samples));
      }
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});

const hasRelion = hasProgram("relion_image_handler");
describe.skipIf(!hasRelion)("RELION (needs relion_image_handler)", () => {
  test.each(COMPRESSIONS)("reads %s as the same image", (compression) => {
    const folder = mkdtempSync(join(tmpdir(), "cryogem-tiff-"));
    try {
      const samples = Float32Array.from(picture((v) => v / 4 - 20));
      writeFileSync(
        join(folder, "a.tif"),
        encodeTiff({ shape: [9, 13], samples, compression, pixelSize: 2 }),
      );
      spawnSync("relion_image_handler", ["--i", "a.tif", "--o", "b.mrcs"], { cwd: folder });
      const { data, shape } = readMrc(new Uint8Array(readFileSync(join(folder, "b.mrcs"))), "b.mrcs");
      expect(shape).toEqual([1, 9, 13]);
      expect(data).toEqual(samples);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});

test("pixels that are not square are refused when they are read", () => {
  const bytes = encodeTiff({ shape: [1, 1], samples: new Uint8Array(1), pixelSize: 2 });
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  const directory = view.getUint32(4, true);
  const entries = Array.from({ length: view.getUint16(directory, true) }, (_, i) => directory + 2 + 12 * i);
  const along = entries.find((at) => view.getUint16(at, true) === 283)!;
  // half as many pixels in a centimetre
  const rational = view.getUint32(along + 8, true);
  const other = new Uint8Array(bytes.length + 8);
  other.set(bytes);
  const out = new DataView(other.buffer);
  out.setUint32(along + 8, bytes.length, true);
  out.setUint32(bytes.length, view.getUint32(rational, true) / 2, true);
  out.setUint32(bytes.length + 4, view.getUint32(rational + 4, true), true);
  expect(() => readTiff(other, "a.tif")).toThrow(
    "a.tif: XResolution and YResolution, angstrom: found [2,4], expected one pixel size along both axes",
  );
});
