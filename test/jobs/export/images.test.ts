import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { readMrc } from "../../../src/io/mrc/read.js";
import { writeMrc } from "../../../src/io/mrc/write.js";
import { readPng } from "../../../src/io/png/read.js";
import { readTiff } from "../../../src/io/tiff/read.js";
import type { ExportOptions } from "../../../src/jobs/export/run.js";
import { toyExport } from "./toy-export.js";

const { at, run, notes, warnings } = toyExport();
const bytes = (name: string): Uint8Array => new Uint8Array(readFileSync(at(name)));

describe("images", () => {
  const data = Float32Array.from({ length: 12 * 9 }, (_, i) => (i * 37) % 256);
  writeFileSync(at("image.mrc"), writeMrc({ data, shape: [1, 9, 12], voxelSize: 1.25 }));
  writeFileSync(
    at("map.mrc"),
    writeMrc({ data: data.map((v) => v / 7), shape: [3, 4, 9], voxelSize: 2, kind: "volume" }),
  );

  test("a map stays where it lies; one whose voxels are no cubes is refused", async () => {
    const map = (more: object): Uint8Array =>
      writeMrc({ data, shape: [3, 4, 9], voxelSize: 2, kind: "volume", ...more });
    writeFileSync(at("placed.mrc"), map({ origin: [10, -20, 30.5], start: [-4, 0, 7] }));
    await run(at("placed.mrc"), "placed.map", { mode: "int16" });
    const { origin, start } = readMrc(bytes("placed.map"), "placed.map").header;
    expect([origin, start]).toEqual([
      [10, -20, 30.5],
      [-4, 0, 7],
    ]);
    writeFileSync(at("flat.mrc"), map({ voxelSize: [2, 2, 4] }));
    await expect(run(at("flat.mrc"), "flat.map")).rejects.toThrow(
      "flat.mrc: words 11-13 (CELLA) over MX, MY, MZ: found [2,2,4], expected one voxel size along all axes",
    );
  });

  test("a pixel size that the file contradicts is written with a warning", async () => {
    await run(at("image.mrc"), "sized.mrc", { pixelSize: 2 });
    expect(readMrc(bytes("sized.mrc"), "sized.mrc").voxelSize[0]).toBe(2);
    expect(warnings).toEqual([
      `${at("image.mrc")}: its header says 1.25 angstrom per pixel; ${at("sized.mrc")} gets 2, as asked for`,
    ]);
  });

  test("a pixel size that is none in angstrom is not carried on", async () => {
    writeFileSync(at("far.mrc"), writeMrc({ data, shape: [1, 9, 12], voxelSize: 1500 }));
    await expect(run(at("far.mrc"), "far.tif")).rejects.toThrow(
      "far.mrc: pixel size in the header: found 1500, expected 0.1 to 50 angstrom",
    );
    await run(at("far.mrc"), "far.tif", { pixelSize: 1.5 });
    expect(readTiff(bytes("far.tif"), "far.tif").pixelSize).toBeCloseTo(1.5, 5);
    warnings.length = 0;
  });

  test("MRC to TIFF to PNG to MRC keeps every value, row order and pixel size", async () => {
    await run(at("image.mrc"), "image.tif", { mode: "uint8", compression: "lzw" });
    expect(readTiff(bytes("image.tif"), "image.tif")).toMatchObject({ image: { data }, pixelSize: 1.25 });
    await run(at("image.tif"), "image.png", { mode: "uint8" });
    expect(readPng(bytes("image.png"), "image.png").data).toEqual(data);
    await run(at("image.png"), "back.mrc.gz", { pixelSize: 1.25 });
    const back = readMrc(bytes("back.mrc.gz"), "back.mrc.gz");
    expect([back.data, back.voxelSize[0]]).toEqual([data, 1.25]);
    await expect(run(at("image.mrc"), "back.mrc.bz2")).rejects.toThrow(
      /out: found ".*back.mrc.bz2", expected a name in .gz or without packing: bzip2 is only read/,
    );
    await expect(run(at("image.png"), "no.mrc")).rejects.toThrow("found no pixel size, expected `pixelSize`");
  });

  test.each(["float16", "int16", "uint16", "uint8", "uint4"] as const)("modes of MRC: %s", async (mode) => {
    const stretch = mode === "uint4" ? { stretch: true } : {};
    await run(at("image.mrc"), `m-${mode}.mrc`, { mode, ...stretch });
    const read = readMrc(bytes(`m-${mode}.mrc`), mode);
    const offset = mode === "uint8" ? 128 : 0;
    if (mode !== "uint4") expect([...read.data]).toEqual([...data.map((v) => v - offset)]);
    else {
      expect(Math.min(...read.data)).toBe(0);
      expect(Math.max(...read.data)).toBe(15);
      expect([...read.data]).toBeAllclose([...data.map((v) => v / 17)], { absolute: 0.6 });
    }
  });

  test("values that do not fit are refused with the way out; stretched they fill the range", async () => {
    await expect(run(at("map.mrc"), "map8.mrc", { mode: "int8" })).rejects.toThrow(
      /expected whole numbers from -128 to 127: `stretch`/,
    );
    await run(at("map.mrc"), "map8.mrc", { mode: "int8", stretch: true });
    const { data: stored, header } = readMrc(bytes("map8.mrc"), "map8.mrc");
    expect([Math.min(...stored), Math.max(...stored), header.kind]).toEqual([-128, 127, "volume"]);
    await expect(run(at("map.mrc"), "map.png")).rejects.toThrow(
      "found 3 sections, expected a single image for png: give `section`",
    );
    await run(at("map.mrc"), "slice.tif", { section: 2 });
    expect(readTiff(bytes("slice.tif"), "slice.tif").image.data).toEqual(
      data.map((v) => v / 7).slice(36, 72),
    );
  });

  test("a PNG to look at says that it is one", async () => {
    await run(at("map.mrc"), "look.png", { section: 1 });
    expect(notes.at(-1)).toContain("contrast stretched to 8 bits");
    await run([at("image.mrc"), at("image.tif")], "several/x", { to: "mrc" }).catch((error: Error) => {
      expect(error.message).toContain("found two inputs for");
    });
  });

  test.each<[string, Partial<ExportOptions>, string]>([
    ["x.star", {}, "found an image, expected labels to write star: .star .cs "],
    ["x.tif", { flipY: 9 }, "flipY: found images, which it does not apply to"],
    ["x.png", { mode: "float32" }, "mode: found float32, expected uint8 or uint16 for PNG"],
    ["x.mrc", { compression: "lzw" }, "compression: found mrc, expected a TIFF"],
  ])("to %s with %j is refused", async (out, more, message) => {
    await expect(run(at("image.mrc"), out, more)).rejects.toThrow(message);
  });
});

