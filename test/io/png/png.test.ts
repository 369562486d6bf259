import { deflateSync } from "node:zlib";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { crc32, readPngChunks, writePngChunks } from "../../../src/io/png/chunks.js";
import { decodePng, readPng } from "../../../src/io/png/read.js";
import { encodePng } from "../../../src/io/png/write.js";
import { fixture, picture } from "../picture.js";
import { hasSharedData, sharedBytes } from "../shared-data.js";

const read = (name: string, colour?: "luminance") => [...readPng(fixture(`png/${name}`), name, colour).data];

describe("pictures that Pillow wrote", () => {
  test("1-bit masks are 0 and 1", () =>
    expect(read("grey1.png")).toEqual(picture((v) => (v % 3 === 0 ? 1 : 0))));
  test("8-bit grey", () => expect(read("grey8.png")).toEqual(picture((v) => v % 256)));
  test("16-bit grey is exact", () => expect(read("grey16.png")).toEqual(picture((v) => (v * 257) % 65536)));

  test.each(["rgb8.png", "rgba8.png"])("%s is refused as a grey picture, and decoded on request", (name) => {
    expect(() => read(name)).toThrow(`${name}: IHDR colour type: found "colour", expected grey`);
    const { channels, samples, shape } = decodePng(fixture(`png/${name}`), name);
    expect(shape).toEqual([9, 13]);
    for (const [i, factor] of [1, 3, 5].entries()) {
      const channel = picture((v) => (v * factor) % 256);
      expect(Array.from({ length: 117 }, (_, pixel) => samples[pixel * channels + i])).toEqual(channel);
    }
    const luminance = picture((v) => 0.299 * (v % 256) + 0.587 * ((v * 3) % 256) + 0.114 * ((v * 5) % 256));
    expect(read(name, "luminance")).toBeAllclose(luminance);
  });

  test("a palette of greys is looked up", () => {
    expect(read("palette.png", "luminance")).toEqual(picture((v) => (v % 4) * 60));
  });
});

describe("interlaced pictures that pypng wrote", () => {
  test("1-bit masks are 0 and 1", () =>
    expect(read("interlaced1.png")).toEqual(picture((v) => (v % 3 === 0 ? 1 : 0))));
  test("4-bit grey keeps its values", () => expect(read("interlaced4.png")).toEqual(picture((v) => v % 16)));
  test("16-bit grey is exact", () =>
    expect(read("interlaced16.png")).toEqual(picture((v) => (v * 257) % 65536)));
  test("a palette of greys", () =>
    expect(read("interlaced-palette.png", "luminance")).toEqual(picture((v) => (v % 4) * 60)));
  test("colour", () => {
    const { channels, samples } = decodePng(fixture("png/interlaced-rgb8.png"), "a.png");
    const of = (factor: number) => picture((v) => (v * factor) % 256);
    expect(channels).toBe(3);
    for (const [i, factor] of [1, 3, 5].entries())
      expect([...samples].filter((_, at) => at % 3 === i)).toEqual(of(factor));
  });
});

describe("encoding", () => {
  test("fast takes the better of two filters a row, and loses nothing", () => {
    const [rows, columns] = [40, 60];
    const smooth = Uint8Array.from(
      { length: rows * columns },
      (_, i) => Math.floor(i / columns) * 3 + (i % 7),
    );
    const noise = smooth.map((_, i) => 128 + (((i * 7919) % 31) - 15));
    for (const samples of [smooth, noise]) {
      const bytes = encodePng({ shape: [rows, columns], channels: 1, samples }, "fast");
      expect([...decodePng(bytes, "a.png").samples]).toEqual([...samples]);
    }
    const wide = Uint16Array.from(smooth, (value) => value * 257);
    const colour = encodePng({ shape: [rows, columns / 3], channels: 3, samples: smooth }, "fast");
    expect([...decodePng(colour, "c.png").samples]).toEqual([...smooth]);
    expect([
      ...decodePng(encodePng({ shape: [rows, columns], channels: 1, samples: wide }, "fast"), "w.png")
        .samples,
    ]).toEqual([...wide]);
  });

  const picturesOf = (wide: boolean) =>
    fc
      .tuple(
        fc.integer({ min: 1, max: 9 }),
        fc.integer({ min: 1, max: 9 }),
        fc.constantFrom(1 as const, 3 as const),
      )
      .chain(([rows, columns, channels]) => {
        const length = { minLength: rows * columns * channels, maxLength: rows * columns * channels };
        const samples = wide ? fc.uint16Array(length) : fc.uint8Array(length);
        return samples.map((values) => ({ shape: [rows, columns] as const, channels, samples: values }));
      });

  test("every picture of 8 or 16 bits comes back as it was", () => {
    fc.assert(
      fc.property(fc.boolean().chain(picturesOf), (original) => {
        const { shape, channels, samples } = decodePng(encodePng(original), "a.png");
        expect({ shape, channels, samples }).toEqual(original);
      }),
      { numRuns: 300, seed: 1 },
    );
  });

  test("refuses samples that do not fill the shape", () => {
    expect(() => encodePng({ shape: [2, 2], channels: 1, samples: new Uint8Array(3) })).toThrow("3 samples");
  });
});

