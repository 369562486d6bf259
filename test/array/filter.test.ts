import { describe, expect, test } from "vitest";
import { fourierFilter, gaussianBlur, localMean, localVariance, reflected } from "../../src/array/filter.js";
import { zeros } from "../../src/array/image.js";
import { oracle, oracleImage } from "./oracle.js";

describe("gaussianBlur", () => {
  test("agrees with scipy at 1.3 pixels, edges reflected", () => {
    expect(gaussianBlur(oracleImage, 1.3).data).toBeAllclose(oracle("blur1.3"), { relative: 1e-6 });
  });

  test("agrees with scipy at 7 pixels, wider than the image, by Fourier transform", () => {
    expect(gaussianBlur(oracleImage, 7).data).toBeAllclose(oracle("blur7"), { relative: 1e-6 });
  });

  test("agrees with scipy at 3.2 pixels, just where the Fourier transform begins", () => {
    expect(gaussianBlur(oracleImage, 3.2).data).toBeAllclose(oracle("blur3.2"), { relative: 1e-6 });
  });

  test("keeps a flat image flat on both ways and copies at sigma 0", () => {
    const flat = { data: new Float32Array(35).fill(3), shape: [5, 7] as const };
    expect(gaussianBlur(flat, 2).data).toBeAllclose(flat.data);
    expect(gaussianBlur(flat, 20).data).toBeAllclose(flat.data);
    const copy = gaussianBlur(oracleImage, 0);
    expect(copy.data).toEqual(oracleImage.data);
    expect(copy.data).not.toBe(oracleImage.data);
  });

  test("a negative sigma is refused by name", () => {
    expect(() => gaussianBlur(oracleImage, -1)).toThrow(
      "gaussianBlur: sigma: found -1, expected 0 to 100000 pixels",
    );
  });
});

test("reflected repeats the edge sample and goes on for ever", () => {
  expect([-4, -3, -2, -1, 0, 1, 2, 3, 4, 5, 6, 7].map((i) => reflected(i, 3))).toEqual([
    2, 2, 1, 0, 0, 1, 2, 2, 1, 0, 0, 1,
  ]);
});

describe("fourierFilter", () => {
  test("multiplies a wave by the transfer at its frequency, in cycles per pixel, x and y told apart", () => {
    const [rows, columns] = [24, 20];
    const image = zeros(rows, columns);
    for (let y = 0; y < rows; y++) {
      for (let x = 0; x < columns; x++) {
        image.data[y * columns + x] = Math.cos(2 * Math.PI * ((3 * x) / columns - (5 * y) / rows) + 0.3);
      }
    }
    const filtered = fourierFilter(image, (kx, ky) => 10 * kx + ky);
    const factor = 10 * (3 / columns) - 5 / rows;
    expect(filtered.data).toBeAllclose(
      image.data.map((value) => value * factor),
      { relative: 0, absolute: 1e-5 },
    );
  });

  test("leaves its input alone", () => {
    const before = oracleImage.data.slice();
    fourierFilter(oracleImage, () => 0);
    expect(oracleImage.data).toEqual(before);
  });
});

describe("localMean and localVariance", () => {
  test("agree with a direct sum over the part of the window inside the image", () => {
    expect(localMean(oracleImage, 5).data).toBeAllclose(oracle("localMean5"), { relative: 1e-6 });
    expect(localVariance(oracleImage, 5).data).toBeAllclose(oracle("localVariance5"), { relative: 2e-6 });
  });

  test("a window of one pixel gives the image and no variance; one beyond the image gives its own moments", () => {
    expect(localMean(oracleImage, 1).data).toBeAllclose(oracleImage.data, { relative: 1e-6 });
    expect(localVariance(oracleImage, 1).data).toBeAllclose(new Float32Array(180), { absolute: 1e-5 });
    const [mean, variance] = oracle("moments");
    expect(localMean(oracleImage, 99).data).toBeAllclose(new Float32Array(180).fill(mean!), {
      relative: 1e-6,
    });
    expect(localVariance(oracleImage, 99).data).toBeAllclose(new Float32Array(180).fill(variance!), {
      relative: 1e-6,
    });
  });

  test("an even window is refused", () => {
    expect(() => localMean(oracleImage, 4)).toThrow(
      "localMean: (size - 1) / 2: found 1.5, expected a whole number",
    );
  });
});
