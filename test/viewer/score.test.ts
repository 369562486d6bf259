import { expect, test } from "vitest";
import { answersCsv, scoreOf, verdictOf } from "../../viewer/real/score.js";

test.each([
  // scipy.stats.binomtest(k, n).proportion_ci(method="wilson"), SciPy 1.10.1
  [31, 40, 0.624969033, 0.876839087],
  [0, 10, 0, 0.2775328],
  [10, 10, 0.7224672, 1.0],
  [20, 40, 0.351995269, 0.648004731],
])("%i of %i right has Wilson's interval", (right, pairs, low, high) => {
  const score = scoreOf(right, pairs);
  expect(score.share).toBe(right / pairs);
  expect(score.interval[0]).toBeCloseTo(low, 6);
  expect(score.interval[1]).toBeCloseTo(high, 6);
});

test("a verdict needs an interval without one half in it", () => {
  expect(verdictOf(scoreOf(31, 40))).toMatch(/can tell/);
  expect(verdictOf(scoreOf(9, 40))).toMatch(/take the synthetic one for real/);
  expect(verdictOf(scoreOf(25, 40))).toMatch(/guesses/);
});

test("answers are CSV, a row a pair, with names quoted and formulas disarmed", () => {
  const spot = (image: string) => ({ image, left: 3, top: 4 });
  const csv = answersCsv(
    [
      {
        real: spot('0/a,"b".mrc'),
        synthetic: spot("=1+1.mrc"),
        side: "left",
        chosen: "right",
        seconds: 1.234,
      },
    ],
    { seed: 7 },
  );
  expect(csv.split("\n")).toEqual([
    "pair,real_image,real_x,real_y,synthetic_image,synthetic_x,synthetic_y,real_side,chosen,right,seconds,seed",
    `1,"0/a,""b"".mrc",3,4,'=1+1.mrc,3,4,left,right,0,1.23,7`,
    "",
  ]);
});
