import { describe, expect, test } from "vitest";
import { Random } from "../../src/core/random.js";
import { chooseThreshold } from "../../src/pick/threshold.js";

const draw = (random: Random, count: number, mean: number, deviation: number): number[] =>
  Array.from({ length: count }, () => random.normal(mean, deviation));

describe("chooseThreshold", () => {
  test("two groups of their own width: where either is as likely", () => {
    const random = Random.of(4, "threshold");
    const scores = [...draw(random, 6000, 0, 1), ...draw(random, 3000, 8, 2)];
    // ln(2/3) - x²/2 = ln(1/3) - ln 2 - (x - 8)²/8, between the means
    const exact = (-16 + Math.sqrt(16 ** 2 + 4 * 3 * (64 + 8 * Math.log(4)))) / 6;
    const { threshold, separation, isClear } = chooseThreshold(scores);
    expect(isClear).toBe(true);
    expect(threshold).toBeGreaterThan(exact - 0.15);
    expect(threshold).toBeLessThan(exact + 0.15);
    expect(separation).toBeGreaterThan(4.7);
    expect(separation).toBeLessThan(5.4);
  });

  test("follows the scale and zero of the scores", () => {
    const random = Random.of(5, "threshold");
    const scores = [...draw(random, 500, 1, 0.6), ...draw(random, 60, 6, 1)];
    const { threshold } = chooseThreshold(scores);
    expect(chooseThreshold(scores.map((score) => 7 * score - 30)).threshold).toBeCloseTo(
      7 * threshold - 30,
      6,
    );
  });

  test("a handful of enormous scores does not become the particles", () => {
    const random = Random.of(6, "threshold");
    const scores = [...draw(random, 2000, 0, 1), ...draw(random, 600, 8, 1.5), 60, 80, 90, 400];
    const { threshold } = chooseThreshold(scores);
    expect(threshold).toBeGreaterThan(2.5);
    expect(threshold).toBeLessThan(5);
  });

  test("one group of scores is not clear, nor are a few or equal ones", () => {
    expect(chooseThreshold(draw(Random.of(7, "threshold"), 2000, 3, 1)).isClear).toBe(false);
    expect(chooseThreshold([3, 1, 2])).toMatchObject({ threshold: 1, isClear: false });
    expect(chooseThreshold(new Array<number>(50).fill(2))).toMatchObject({ threshold: 2, isClear: false });
    expect(chooseThreshold([])).toMatchObject({ threshold: 0, isClear: false });
  });
});
