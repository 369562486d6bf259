import { expect, test } from "vitest";
import { irfft3, rfft3 } from "../../../src/array/fft/fft.js";
import { randomisePhases } from "../../../src/array/spectrum/random-phases.js";
import { shellSums } from "../../../src/array/spectrum/shells.js";
import { Random } from "../../../src/core/random.js";

test.each([10, 11])(
  "random phases keep every amplitude and the map real, and leave the inner shells (%i)",
  (size) => {
    const data = Random.of(1).fillNormal(new Float32Array(size ** 3));
    const before = rfft3({ data, shape: [size, size, size], voxelSize: 1 });
    const scrambled = randomisePhases(before, 3, Random.of(2));
    // only the spectrum of a real volume comes back unchanged from a real volume
    const after = rfft3(irfft3(scrambled, 1));
    expect(after.data).toBeAllclose(scrambled.data, { relative: 0, absolute: 2e-4 });
    const amplitude = (d: Float32Array, i: number): number => Math.hypot(d[i]!, d[i + 1]!);
    for (let i = 0; i < before.data.length; i += 2) {
      expect(amplitude(after.data, i)).toBeCloseTo(amplitude(before.data, i), 3);
    }
    const { product, first } = shellSums(before, after, "whole spectrum");
    const correlation = product.map((sum, s) => sum / first[s]!);
    expect(correlation.slice(0, 3)).toBeAllclose([1, 1, 1], { relative: 1e-4 });
    expect(Math.abs(correlation[5]!)).toBeLessThan(0.3); // 300 frequencies or so
  },
);
