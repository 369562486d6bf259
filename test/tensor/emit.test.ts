import { beforeAll, describe, test } from "vitest";
import type { ComputeRuntime } from "../../src/core/ports.js";
import { openOnnxCpu } from "../../src/runtime/onnx/cpu.js";
import { allCases } from "./cases.js";
import { checkCase } from "./check-case.js";

let runtime: ComputeRuntime;
beforeAll(async () => {
  runtime = await openOnnxCpu({ threads: 1 });
});

describe("ONNX Runtime agrees with the float64 interpreter, value and gradients", () => {
  test.each(allCases())("$label", async (each) => {
    await checkCase(runtime, each, () => ({ relative: 3e-6, absolute: 3e-6 }));
  });
});
