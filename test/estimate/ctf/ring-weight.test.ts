import { describe, expect, test } from "vitest";
import { type Image, zeros } from "../../../src/array/image.js";
import { variance } from "../../../src/array/statistics.js";
import { Random } from "../../../src/core/random.js";
import { weightedByContrast } from "../../../src/estimate/ctf/ring-weight.js";
import { whiteNoise } from "../simulated.js";

const N = 600;
const PIXEL = 3;

/** The weight that each pixel got. */
const weightOf = (image: Image): Float32Array => {
  const middle = image.data.reduce((a, b) => a + b, 0) / image.data.length;
  return weightedByContrast(image, PIXEL).data.map((value, i) => value / (image.data[i]! - middle));
};

/** White noise and, in the left half only, blobs of 40 angstrom. */
function halfFull(): Image {
  const image = whiteNoise(N, N, 1);
  const random = Random.of(1, "blobs");
  for (let blob = 0; blob < 60; blob++) {
    const x0 = random.integer(N / 2 - 40);
    const y0 = random.integer(N);
    for (let y = Math.max(0, y0 - 20); y < Math.min(N, y0 + 20); y++) {
      for (let x = Math.max(0, x0 - 20); x < x0 + 20; x++) {
        const r2 = ((x - x0) ** 2 + (y - y0) ** 2) * PIXEL * PIXEL;
        image.data[y * N + x]! -= 2 * Math.exp(-r2 / (2 * 20 ** 2));
      }
    }
  }
  return image;
}

describe("weights by contrast", () => {
  test("an empty half counts at most a fifth of a full one, by power", () => {
    const weight = weightOf(halfFull());
    const power = (from: number): number => {
      let sum = 0;
      for (let y = 0; y < N; y++) {
        for (let x = from; x < from + 200; x++) {
          const w = weight[y * N + x]!;
          if (Number.isFinite(w)) sum += w * w;
        }
      }
      return sum;
    };
    expect(power(N - 220) / power(20)).toBeLessThan(0.2);
  });

  test("noise that is alike everywhere keeps nearly equal weights", () => {
    const weight = weightOf(whiteNoise(N, N, 2)).filter(Number.isFinite);
    expect(variance(weight)).toBeLessThan(0.05);
  });

  test("a flat image stays flat, and a scale passes through", () => {
    expect(weightedByContrast(zeros(300, 300), PIXEL).data.every((value) => value === 0)).toBe(true);
    const image = halfFull();
    const scaled = { data: image.data.map((value) => 100 - 8 * value), shape: image.shape };
    const [a, b] = [image, scaled].map((one) => weightedByContrast(one, PIXEL).data);
    expect(b!.map((value) => value / -8)).toBeAllclose(a!, { absolute: 2e-3 });
  });
});
