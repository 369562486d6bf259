import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { assignRows } from "../../../src/evaluate/picking/assignment.js";
import { matchPicks } from "../../../src/evaluate/picking/matching.js";
import { type PickedMicrograph, scorePicking } from "../../../src/evaluate/picking/picking.js";
import { wassersteinDistance } from "../../../src/evaluate/realism/wasserstein.js";
import { lcg } from "../realism/lcg.js";

const golden = (name: string) =>
  JSON.parse(readFileSync(new URL(`../../fixtures/evaluate/${name}.json`, import.meta.url), "utf8"));

describe("wassersteinDistance", () => {
  const cases: readonly { a: number[]; b: number[]; distance: number }[] = golden("wasserstein");

  test.each(cases)("agrees with scipy, case %#", ({ a, b, distance }) => {
    expect(wassersteinDistance(a, b)).toBeCloseTo(distance, 12);
    expect(wassersteinDistance(b, a)).toBeCloseTo(distance, 12);
  });

  test("a shift by s is s away, whatever the shape", () => {
    const values = lcg(100, 5);
    expect(
      wassersteinDistance(
        values,
        values.map((value) => value + 3),
      ),
    ).toBeCloseTo(3, 12);
  });
});

describe("assignRows", () => {
  const cases: readonly { rows: number; columns: number; seed: number; total: number }[] =
    golden("assignment");

  test.each(cases)("costs as little as scipy's assignment: $rows x $columns", (golden) => {
    const { rows, columns, seed, total } = golden;
    const cost = lcg(rows * columns, seed);
    const columnOf = assignRows(cost, rows, columns);
    expect(new Set(columnOf).size).toBe(rows);
    const found = columnOf.reduce((sum, column, row) => sum + cost[row * columns + column]!, 0);
    expect(found).toBeCloseTo(total, 10);
  });

  test("refuses more rows than columns", () => {
    expect(() => assignRows(new Float64Array(6), 3, 2)).toThrow(/rows <= columns/);
  });
});

interface GoldenPicking {
  readonly radius: number;
  readonly micrographs: readonly { truth: [number, number][]; picks: [number, number, number][] }[];
  readonly pairs: number;
  readonly distances: number;
  readonly auprc: number;
}

describe("picking", () => {
  const { radius, micrographs, pairs, distances, auprc }: GoldenPicking = golden("picking");
  const picked: PickedMicrograph[] = micrographs.map(({ truth, picks }) => ({
    truth: truth.map(([x, y]) => ({ x, y })),
    picks: picks.map(([x, y, score]) => ({ x, y, score })),
    shape: [400, 400],
  }));

  test("the assignment has scipy's number of pairs and sum of distances", () => {
    let count = 0;
    let sum = 0;
    for (const { truth, picks } of picked) {
      matchPicks(truth, picks, radius).forEach((index, pick) => {
        if (index < 0) return;
        count++;
        sum += Math.sqrt((truth[index]!.x - picks[pick]!.x) ** 2 + (truth[index]!.y - picks[pick]!.y) ** 2);
      });
    }
    expect(count).toBe(pairs);
    expect(sum).toBeCloseTo(distances, 8);
  });

  test("pooled scores agree with the protocol written in numpy", () => {
    const scores = scorePicking(picked, { radius });
    expect(scores.auprc).toBeCloseTo(auprc, 12);
    expect(scores.truePositives).toBe(pairs);
    expect(scores.precision).toBeCloseTo(pairs / 140, 12);
    expect(scores.recall).toBeCloseTo(pairs / 80, 12);
    expect(scores.f1).toBeCloseTo(pairs / 110, 12);
  });

  test("a pick takes the nearer of two, unless that costs another pick its only partner", () => {
    const truth = [
      { x: 0, y: 0 },
      { x: 10, y: 0 },
    ];
    const contested = [
      { x: 4, y: 0 },
      { x: -5, y: 0 },
    ];
    expect([...matchPicks(truth, contested, 6)]).toEqual([1, 0]);
    expect([...matchPicks(truth, contested.slice(0, 1), 6)]).toEqual([0]);
    expect([...matchPicks(truth, [{ x: 16.1, y: 0 }], 6)]).toEqual([-1]);
  });

  const perfect: PickedMicrograph = {
    truth: [
      { x: 50, y: 50 },
      { x: 5, y: 50 },
    ],
    picks: [{ x: 51, y: 50, score: 0.9 }],
    shape: [100, 100],
  };

  test("labels in the margin are neither found nor missed", () => {
    expect(scorePicking([perfect], { radius: 3 })).toMatchObject({ precision: 1, recall: 0.5, auprc: 0.5 });
    expect(scorePicking([perfect], { radius: 3, margin: 10 })).toMatchObject({ precision: 1, recall: 1 });
    const stray = { ...perfect, picks: [...perfect.picks, { x: 97, y: 3, score: 1 }] };
    expect(scorePicking([stray], { radius: 3, margin: 10 })).toMatchObject({ falsePositives: 0 });
    expect(scorePicking([stray], { radius: 3 })).toMatchObject({ falsePositives: 1, auprc: 0.25 });
  });

  test("only picks at or above the threshold count for precision and recall, all count for AUPRC", () => {
    const weak = { ...perfect, picks: [...perfect.picks, { x: 5, y: 50, score: 0.2 }] };
    expect(scorePicking([weak], { radius: 3, threshold: 0.5 })).toMatchObject({ recall: 0.5, auprc: 1 });
  });

  test("a micrograph without particles or picks scores 0 and does not fail", () => {
    const empty = { truth: [], picks: [], shape: [10, 10] } as const;
    expect(scorePicking([empty], { radius: 3 })).toMatchObject({ precision: 0, recall: 0, f1: 0, auprc: 0 });
    expect(() => scorePicking([empty], { radius: 0 })).toThrow(/radius: found 0/);
  });
});
