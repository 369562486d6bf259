import { describe, expect, test } from "vitest";
import { generateOptions, simulationOptions } from "../../src/jobs/generate/options.js";
import { planGeneration } from "../../src/jobs/generate/plan.js";
import { pickTrainOptions } from "../../src/jobs/pick-train/options.js";
import { planPickTraining } from "../../src/jobs/pick-train/plan.js";
import type { OptionSet } from "../../src/jobs/shared/options/option.js";
import { trainOptions } from "../../src/jobs/train/options.js";
import { planTraining } from "../../src/jobs/train/plan.js";

/** Options that decide results, by the declaration. */
const deciding = (set: OptionSet): string[] =>
  Object.entries(set)
    .filter(([, { role }]) => role === "result")
    .map(([name]) => name);

describe("every option that decides results is recorded under its name", () => {
  test("generate: what the translation decides; the rest is the simulated dataset's", () => {
    const { record, seed } = planGeneration({ model: "m", simulated: "s", out: "o", mode: "uint8", seed: 3 });
    const own = deciding(generateOptions).filter((name) => !Object.hasOwn(simulationOptions, name));
    expect([...Object.keys(record), "seed"].sort()).toEqual(own.sort());
    expect([record, seed]).toEqual([{ signal: 1, mode: "uint8" }, 3]);
  });

  test("train: the preset's values, with those that were chosen in their place", () => {
    const given = { real: ["r"], simulated: "s", out: "o", steps: 7 };
    const plans = [planTraining(given), planTraining({ ...given, translator: "cyclediffusion" })];
    // a preset is recorded by its values; some options belong to one kind of translator
    const names = deciding(trainOptions).filter((name) => name !== "preset");
    const recorded = new Set(
      plans.flatMap(({ options, diffusion, dose, translator }) =>
        Object.keys({ ...options, ...diffusion, dose, translator }),
      ),
    );
    expect(names.filter((name) => !recorded.has(name))).toEqual([]);
    expect(plans[0]!.options.steps).toBe(7);
  });

  test("pick train", () => {
    const { record } = planPickTraining({ dataset: ["d"], out: "o", steps: 7 });
    const given = { dataset: ["d"], out: "o" };
    const named = deciding(pickTrainOptions).filter((name) => Object.hasOwn(record, name));
    // of the others none has a value where none is given
    const open = deciding(pickTrainOptions).filter((name) => !named.includes(name));
    expect(
      open.filter((name) => pickTrainOptions[name as keyof typeof pickTrainOptions].need === "default"),
    ).toEqual([]);
    expect(Object.keys(planPickTraining({ ...given, coordinatesPixelSize: 2, pixelSize: 1 }).record)).toEqual(
      expect.arrayContaining(["coordinatesPixelSize", "pixelSize"]),
    );
  });
});
