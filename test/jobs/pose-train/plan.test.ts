import { expect, test } from "vitest";
import { optionsFor, planPoseTraining } from "../../../src/jobs/pose-train/plan.js";

const FIELD = 320;
const moves = (given: { preset?: "quick" | "paper"; map?: string; moves?: number }): number =>
  optionsFor(planPoseTraining({ particles: ["particles.star"], out: "encoder", ...given }), FIELD).moves;

test("images are moved by a twentieth of the field unless told otherwise, by the paper's preset only with a map", () => {
  expect(moves({})).toBe(16);
  expect(moves({ map: "map.mrc" })).toBe(16);
  expect(moves({ preset: "paper" })).toBe(0);
  expect(moves({ preset: "paper", map: "map.mrc" })).toBe(16);
  expect(moves({ moves: 7 })).toBe(7);
  expect(moves({ moves: 0, map: "map.mrc" })).toBe(0);
});

test("detail is left out by periods of the field, which a resolution replaces", () => {
  const periods = (resolution?: number): number =>
    optionsFor(
      planPoseTraining({
        particles: ["particles.star"],
        out: "encoder",
        ...(resolution !== undefined && { resolution }),
      }),
      FIELD,
    ).periods;
  expect(periods()).toBe(8);
  expect(periods(32)).toBe(10);
  expect(periods(0)).toBe(0);
});
