import { describe, expect, test } from "vitest";
import { grad, interpret, square, type Value } from "../../src/tensor/index.js";
import { buildCase, weightedSum } from "./build-case.js";
import { allCases } from "./cases.js";

const differentiable = allCases().filter(({ example }) => example.hasGradient !== false);

/** d loss / d feed by central differences, element by element. */
function numericGradient(
  loss: Value,
  feeds: Readonly<Record<string, Float64Array>>,
  name: string,
): Float64Array {
  const step = 1e-5;
  const at = (i: number, shift: number): number => {
    const moved = Float64Array.from(feeds[name]!);
    moved[i]! += shift;
    return interpret({ loss }, { ...feeds, [name]: moved })["loss"]![0]!;
  };
  return feeds[name]!.map((_, i) => (at(i, step) - at(i, -step)) / (2 * step));
}

function expectGradient(
  loss: Value,
  variables: readonly Value[],
  feeds: Readonly<Record<string, Float64Array>>,
): void {
  const outputs = Object.fromEntries(grad(loss, variables).map((dx, i) => [String(i), dx]));
  const analytic = interpret(outputs, feeds);
  variables.forEach((variable, i) => {
    const { name } = (variable as Value<"input">).attrs;
    expect(analytic[String(i)]!).toBeAllclose(numericGradient(loss, feeds, name), {
      relative: 1e-6,
      absolute: 1e-7,
    });
  });
}

describe("gradient agrees with central differences in float64", () => {
  test.each(differentiable)("$label", ({ op, example }) => {
    const { value, variables, feeds } = buildCase(op, example);
    expectGradient(weightedSum([value], 1), variables, feeds);
  });
});

describe("gradient of the gradient agrees with central differences in float64", () => {
  test.each(differentiable)("$label", ({ op, example }) => {
    const { value, variables, feeds } = buildCase(op, example);
    // squared, so that a linear operation too has a second derivative
    const first = grad(weightedSum([value, square(value)], 1), variables);
    expectGradient(weightedSum(first, 2), variables, feeds);
  });
});

describe("no gradient flows, and grad says so", () => {
  const others = allCases().filter(
    ({ example }) => example.hasGradient === false && example.operands.length > 0,
  );
  test.each(others)("$label", ({ op, example }) => {
    const { value, variables } = buildCase(op, example);
    for (const variable of variables)
      expect(() => grad(weightedSum([value], 1), [variable])).toThrow(/does not depend/);
  });
});
