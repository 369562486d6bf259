import { describe, expect, test } from "vitest";
import { openEmanHdf } from "../../../src/io/hdf5/eman.js";
import { readImage } from "../../../src/io/read-image.js";
import { fixture } from "../picture.js";

const bytes = fixture("eman.hdf");
const value = (i: number): number => ((i * 37) % 251) - 100;

describe("a file that the HDF5 library wrote in EMAN2's layout", () => {
  const file = openEmanHdf(bytes, "eman.hdf");
  test("images are counted in the order of their numbers", () => {
    expect(file.count).toBe(12);
    for (const n of [0, 3, 10, 11]) {
      const { data, shape, pixelSize } = file.read(n);
      expect(shape).toEqual([1, 3, 4]);
      expect(pixelSize).toBe(1.25);
      expect([...data]).toEqual(Array.from({ length: 12 }, (_, i) => value(i + n) / 4));
    }
  });

  test("deflated chunks of reduced bits get their values back", () => {
    const { data, shape } = file.read(1);
    expect(shape).toEqual([1, 99, 70]);
    // 5 bits between -2 and 13.5 are steps of a half.
    expect(data).toBeAllclose(Float32Array.from({ length: 99 * 70 }, (_, i) => ((i * 7) % 32) / 2 - 2));
  });

  test("chunks of a volume that reach over its edges", () => {
    const { data, shape } = file.read(2);
    expect(shape).toEqual([5, 6, 7]);
    expect([...data]).toEqual(Array.from({ length: 210 }, (_, i) => value(i)));
  });
});

describe("refusals", () => {
  const read = (damaged: Uint8Array) => () => {
    const file = openEmanHdf(damaged, "a.hdf");
    for (let i = 0; i < 12; i++) file.read(i);
  };
  test.each([
    ["another mark", bytes.with(1, 0), "a.hdf: first 8 bytes: found"],
    ["another version", bytes.with(8, 9), "a.hdf: HDF5 superblock version: found 9"],
    ["a cut end", bytes.subarray(0, bytes.length / 2), "a.hdf: HDF5"],
    ["a cut header", bytes.subarray(0, 40), "a.hdf: HDF5 superblock at byte"],
  ])("%s", (_name, damaged, message) => expect(read(damaged)).toThrow(message));

  test("other groups are named", () => {
    const text = new TextDecoder("latin1").decode(bytes);
    const damaged = bytes.with(text.indexOf("MDF\0"), 0x4e);
    expect(read(damaged)).toThrow('a.hdf: groups: found "no MDF", expected /MDF/images, as EMAN2 writes it');
    expect(() => openEmanHdf(bytes, "a.hdf").read(12)).toThrow(
      'a.hdf: /MDF/images: found "no image 12", expected 0 to 11',
    );
  });

  test("a stack is not an image", () => {
    expect(() => readImage(bytes, "a.hdf")).toThrow("a.hdf: /MDF/images: found 12, expected a single image");
  });
});
