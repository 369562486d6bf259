import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { input, interpret } from "../../src/tensor/index.js";
import { adam, adamScalars } from "../../src/train/adam.js";
import { wave } from "../helpers/reference-numbers.js";

/** Made by make_adam.py beside it: PyTorch in double precision. */
const paths = JSON.parse(
  readFileSync(new URL("../fixtures/train/adam.json", import.meta.url), "utf8"),
) as readonly { beta1: number; beta2: number; epsilon: number; rate: number; path: number[][] }[];

describe("Adam's path equals PyTorch's in float64", () => {
  test.each(paths)("beta1 $beta1, epsilon $epsilon", ({ path, rate, ...settings }) => {
    const inputs = {
      parameter: input("p", [6]),
      firstMoment: input("m", [6]),
      secondMoment: input("v", [6]),
    };
    const scalars = { stepSize: input("stepSize", [1]), stepEpsilon: input("stepEpsilon", [1]) };
    const next = adam(inputs, input("g", [6]), scalars, settings);
    let state = { p: wave(6, 0.1), m: new Float64Array(6), v: new Float64Array(6) };
    path.forEach((expected, t) => {
      const { stepSize, stepEpsilon } = adamScalars(rate, t + 1, settings);
      const g = wave(6, 0.4 * t, 10 ** (t - 3));
      g[2] = 0;
      const feeds = { ...state, g, stepSize: [stepSize], stepEpsilon: [stepEpsilon] };
      state = interpret(
        { p: next.parameter, m: next.firstMoment, v: next.secondMoment },
        feeds,
      ) as typeof state;
      expect(state.p).toBeAllclose(expected, { relative: 1e-12, absolute: 1e-14 });
    });
  });
});
