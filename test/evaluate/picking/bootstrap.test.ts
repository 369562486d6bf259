import { describe, expect, test } from "vitest";
import { Random } from "../../../src/core/random.js";
import { bootstrapPicking } from "../../../src/evaluate/picking/bootstrap.js";
import {
  type MatchedMicrograph,
  matchMicrograph,
  poolScores,
} from "../../../src/evaluate/picking/picking.js";

describe("bootstrapPicking", () => {
  const random = Random.of(2, "bootstrap test");
  const matched: MatchedMicrograph[] = Array.from({ length: 6 }, () => {
    const truth = Array.from({ length: 30 }, () => ({
      x: random.uniform(0, 500),
      y: random.uniform(0, 500),
    }));
    const picks = truth.map(({ x, y }) => {
      const isRight = random.uniform() < 0.7;
      // few different scores: ties count together
      const score = Math.round(random.normal(isRight ? 4 : 2, 1.5));
      return { x: isRight ? x : random.uniform(0, 500), y, score };
    });
    return matchMicrograph({ truth, picks, shape: [500, 500] }, { radius: 5, threshold: 3 });
  });

  test("one micrograph drawn again and again has no spread: its own scores", () => {
    for (const each of matched) {
      const intervals = bootstrapPicking([each], { rounds: 3 });
      const scores = poolScores([each]);
      for (const name of ["auprc", "precision", "recall", "f1"] as const) {
        expect(intervals[name][0]).toBeCloseTo(scores[name], 12);
        expect(intervals[name][1]).toBeCloseTo(scores[name], 12);
      }
    }
  });

  test("as pooling the drawn micrographs themselves", () => {
    const intervals = bootstrapPicking(matched, { rounds: 4000, seed: 3 });
    const own = Random.of(9, "plain bootstrap");
    const values = Array.from({ length: 4000 }, () =>
      poolScores(matched.map(() => matched[own.integer(matched.length)]!)),
    );
    for (const name of ["auprc", "precision", "recall", "f1"] as const) {
      const sorted = values.map((scores) => scores[name]).sort((a, b) => a - b);
      expect(intervals[name][0]).toBeCloseTo(sorted[100]!, 2);
      expect(intervals[name][1]).toBeCloseTo(sorted[3900]!, 2);
    }
    expect(bootstrapPicking(matched, { rounds: 50, seed: 4 })).toEqual(
      bootstrapPicking(matched, { rounds: 50, seed: 4 }),
    );
  });
});
