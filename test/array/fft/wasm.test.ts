import { describe, expect, test } from "vitest";
import { irfft2, rfft2 } from "../../../src/array/fft/fft.js";
import { fitsWasm, type Shape3d } from "../../../src/array/fft/layout.js";
import { forwardReference, inverseReference } from "../../../src/array/fft/reference.js";
import { forwardWasm, inverseWasm } from "../../../src/array/fft/wasm.js";
import { Random } from "../../../src/core/random.js";
import { relativeError } from "./relative-error.js";

const SHAPES: readonly Shape3d[] = [
  [1, 2, 2],
  [1, 9, 3],
  [1, 64, 64],
  [1, 240, 250],
  [1, 81, 125], // odd
  [1, 7 * 13, 11 * 4], // general odd radices
  [1, 101, 2 * 61], // Rader
  [1, 257, 73],
  [1, 167, 173], // Bluestein
  [1, 2 * 107, 30],
  [1, 1, 1000],
  [1, 1000, 1],
  [1, 513, 260], // more than one stage, its last lines not a multiple of eight
  [2, 2, 2],
  [32, 32, 32],
  [13, 20, 27],
  [3, 17, 151],
];

describe("the WebAssembly transforms", () => {
  test.each(SHAPES)("of %i x %i x %i agree with the float64 reference below 3e-7", (...shape) => {
    const samples = shape[0] * shape[1] * shape[2];
    const data = Random.of(11).fillNormal(new Float32Array(samples));
    const expected = new Float32Array(2 * shape[0] * shape[1] * (Math.floor(shape[2] / 2) + 1));
    forwardReference(data, shape, expected);
    const found = new Float32Array(expected.length);
    forwardWasm(data, shape, found);
    expect(relativeError(found, expected)).toBeLessThan(3e-7);
    const image = new Float32Array(samples);
    inverseReference(expected, shape, image);
    const back = new Float32Array(samples);
    inverseWasm(expected, shape, 1 / samples, back);
    expect(relativeError(back, image)).toBeLessThan(3e-7);
  });

  test("give the same bytes whatever was transformed before", () => {
    const data = Random.of(12).fillNormal(new Float32Array(90 * 90));
    const first = rfft2({ data, shape: [90, 90] });
    rfft2({ data: new Float32Array(400 * 300).fill(Number.NaN), shape: [400, 300] });
    irfft2({ data: new Float32Array(2 * 10 * 6).fill(Number.NaN), shape: [10, 10] });
    expect(rfft2({ data, shape: [90, 90] }).data).toEqual(first.data);
    const clean = irfft2(first).data;
    rfft2({ data: new Float32Array(400 * 300).fill(Number.NaN), shape: [400, 300] });
    expect(irfft2(first).data).toEqual(clean);
  });

  test("leave room for what does not fit into 4 GiB", () => {
    expect(fitsWasm([1, 16384, 16384])).toBe(true);
    expect(fitsWasm([1024, 1024, 1024])).toBe(false);
  });
});

test("rfft2 and irfft2 fill the array they are given and refuse one of the wrong length", () => {
  const image = { data: Random.of(2).fillNormal(new Float32Array(60)), shape: [6, 10] as const };
  const out = new Float32Array(2 * 6 * 6);
  expect(rfft2(image, out).data).toBe(out);
  expect(out).toEqual(rfft2(image).data);
  const back = new Float32Array(60);
  expect(irfft2({ data: out, shape: [6, 10] }, back).data).toBe(back);
  expect(relativeError(back, image.data)).toBeLessThan(4e-7);
  expect(() => rfft2(image, new Float32Array(70))).toThrow("expected 72 floats of spectrum for [6, 10]");
});
