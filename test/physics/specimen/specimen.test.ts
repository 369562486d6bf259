import { describe, expect, test } from "vitest";
import { mean, standardDeviation } from "../../../src/array/statistics.js";
import { Random } from "../../../src/core/random.js";
import { eulerToMatrix } from "../../../src/core/rotation.js";
import { orientationSampler, weightedIndex } from "../../../src/physics/specimen/orientations.js";
import { crowdPositions } from "../../../src/physics/specimen/packing.js";
import { drawPositions } from "../../../src/physics/specimen/positions.js";
import { drawSpecimen, type SpecimenOptions } from "../../../src/physics/specimen/specimen.js";
import { countedRandom } from "../../helpers/counted-random.js";

const options: SpecimenOptions = {
  shape: [600, 900],
  pixelSize: 2,
  count: { mean: 40, standardDeviation: 10 },
  structures: [{ diameter: 100 }],
};

describe("drawSpecimen", () => {
  test("the same stream gives the same specimen", () => {
    const draw = () => drawSpecimen(options, Random.of(1, "specimen"));
    expect(draw()).toEqual(draw());
    expect(draw()).not.toEqual(drawSpecimen(options, Random.of(2, "specimen")));
  });

  test("counts are normal, clipped to two standard deviations, never below one", () => {
    const random = Random.of(2, "counts");
    const small = { ...options, structures: [{ diameter: 1 }] };
    const counts = Array.from({ length: 2000 }, () => drawSpecimen(small, random).requested);
    expect(Math.min(...counts)).toBe(20);
    expect(Math.max(...counts)).toBe(60);
    const mean = counts.reduce((a, b) => a + b, 0) / 2000;
    expect(Math.abs(mean - 40)).toBeLessThan(1);
    // the two tails beyond two deviations hold 2.3 % each
    expect(counts.filter((n) => n === 20).length / 2000).toBeCloseTo(0.025, 1);
    expect(drawSpecimen({ ...small, count: { mean: 0, standardDeviation: 0 } }, random).requested).toBe(1);
  });

  test("two centres lie at least the collapse ratio times the diameter apart", () => {
    const close = { ...options, collapseRatio: 0.6, count: { mean: 200, standardDeviation: 0 } };
    const { particles } = drawSpecimen(close, Random.of(3, "distance"));
    let least = Number.POSITIVE_INFINITY;
    for (const [i, a] of particles.entries()) {
      for (const b of particles.slice(i + 1)) least = Math.min(least, (a.x - b.x) ** 2 + (a.y - b.y) ** 2);
    }
    expect(Math.sqrt(least)).toBeGreaterThanOrEqual((0.6 * 100) / 2);
    expect(Math.sqrt(least)).toBeLessThan((0.7 * 100) / 2);
  });

  test("centres reach the edges and stay inside", () => {
    const dense = { ...options, structures: [{ diameter: 1 }], count: { mean: 5000, standardDeviation: 0 } };
    const { particles } = drawSpecimen(dense, Random.of(4, "edges"));
    const xs = particles.map((p) => p.x);
    const ys = particles.map((p) => p.y);
    expect([Math.min(...xs), Math.min(...ys)].every((v) => v >= -0.5 && v < 1)).toBe(true);
    expect(Math.max(...xs)).toBeLessThan(899.5);
    expect(Math.max(...xs)).toBeGreaterThan(898);
    expect(Math.max(...ys)).toBeLessThan(599.5);
    expect(Math.max(...ys)).toBeGreaterThan(598);
  });

  test("structures come in their ratios", () => {
    const mixed = {
      ...options,
      structures: [
        { diameter: 1, weight: 3 },
        { diameter: 2, weight: 1 },
      ],
      count: { mean: 4000, standardDeviation: 0 },
    };
    const { particles } = drawSpecimen(mixed, Random.of(5, "ratios"));
    const share = particles.filter((p) => p.structure === 1).length / particles.length;
    expect(Math.abs(share - 0.25)).toBeLessThan(5 * Math.sqrt((0.25 * 0.75) / 4000));
  });

  test("depths fill the ice that leaves the particle inside, or are 0 without a thickness", () => {
    const deep = {
      ...options,
      iceThickness: 500,
      count: { mean: 100, standardDeviation: 0 },
      collapseRatio: 0.1,
    };
    const depths = drawSpecimen(deep, Random.of(6, "depth")).particles.map((p) => p.depth);
    expect(Math.max(...depths.map(Math.abs))).toBeLessThanOrEqual(200);
    expect(Math.max(...depths)).toBeGreaterThan(150);
    expect(Math.min(...depths)).toBeLessThan(-150);
    expect(drawSpecimen(options, Random.of(6, "depth")).particles.every((p) => p.depth === 0)).toBe(true);
  });

  test("strengths have mean 1 and the spread asked for; places and views are those of particles that are alike", () => {
    const many = { ...options, structures: [{ diameter: 1 }], count: { mean: 4000, standardDeviation: 0 } };
    const uneven = drawSpecimen({ ...many, strengthSpread: 0.2 }, Random.of(6, "strength")).particles;
    const strengths = uneven.map(({ strength }) => strength!);
    const mean = strengths.reduce((a, b) => a + b, 0) / 4000;
    const spread = Math.sqrt(strengths.reduce((sum, s) => sum + (s - mean) ** 2, 0) / 4000);
    expect(Math.abs(mean - 1)).toBeLessThan((5 * 0.2) / Math.sqrt(4000));
    expect(Math.abs(spread / 0.2 - 1)).toBeLessThan(5 / Math.sqrt(8000));
    const alike = drawSpecimen(many, Random.of(6, "strength")).particles;
    expect(alike.every((p) => !("strength" in p))).toBe(true);
    expect(uneven.map(({ strength: _, ...rest }) => rest)).toEqual(alike);
  });

  test("particles of one specimen are strong or weak together, by as much as was asked for", () => {
    const few = { ...options, count: { mean: 3, standardDeviation: 0 }, micrographSpread: 0.2 };
    const all = Array.from({ length: 2000 }, (_, i) =>
      drawSpecimen(few, Random.of(i, "together")).particles.map(({ strength }) => strength!),
    );
    for (const strengths of all) expect(new Set(strengths).size).toBe(1);
    const factors = all.map(([first]) => first!);
    expect(Math.abs(mean(factors) - 1)).toBeLessThan((5 * 0.2) / Math.sqrt(2000));
    expect(Math.abs(standardDeviation(factors) / 0.2 - 1)).toBeLessThan(5 / Math.sqrt(4000));
    const both = drawSpecimen({ ...few, strengthSpread: 0.1 }, Random.of(1, "together")).particles;
    const apart = drawSpecimen(
      { ...few, micrographSpread: 0, strengthSpread: 0.1 },
      Random.of(1, "together"),
    );
    expect(both.length).toBe(3);
    expect(new Set(both.map(({ strength }) => strength)).size).toBe(3);
    expect(apart.particles.map(({ x, y }) => [x, y])).toEqual(both.map(({ x, y }) => [x, y]));
  });

  test("says when fewer found a place than were asked for", () => {
    const full = { ...options, count: { mean: 500, standardDeviation: 0 } };
    const { particles, requested } = drawSpecimen(full, Random.of(7, "full"));
    expect(requested).toBe(500);
    // random placement one by one would stop near 160
    expect(particles.length).toBeGreaterThan(200);
    expect(particles.length).toBeLessThan(270);
  });
});

