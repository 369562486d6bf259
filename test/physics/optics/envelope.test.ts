import { expect, test } from "vitest";
import { irfft2, rfft2 } from "../../../src/array/fft/fft.js";
import { zeros } from "../../../src/array/image.js";
import { ctf, electronWavelength } from "../../../src/physics/optics/ctf.js";
import { multiplyCtf } from "../../../src/physics/optics/ctf-filter.js";
import { coherenceEnvelope } from "../../../src/physics/optics/envelope.js";

const optics = {
  ...{ voltage: 300, sphericalAberration: 2.7, amplitudeContrast: 0.1 },
  ...{ defocusU: 15_000, defocusV: 15_000, defocusAngle: 0, phaseShift: 0 },
};

/** Mean over a Gaussian of standard deviation 1, by a fine sum. */
function gaussianMean(value: (t: number) => number): number {
  let sum = 0;
  let weights = 0;
  for (let t = -6; t <= 6; t += 0.01) {
    const weight = Math.exp(-0.5 * t * t);
    sum += weight * value(t);
    weights += weight;
  }
  return sum / weights;
}

test("the envelope of focal spread is that of CTFs averaged over a Gaussian of foci", () => {
  const envelope = coherenceEnvelope(optics, { focalSpread: 60 });
  for (const k of [0.1, 0.2, 0.25, 0.3]) {
    const averaged = gaussianMean((t) => {
      const defocus = optics.defocusU + 60 * t;
      return ctf({ ...optics, defocusU: defocus, defocusV: defocus })(k, 0);
    });
    expect(envelope(k * k) * ctf(optics)(k, 0)).toBeCloseTo(averaged, 8);
  }
  expect(envelope(0.09)).toBeLessThan(0.95);
});

test("the envelope of convergence is that of phases that turn with the direction of illumination", () => {
  const milliradian = 0.1;
  const envelope = coherenceEnvelope(optics, { convergence: milliradian });
  const lambda = electronWavelength(300);
  for (const k of [0.05, 0.1, 0.15, 0.2]) {
    // a beam tilted by angle moves the frequency by angle / λ; the phase turns by its slope there
    const phase = (at: number): number =>
      Math.PI * lambda * optics.defocusU * at ** 2 - (Math.PI / 2) * 2.7e7 * lambda ** 3 * at ** 4;
    const slope = (phase(k + 1e-5) - phase(k - 1e-5)) / 2e-5;
    // 1/e at the half angle: a standard deviation of half angle / sqrt 2
    const averaged = gaussianMean((t) => Math.cos((slope * t * milliradian * 1e-3) / (Math.SQRT2 * lambda)));
    expect(envelope(k * k)).toBeCloseTo(averaged, 6);
  }
  expect(envelope(0.04)).toBeLessThan(0.6);
});

test("a filtered image has the CTF times both envelopes", () => {
  const n = 64;
  const image = zeros(n, n);
  image.data[0] = 1;
  const coherence = { focalSpread: 80, convergence: 0.05 };
  const spectrum = rfft2(image);
  multiplyCtf(spectrum, { ...optics, bFactor: 40, pixelSize: 1.2, factor: -1, coherence });
  const envelope = coherenceEnvelope(optics, coherence);
  for (const [row, column] of [
    [0, 5],
    [7, 11],
    [30, 20],
  ] as const) {
    const [kx, ky] = [column / (n * 1.2), row / (n * 1.2)];
    const expected = -ctf({ ...optics, bFactor: 40 })(kx, ky) * envelope(kx * kx + ky * ky);
    expect(spectrum.data[2 * (row * 33 + column)]).toBeCloseTo(expected, 6);
  }
  expect(irfft2(spectrum).data.length).toBe(n * n);
});

test("without spread or convergence it is 1; absurd ones are refused", () => {
  expect(coherenceEnvelope(optics, {})(0.1)).toBe(1);
  expect(() => coherenceEnvelope(optics, { focalSpread: -1 })).toThrow("focalSpread: found -1");
  expect(() => coherenceEnvelope(optics, { convergence: 11 })).toThrow("convergence: found 11");
});
