import { describe, expect, test } from "vitest";
import { writeMrc } from "../../src/io/mrc/write.js";
import { readImage } from "../../src/io/read-image.js";
import { fixture, picture } from "./picture.js";

describe("readImage", () => {
  const data = new Float32Array([1, 2, 3, 4, 5, 6]);
  test("MRC, with its pixel size", async () => {
    const bytes = writeMrc({ data, shape: [1, 2, 3], voxelSize: 1.5 });
    expect(await readImage(bytes, "a.mrc")).toEqual({ image: { data, shape: [2, 3] }, pixelSize: 1.5 });
    expect((await readImage(bytes, "without-ending")).image.shape).toEqual([2, 3]);
  });
  test("pixels that are not square are refused", async () => {
    const bytes = writeMrc({ data, shape: [1, 2, 3], voxelSize: [1.5, 2, 1.5] });
    await expect(readImage(bytes, "a.mrc")).rejects.toThrow(
      "a.mrc: words 11-13 (CELLA) over MX, MY, MZ: found [1.5,2], expected one pixel size along all axes",
    );
  });
  test("a stack is not an image", async () => {
    const bytes = writeMrc({ data, shape: [2, 1, 3], voxelSize: 1.5, kind: "stack" });
    await expect(readImage(bytes, "a.mrcs")).rejects.toThrow(
      "a.mrcs: word 3 (NZ): found 2, expected 1: a single image, not a stack or the frames of a movie",
    );
    await expect(readImage(bytes.subarray(0, 9), "a.eer")).rejects.toThrow(
      "a.eer: found a movie, expected a micrograph: its motion is corrected first",
    );
  });
  test("PNG is known by its first bytes, whatever its name", async () => {
    const { image, pixelSize } = await readImage(fixture("png/grey8.png"), "a.mrc");
    expect([...image.data]).toEqual(picture((v) => v % 256));
    expect(pixelSize).toBeUndefined();
  });
  test("another format is refused by name", async () => {
    await expect(readImage(new Uint8Array(300), "a.jpg")).rejects.toThrow(
      'a.jpg: name: found "a.jpg", expected',
    );
  });
});
