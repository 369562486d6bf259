import { expect, test } from "vitest";
import { DomainError } from "../../../src/core/errors.js";
import {
  type CtfParameters,
  ctf,
  delocalisation,
  electronWavelength,
} from "../../../src/physics/optics/ctf.js";

const underfocused: CtfParameters = {
  voltage: 300,
  sphericalAberration: 0,
  amplitudeContrast: 0,
  defocusU: 15_000,
  defocusV: 15_000,
  defocusAngle: 0,
  phaseShift: 0,
};

test.each([80, 120, 200, 300])("the wavelength at %i kV is that of relativistic mechanics to 1e-5", (kV) => {
  const [h, m, e, c] = [6.62607015e-34, 9.1093837e-31, 1.602176634e-19, 299792458];
  const energy = e * kV * 1e3;
  const metre = h / Math.sqrt(2 * m * energy * (1 + energy / (2 * m * c * c)));
  expect(Math.abs(electronWavelength(kV) / (metre * 1e10) - 1)).toBeLessThan(1e-5);
});

test.each([1, 2, 3, 10])("without aberration, lobe %i peaks at (n - 1/2) and ends at n / (λ Δz)", (n) => {
  const at = (m: number) => Math.sqrt(m / (electronWavelength(300) * 15_000));
  expect(ctf(underfocused)(at(n - 0.5), 0)).toBeCloseTo((-1) ** (n + 1), 10);
  expect(ctf(underfocused)(0, at(n))).toBeCloseTo(0, 10);
});

test("at zero frequency equals +amplitudeContrast", () => {
  expect(ctf({ ...underfocused, amplitudeContrast: 0.07 })(0, 0)).toBeCloseTo(0.07, 12);
});

test("a phase shift of 90 degrees turns the weak-phase sine into a cosine", () => {
  const shifted = ctf({ ...underfocused, phaseShift: 90 });
  const k = 0.05;
  expect(shifted(k, 0)).toBeCloseTo(Math.cos(Math.PI * electronWavelength(300) * 15_000 * k * k), 10);
});

test("spherical aberration subtracts (π/2) Cs λ³ k⁴", () => {
  const k = 0.25;
  const lambda = electronWavelength(300);
  const chi = Math.PI * lambda * 15_000 * k * k - (Math.PI / 2) * 2.7e7 * lambda ** 3 * k ** 4;
  expect(ctf({ ...underfocused, sphericalAberration: 2.7 })(k, 0)).toBeCloseTo(Math.sin(chi), 9);
});

test.each([0, 30, 90, 137])("along the angle %i° the defocus is U, across it V", (angle) => {
  const astigmatic = ctf({ ...underfocused, defocusU: 20_000, defocusV: 10_000, defocusAngle: angle });
  const [c, s] = [Math.cos((angle * Math.PI) / 180), Math.sin((angle * Math.PI) / 180)];
  const round = (defocus: number) => ctf({ ...underfocused, defocusU: defocus, defocusV: defocus });
  const k = 0.08;
  expect(astigmatic(k * c, k * s)).toBeCloseTo(round(20_000)(k, 0), 9);
  expect(astigmatic(-k * s, k * c)).toBeCloseTo(round(10_000)(k, 0), 9);
});

test("the B factor damps amplitudes by exp(-B k² / 4)", () => {
  const k = 0.1;
  const ratio = ctf({ ...underfocused, bFactor: 150 })(k, 0) / ctf(underfocused)(k, 0);
  expect(ratio).toBeCloseTo(Math.exp((-150 * k * k) / 4), 12);
});

test("delocalisation is the slope of the phase, at its largest up to the highest frequency", () => {
  const lambda = electronWavelength(300);
  expect(delocalisation(underfocused, 0.2)).toBeCloseTo(lambda * 0.2 * 15_000, 6);
  const aberrated = { ...underfocused, sphericalAberration: 2.7 };
  let largest = 0;
  for (let k = 0; k <= 0.5; k += 1e-4) {
    const cubic = 2.7e7 * lambda ** 3;
    largest = Math.max(largest, Math.abs(lambda * k * 15_000 - cubic * k ** 3));
  }
  expect(delocalisation(aberrated, 0.5) / largest).toBeCloseTo(1, 4);
});

test("refuses an amplitude contrast above 1 and names it", () => {
  expect(() => ctf({ ...underfocused, amplitudeContrast: 7 })).toThrow(DomainError);
  expect(() => ctf({ ...underfocused, amplitudeContrast: 7 })).toThrow(/amplitudeContrast: found 7/);
});
