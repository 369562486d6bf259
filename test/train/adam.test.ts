import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { input, interpret } from "../../src/tensor/index.js";
import { adam, adamInputs, adamScalars, limitScalars } from "../../src/train/adam.js";
import { wave } from "../helpers/reference-numbers.js";

type Setting = "beta1" | "beta2" | "epsilon" | "rate" | "gradientLimit";
interface Case extends Readonly<Record<Setting, number>> {
  readonly path: readonly number[][];
}

/** Made by make_adam.py beside it: PyTorch in double precision. */
const paths = JSON.parse(
  readFileSync(new URL("../fixtures/train/adam.json", import.meta.url), "utf8"),
) as readonly Case[];

describe("Adam's path equals PyTorch's in float64", () => {
  test.each(paths)("beta1 $beta1, epsilon $epsilon, limit $gradientLimit", ({ path, rate, ...settings }) => {
    const inputs = {
      parameter: input("p", [6]),
      firstMoment: input("m", [6]),
      secondMoment: input("v", [6]),
    };
    const scalars = adamInputs("adam", settings);
    const next = adam(inputs, input("g", [6]), scalars, settings);
    let state = { p: wave(6, 0.1), m: new Float64Array(6), v: new Float64Array(6) };
    path.forEach((expected, t) => {
      const { stepSize, stepEpsilon } = adamScalars(rate, t + 1, settings);
      const { limitRatio, limitFree } = limitScalars(settings.gradientLimit, t + 1, settings);
      const g = wave(6, 0.4 * t, 10 ** (t - 3));
      g[2] = 0;
      const feeds = {
        ...{ ...state, g, "adam:stepSize": [stepSize], "adam:stepEpsilon": [stepEpsilon] },
        ...(settings.gradientLimit > 0 && { "adam:limitRatio": [limitRatio], "adam:limitFree": [limitFree] }),
      };
      state = interpret(
        { p: next.parameter, m: next.firstMoment, v: next.secondMoment },
        feeds,
      ) as typeof state;
      expect(state.p).toBeAllclose(expected, { relative: 1e-12, absolute: 1e-14 });
    });
  });
});