describe("several images", () => {
  const image = (name: string, sections: number, voxelSize = 2): string => {
    const data = Float32Array.from({ length: sections * 16 }, (_, i) => i + 0.5);
    writeFileSync(at(name), writeMrc({ data, shape: [sections, 4, 4], voxelSize, mode: "float32" }));
    return at(name);
  };
  const [one, two, many] = [image("one.mrc", 1), image("two.mrc", 1), image("many.mrc", 3)];

  test.each<[string, readonly string[], Partial<ExportOptions>, RegExp]>([
    ["a stack among them", [one, many], { to: "tif" }, /many.mrc: found 3 sections/],
    ["values that do not fit", [one, two], { to: "tif", mode: "int16" }, /mode: found int16 for 0.5/],
    [
      "a section that is not there",
      [many, one],
      { to: "tif", section: 2 },
      /section: found 2, expected 1 to 1/,
    ],
    [
      "a mode of another format",
      [one, two],
      { to: "tif", mode: "float16" },
      /found float16, expected uint8, uint16, int16 or float32 for TIFF/,
    ],
    ["two of one name", [one, two, one], { to: "tif" }, /found two inputs for .*one.tif/],
    ["one that is not there", [one, at("gone.mrc")], { to: "tif" }, /gone.mrc/],
  ])("nothing is written where the last is refused: %s", async (_name, inputs, more, message) => {
    await expect(run(inputs, "half", more)).rejects.toThrow(message);
    expect(existsSync(at("half"))).toBe(false);
  });

  test("inputs are not written over by a conversion into their own folder", async () => {
    const before = readFileSync(one);
    await expect(run([one, two], ".", { to: "mrc", mode: "float16" })).rejects.toThrow(
      `out: found the folder of ${one}, which would be written over`,
    );
    expect(readFileSync(one).equals(before)).toBe(true);
  });

  test("all are written where all can be", async () => {
    expect(await run([one, two], "both", { to: "tif" })).toEqual([at("both/one.tif"), at("both/two.tif")]);
    const { image: read } = readTiff(new Uint8Array(readFileSync(at("both/two.tif"))), "two.tif");
    expect([...read.data].slice(0, 2)).toEqual([0.5, 1.5]);
  });
});
