import { expect, test } from "vitest";
import { fitNumberOfParticles, particlesFor } from "../../../src/evaluate/maps/rosenthal-henderson.js";

/** N = c / d exp(B / 2d²), with B = 120 and c = 3000. */
const exact = [12, 8, 6, 4, 3].map((resolution) => ({
  particles: (3000 / resolution) * Math.exp(120 / (2 * resolution ** 2)),
  resolution,
}));

test("the B factor of numbers of particles that follow the formula is found, and the numbers again", () => {
  const fit = fitNumberOfParticles(exact)!;
  expect(fit.bFactor).toBeCloseTo(120, 6);
  for (const { particles, resolution } of exact) {
    expect(particlesFor(resolution, fit) / particles).toBeCloseTo(1, 6);
  }
  // without the factor 1/d the slope takes it for more decay
  expect(fit.plainBFactor).toBeGreaterThan(125);
  expect(fit.plainBFactor).toBeLessThan(175);
});

test("two numbers of particles, or resolutions that get coarser with their number, tell no B factor", () => {
  expect(fitNumberOfParticles([...exact.slice(0, 2), exact[0]!])).toBeUndefined();
  const turned = exact.map(({ particles }, i) => ({ particles, resolution: exact.at(-1 - i)!.resolution }));
  expect(fitNumberOfParticles(turned)).toBeUndefined();
});
