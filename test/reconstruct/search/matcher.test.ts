import { describe, expect, test } from "vitest";
import { Random } from "../../../src/core/random.js";
import { eulerToMatrix, uniformRotation } from "../../../src/core/rotation.js";
import { project } from "../../../src/physics/projection/project.js";
import { prepareProjector } from "../../../src/physics/projection/projector.js";
import { weighted } from "../../../src/reconstruct/search/descend.js";
import { frequenciesWithin } from "../../../src/reconstruct/search/frequencies.js";
import { Matcher } from "../../../src/reconstruct/search/matcher.js";
import { particleSpectrum } from "../../../src/reconstruct/search/particle-spectrum.js";
import { movedBack, shiftsWithin } from "../../../src/reconstruct/search/shifts.js";
import { SEARCH_CTF as ctf, SEARCH_PIXEL as pixelSize, searchVolume } from "./search-volume.js";

const random = Random.of(2, "matcher");
const volume = searchVolume();
const box = volume.shape[0];
const projector = prepareProjector(volume);
const frequencies = frequenciesWithin(box, 9.5);

describe("frequencies", () => {
  test("are one of every k and -k within the radius, without zero, lowest first", () => {
    const { kx, ky, ring, count } = frequencies;
    let whole = 0;
    for (let y = -11; y <= 11; y++) for (let x = -11; x <= 11; x++) if (x * x + y * y <= 9.5 ** 2) whole++;
    expect(count).toBe((whole - 1) / 2);
    const seen = new Set<string>();
    for (let i = 0; i < count; i++) {
      seen.add(`${kx[i]} ${ky[i]}`);
      seen.add(`${-kx[i]!} ${-ky[i]!}`);
      expect(ring[i]).toBe(Math.round(Math.sqrt(kx[i]! ** 2 + ky[i]! ** 2)));
      if (i > 0) expect(ring[i]).toBeGreaterThanOrEqual(ring[i - 1]!);
    }
    expect(seen.size).toBe(2 * count);
  });

  test("of a smaller radius are the first of those of a larger", () => {
    const few = frequenciesWithin(box, 5);
    expect(frequencies.kx.subarray(0, few.count)).toEqual(few.kx.subarray(0, few.count));
    expect(frequencies.ky.subarray(0, few.count)).toEqual(few.ky.subarray(0, few.count));
  });
});

describe("scores", () => {
  const matrices = Array.from({ length: 7 }, () => eulerToMatrix(uniformRotation(random)));
  const shifts = shiftsWithin(2, 1);
  const noise = Float64Array.from({ length: 32 }, (_, ring) => 40 + 3 * ring);

  test("are what the images themselves say: minus half the squared difference over the noise, but for a constant", () => {
    const image = project(projector, matrices[3]!, { shiftX: 1, shiftY: -1, ctf });
    for (let i = 0; i < image.data.length; i++) image.data[i]! += random.normal();
    const spectrum = particleSpectrum(image, frequencies, ctf, pixelSize);
    const { image: factor, weights } = weighted(spectrum, frequencies, noise);
    const scores = new Matcher([projector]).scores(
      matrices.map((matrix) => ({ reference: 0, matrix })),
      frequencies,
      movedBack(factor, frequencies, shifts),
      weights,
    );
    const expected = matrices.flatMap((matrix) =>
      shifts.map(({ x, y }) => {
        const model = project(projector, matrix, { shiftX: x, shiftY: y, ctf });
        const difference = model.data.map((value, i) => image.data[i]! - value);
        const rest = particleSpectrum({ data: difference, shape: [box, box] }, frequencies, ctf, pixelSize);
        return -power(rest.data, noise);
      }),
    );
    const constant = power(spectrum.data, noise);
    expect(scores).toBeAllclose(
      expected.map((value) => value + constant),
      // project() keeps its transform in 16-bit integers
      { relative: 2e-4, absolute: 0.01 },
    );
  });

  function power(data: Float32Array, sigma: Float64Array): number {
    const length = frequencies.kx.length;
    let sum = 0;
    for (let i = 0; i < frequencies.count; i++) {
      sum += (data[i]! ** 2 + data[length + i]! ** 2) / sigma[frequencies.ring[i]!]!;
    }
    return sum;
  }
});