describe("drawPositions", () => {
  test("fills a large field with discs to the jamming limit of random placement, 0.547", () => {
    const radii = new Array<number>(6000).fill(10);
    const { random, draws } = countedRandom(8, "jamming");
    const placed = drawPositions(1000, 1000, radii, random).filter((p) => p !== null);
    // centres may lie on the rim: the discs' own field is larger by a radius on every side
    const coverage = (placed.length * Math.PI * 100) / 1020 ** 2;
    expect(coverage).toBeGreaterThan(0.525);
    expect(coverage).toBeLessThan(0.55);
    // covered places are not tried again and again
    expect(draws()).toBeLessThan(200_000);
  });

  test("the first centre is uniform over the field", () => {
    const random = Random.of(9, "uniform");
    const counts = new Array<number>(16).fill(0);
    for (let i = 0; i < 4000; i++) {
      const [x, y] = drawPositions(80, 40, [3], random)[0]!;
      counts[4 * Math.floor(y / 10) + Math.floor(x / 20)]!++;
    }
    const chi2 = counts.reduce((sum, count) => sum + (count - 250) ** 2 / 250, 0);
    expect(chi2).toBeLessThan(45); // 15 degrees of freedom: p < 0.0001
  });

  test("the second centre is uniform over what the first leaves free", () => {
    const random = Random.of(10, "free");
    // a field of 40 x 10 with radii of 6: the second must lie 12 away; count it left and right of a first in the middle
    let [left, right] = [0, 0];
    for (let i = 0; i < 3000; i++) {
      const [first, second] = drawPositions(40, 10, [6, 6], random);
      if (!first || !second || Math.abs(first[0] - 20) > 2) continue;
      if (second[0] < first[0]) left++;
      else right++;
    }
    expect(Math.abs(left - right)).toBeLessThan(5 * Math.sqrt(left + right));
    expect(left + right).toBeGreaterThan(200);
  });
});

