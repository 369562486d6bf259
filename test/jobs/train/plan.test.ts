import { describe, expect, test } from "vitest";
import { planTraining, type TrainOptions } from "../../../src/jobs/train/plan.js";
import { PRESETS } from "../../../src/translate/presets.js";

const rates = (given: Partial<TrainOptions>): readonly [generator: number, discriminator: number] => {
  const { options } = planTraining({ real: ["real.mrc"], simulated: "simulated", out: "model", ...given });
  return [options.learningRate, options.discriminatorLearningRate];
};

describe("learning rates", () => {
  const { learningRate, discriminatorLearningRate } = PRESETS.fast;
  const ratio = discriminatorLearningRate / learningRate;

  test("are those of the preset, and of the publications for the others", () => {
    expect(rates({})).toEqual([learningRate, discriminatorLearningRate]);
    expect(rates({ preset: "paper" })).toEqual([1e-4, 1e-4]);
    expect(rates({ translator: "cut" })).toEqual([2e-4, 2e-4]);
    expect(rates({ translator: "cyclegan", preset: "paper" })).toEqual([2e-4, 2e-4]);
  });

  test("of discriminators follow that of generators, unless they are told", () => {
    expect(ratio).toBeGreaterThan(1);
    expect(rates({ learningRate: 1e-5 })).toEqual([1e-5, ratio * 1e-5]);
    expect(rates({ translator: "cut", learningRate: 1e-5 })).toEqual([1e-5, 1e-5]);
    expect(rates({ learningRate: 1e-5, discriminatorLearningRate: 3e-5 })).toEqual([1e-5, 3e-5]);
    expect(rates({ discriminatorLearningRate: 3e-5 })).toEqual([learningRate, 3e-5]);
  });

  test("of discriminators are refused where there are none", () => {
    for (const translator of ["cyclediffusion", "gaussian"] as const) {
      expect(() => rates({ translator, discriminatorLearningRate: 1e-4 })).toThrow(
        "discriminatorLearningRate",
      );
    }
  });
});
