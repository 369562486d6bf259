import { describe, expect, test } from "vitest";
import { type EmanImage, withEmanHdf } from "../../../src/io/hdf5/eman.js";
import { readImage } from "../../../src/io/read-image.js";
import { fixture } from "../picture.js";

const value = (i: number): number => ((i * 37) % 251) - 100;
const imageOf = (bytes: Uint8Array, index: number): Promise<EmanImage> =>
  withEmanHdf(bytes, "a.hdf", (file) => file.read(index));

/** Structures of HDF5 1.6 by h5wasm, as EMAN2 asked for, and the newest ones by h5py. */
describe.each([
  ["eman.hdf", 12, (i: number, n: number) => value(i + n) / 4],
  ["eman-latest.hdf", 20, (i: number, n: number) => value(i) + n],
])("%s, which the HDF5 library wrote in EMAN2's layout", (name, count, sample) => {
  const bytes = fixture(`hdf5/${name}`);
  test("images are counted in the order of their numbers", async () => {
    expect(await withEmanHdf(bytes, name, (file) => file.count)).toBe(count);
    for (const n of [0, 3, 10, 11]) {
      const { data, shape, pixelSize } = await imageOf(bytes, n);
      expect(shape).toEqual([1, 3, 4]);
      expect(pixelSize).toBe(1.25);
      expect([...data]).toEqual(Array.from({ length: 12 }, (_, i) => sample(i, n)));
    }
  });

  test("deflated chunks of reduced bits get their values back", async () => {
    const { data, shape } = await imageOf(bytes, 1);
    expect(shape).toEqual([1, 99, 70]);
    // 5 bits between -2 and 13.5 are steps of a half.
    expect(data).toBeAllclose(Float32Array.from({ length: 99 * 70 }, (_, i) => ((i * 7) % 32) / 2 - 2));
  });

  test("chunks of a volume that reach over its edges", async () => {
    const { data, shape } = await imageOf(bytes, 2);
    expect(shape).toEqual([5, 6, 7]);
    expect([...data]).toEqual(Array.from({ length: 210 }, (_, i) => value(i)));
  });
});

describe("refusals", () => {
  const bytes = fixture("hdf5/eman.hdf");
  const readAll = (damaged: Uint8Array): Promise<unknown> =>
    withEmanHdf(damaged, "a.hdf", (file) => Array.from({ length: file.count }, (_, i) => file.read(i)));

  test.each([
    ["another version", bytes.with(8, 9)],
    ["a cut end", bytes.subarray(0, bytes.length / 2)],
    ["a cut header", bytes.subarray(0, 40)],
  ])("%s", async (_name, damaged) => {
    await expect(readAll(damaged)).rejects.toThrow(/^a.hdf: HDF5: found ".+", expected a whole HDF5 file$/);
  });

  test("after damage a whole file is read as before", async () => {
    await expect(readAll(bytes.subarray(0, 20_000))).rejects.toThrow("a.hdf");
    expect([...(await imageOf(bytes, 0)).data]).toEqual(Array.from({ length: 12 }, (_, i) => value(i) / 4));
  });

  test("a filter that the library has not got is named, and nothing is made up", async () => {
    await expect(imageOf(fixture("hdf5/eman-lzf.hdf"), 0)).rejects.toThrow(
      "a.hdf: HDF5 filter: found lzf, expected deflate, shuffle, Fletcher32 or none",
    );
  });

  test("other groups are named", async () => {
    const text = new TextDecoder("latin1").decode(bytes);
    const damaged = bytes.with(text.indexOf("MDF\0"), 0x4e);
    await expect(readAll(damaged)).rejects.toThrow("a.hdf: ");
    await expect(imageOf(bytes, 12)).rejects.toThrow(
      'a.hdf: /MDF/images: found "no image 12", expected 0 to 11',
    );
  });

  test("a stack is not an image", async () => {
    await expect(readImage(bytes, "a.hdf")).rejects.toThrow(
      "a.hdf: /MDF/images: found 12, expected a single image",
    );
  });
});