describe("crowdPositions", () => {
  const leastDistance = (centres: readonly (readonly [number, number])[]) => {
    let least = Number.POSITIVE_INFINITY;
    for (const [i, a] of centres.entries()) {
      for (const b of centres.slice(i + 1)) least = Math.min(least, (a[0] - b[0]) ** 2 + (a[1] - b[1]) ** 2);
    }
    return Math.sqrt(least);
  };

  test("fills seven tenths of the field without an overlap, which placing one by one cannot", () => {
    const radii = new Array<number>(580).fill(10);
    const centres = crowdPositions(500, 500, radii, Random.of(15, "crowd")).filter((p) => p !== null);
    expect(centres.length).toBe(580);
    expect(leastDistance(centres)).toBeGreaterThanOrEqual(20);
    expect(centres.every(([x, y]) => x >= 0 && x < 500 && y >= 0 && y < 500)).toBe(true);
    const oneByOne = drawPositions(500, 500, radii, Random.of(15, "crowd"));
    expect(oneByOne.filter((p) => p !== null).length).toBeLessThan(500);
  });

  test("gives no place to what the field cannot hold", () => {
    const radii = [40, ...new Array<number>(2000).fill(10)];
    const placed = crowdPositions(300, 200, radii, Random.of(16, "full"));
    const centres = placed.filter((p) => p !== null);
    expect(placed.length).toBe(2001);
    // 0.8 of 320 x 220 less the large disc: 163 small ones at most
    expect(placed[0]).not.toBe(null);
    expect(centres.length).toBeGreaterThan(130);
    expect(centres.length).toBeLessThanOrEqual(164);
    expect(leastDistance(centres)).toBeGreaterThanOrEqual(20);
  });
});

describe("orientations", () => {
  const direction = (angles: { rot: number; tilt: number; psi: number }) => eulerToMatrix(angles).slice(6);

  test("a cone's views lie within its half angle, uniform in solid angle", () => {
    const random = Random.of(11, "cone");
    const sample = orientationSampler({ kind: "cones", cones: [{ rot: 70, tilt: 110, halfAngle: 40 }] });
    const axis = direction({ rot: 70, tilt: 110, psi: 0 });
    const cosines = Array.from({ length: 4000 }, () => {
      const view = direction(sample(random));
      return view.reduce((sum, v, i) => sum + v * axis[i]!, 0);
    });
    const rim = Math.cos((40 * Math.PI) / 180);
    expect(Math.min(...cosines)).toBeGreaterThanOrEqual(rim - 1e-9);
    const mean = cosines.reduce((a, b) => a + b, 0) / 4000;
    expect(Math.abs(mean - (1 + rim) / 2)).toBeLessThan((5 * (1 - rim)) / Math.sqrt(12 * 4000));
  });

  test("a cone of 180 degrees is uniform on the sphere", () => {
    const random = Random.of(12, "sphere");
    const sample = orientationSampler({ kind: "cones", cones: [{ rot: 30, tilt: 60, halfAngle: 180 }] });
    const sums = [0, 0, 0];
    for (let i = 0; i < 4000; i++) for (const [j, v] of direction(sample(random)).entries()) sums[j]! += v;
    for (const sum of sums) expect(Math.abs(sum / 4000)).toBeLessThan(5 * Math.sqrt(1 / 3 / 4000));
  });

  test("a list gives its own views, with its in-plane angles or with uniform ones", () => {
    const random = Random.of(13, "list");
    const angles = [
      { rot: 10, tilt: 20, psi: 30 },
      { rot: -40, tilt: 90, psi: 5 },
    ];
    const kept = orientationSampler({ kind: "list", angles, keepPsi: true });
    const free = orientationSampler({ kind: "list", angles });
    const psis = new Set<number>();
    for (let i = 0; i < 100; i++) {
      expect(angles).toContainEqual(kept(random));
      const { rot, tilt, psi } = free(random);
      expect(angles.some((a) => a.rot === rot && a.tilt === tilt)).toBe(true);
      psis.add(psi);
    }
    expect(psis.size).toBe(100);
  });

  test("weights are probabilities; a zero weight never comes", () => {
    const random = Random.of(14, "weights");
    const pick = weightedIndex("w", [1, 0, 3]);
    const counts = [0, 0, 0];
    for (let i = 0; i < 4000; i++) counts[pick(random)]!++;
    expect(counts[1]).toBe(0);
    expect(Math.abs(counts[2]! / 4000 - 0.75)).toBeLessThan(5 * Math.sqrt((0.75 * 0.25) / 4000));
    expect(() => weightedIndex("w", [0, 0])).toThrow(/positive sum/);
  });
});
