import { beforeAll, describe, expect, test } from "vitest";
import type { ComputeRuntime } from "../../src/core/ports.js";
import { openOnnxCpu } from "../../src/runtime/onnx.js";
import { compile, grad, interpret, type Value } from "../../src/tensor/index.js";
import { buildCase, weightedSum } from "./build-case.js";
import { allCases } from "./cases.js";
import { runOnce } from "./run-once.js";

let runtime: ComputeRuntime;
beforeAll(async () => {
  runtime = await openOnnxCpu({ threads: 1 });
});

describe("ONNX Runtime agrees with the float64 interpreter, value and gradients", () => {
  test.each(allCases())("$label", async ({ op, example }) => {
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
      expect(data).toBeAllclose(expected[name]!, { relative: 3e-6, absolute: 3e-6 });
    }
  });
});