describe("damage is refused", () => {
  const bytes = fixture("png/grey8.png");
  const changed = (change: (copy: Uint8Array) => void): Uint8Array => {
    const copy = bytes.slice();
    change(copy);
    return copy;
  };
  /** Rewrites IHDR and its checksum, so that only the lie is left to find. */
  const withHeader = (at: number, ...values: number[]) =>
    changed((copy) => {
      copy.set(values, 16 + at);
      new DataView(copy.buffer).setUint32(29, crc32(copy, 12, 29));
    });

  /** The picture's header with other rows. */
  const asFile = (rows: Uint8Array): Uint8Array =>
    writePngChunks([
      readPngChunks(bytes, "a.png")[0]!,
      { type: "IDAT", data: new Uint8Array(deflateSync(rows)) },
      { type: "IEND", data: new Uint8Array(0) },
    ]);

  test.each([
    ["the signature", changed((copy) => copy.fill(0, 0, 1)), "the PNG signature"],
    [
      "a flipped bit in the data",
      changed((copy) => {
        copy[60]! ^= 1;
      }),
      "chunk IDAT at byte 33: found",
    ],
    ["a cut end", bytes.subarray(0, bytes.length - 20), "chunk IDAT"],
    ["no IEND", bytes.subarray(0, bytes.length - 12), "without IEND"],
    [
      "taller than its data",
      withHeader(4, 0, 0, 0, 10),
      'IDAT: found "126 bytes", expected 140 bytes once inflated',
    ],
    ["shorter than its data", withHeader(4, 0, 0, 0, 8), "IDAT: found"],
    [
      "absurdly large",
      withHeader(0, 0x7f, 0xff, 0xff, 0xff, 0x7f, 0xff, 0xff, 0xff),
      "IHDR width and height: found [2147483647,2147483647], expected at most 268435456 pixels",
    ],
    ["larger than its data can hold", withHeader(0, 0, 0, 0x40, 0, 0, 0, 0x40, 0), "IDAT: found"],
    [
      "a filter that there is not",
      asFile(Uint8Array.from({ length: 9 * 14 }, (_, i) => (i % 14 === 0 ? 7 : 0))),
      "a.png: IDAT and PLTE: found",
    ],
    ["interlacing of another kind", withHeader(12, 2), "a.png: IHDR interlace: found 2, expected 0 or 1"],
    ["no columns", withHeader(0, 0, 0, 0, 0), "IHDR width and height"],
    ["3 bits", withHeader(8, 3), "IHDR bit depth and colour type: found [3,0]"],
  ])("%s", (_name, damaged, message) => {
    expect(() => readPng(damaged, "a.png")).toThrow(message);
  });

  test("data that go on beyond what the header promises are not unpacked to their end", () => {
    expect(() => readPng(asFile(new Uint8Array(20_000_000)), "a.png")).toThrow(
      'a.png: IDAT: found "more", expected 126 bytes once inflated',
    );
  });
});

describe.skipIf(!hasSharedData)("real pictures (needs ../shared/data)", () => {
  test("the ribosome masks are 1 inside and 0 outside", () => {
    const mask = readPng(sharedBytes("ribosome-10028/masks/061.png"), "061.png");
    expect(mask.shape).toEqual([1024, 1024]);
    // 148, 52 is the centre of a labelled disc of radius 25.
    const at = (x: number, y: number) => mask.data[y * 1024 + x];
    expect([at(148, 52), at(148, 72), at(148, 82), at(172, 52), at(178, 52)]).toEqual([1, 1, 0, 1, 0]);
  });

  test("the apoferritin micrographs are 16 bit", () => {
    const { data, shape } = readPng(sharedBytes("apoferritin-10146/micrographs/May08_03.05.02.png"), "a.png");
    expect(shape).toEqual([1200, 1240]);
    expect(data.some((value) => value > 255)).toBe(true);
  });
});
