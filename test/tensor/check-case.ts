import { expect } from "vitest";
import type { ComputeRuntime } from "../../src/core/ports.js";
import { compile, grad, interpret, type Value } from "../../src/tensor/index.js";
import type { OpName } from "../../src/tensor/types.js";
import { buildCase, weightedSum } from "./build-case.js";
import type { allCases } from "./cases.js";
import { runOnce } from "./run-once.js";

/** Holds an operation on a device, and its gradients, against the float64 interpreter. */
export async function checkCase(
  runtime: ComputeRuntime<unknown>,
  { op, example }: ReturnType<typeof allCases>[number],
  toleranceOf: (op: OpName) => { readonly relative: number; readonly absolute: number },
): Promise<void> {
  const { value, variables, feeds } = buildCase(op, example);
  const outputs: Record<string, Value> = { y: value };
  if (example.hasGradient !== false) {
    grad(weightedSum([value], 1), variables).forEach((dx, i) => {
      outputs[`d${i}`] = dx;
    });
  }
  const expected = interpret(outputs, feeds);
  const found = await runOnce(runtime, compile(outputs), feeds);
  for (const [name, { data, dims }] of Object.entries(found)) {
    expect(dims).toEqual(outputs[name]!.type.shape);
    expect(data).toBeAllclose(expected[name]!, toleranceOf(op));
  }
}
