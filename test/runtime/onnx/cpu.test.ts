import { beforeAll, describe, expect, test } from "vitest";
import type { ComputeRuntime, HostTensor } from "../../../src/core/ports.js";
import { openOnnxCpu } from "../../../src/runtime/onnx/cpu.js";
import { add, cast, compile, gather, input, mul, reduceSum, tanh } from "../../../src/tensor/index.js";

const float = (...data: number[]): HostTensor => ({
  dtype: "float32",
  dims: [data.length],
  data: Float32Array.from(data),
});

let runtime: ComputeRuntime;
beforeAll(async () => {
  runtime = await openOnnxCpu({ threads: 1 });
});

/** Loads a graph of x [3] with the outputs double, sum and cut. */
async function loadExample() {
  const x = input("x", [3]);
  return runtime.load(compile({ double: mul(x, 2), sum: reduceSum(x), cut: cast(x, "int32") }).model);
}
const numbers = async (tensor: unknown): Promise<number[]> => [...(await runtime.toHost(tensor)).data];

describe("ONNX Runtime on the CPU", () => {
  test("says what it is", () => {
    expect(runtime.device).toBe("cpu");
    expect(runtime.description).toBe("ONNX Runtime on the CPU, 1 thread");
  });

  test("computes every output, of any type, where none is named", async () => {
    const session = await loadExample();
    const results = await session.run({ x: float(1, 2.5, -3.5) });
    expect(Object.keys(results).sort()).toEqual(["cut", "double", "sum"]);
    expect(await runtime.toHost(results["double"]!)).toEqual(float(2, 5, -7));
    expect(await runtime.toHost(results["sum"]!)).toEqual({
      dtype: "float32",
      dims: [],
      data: Float32Array.of(0),
    });
    expect(await runtime.toHost(results["cut"]!)).toEqual({
      dtype: "int32",
      dims: [3],
      data: Int32Array.of(1, 2, -3),
    });
    await session.close();
  });

  test("computes only the outputs named, into new tensors each time", async () => {
    const session = await loadExample();
    const first = await session.run({ x: float(1, 2, 3) }, ["double"]);
    const second = await session.run({ x: float(4, 5, 6) }, ["double"]);
    expect(Object.keys(first)).toEqual(["double"]);
    expect(await numbers(first["double"]!)).toEqual([2, 4, 6]);
    expect(await numbers(second["double"]!)).toEqual([8, 10, 12]);
    await session.close();
  });

  test("writes into a tensor that is given, and returns that tensor", async () => {
    const session = await loadExample();
    const { double } = await session.run({ x: float(1, 2, 3) }, ["double"]);
    const again = await session.run({ x: float(4, 5, 6) }, { double: double!, sum: null });
    expect(again["double"]).toBe(double);
    expect(await numbers(double!)).toEqual([8, 10, 12]);
    expect(await numbers(again["sum"]!)).toEqual([15]);
    await session.close();
  });

  test("results are fed back without coming to the host", async () => {
    const session = await loadExample();
    let x: unknown = float(1, -2, 3);
    for (let i = 0; i < 5; i++) x = (await session.run({ x }, ["double"]))["double"];
    expect(await numbers(x)).toEqual([32, -64, 96]);
    await session.close();
  });

  test("overwrites a tensor that is fed, where nothing else reads it", async () => {
    const x = input("x", [3]);
    const session = await runtime.load(compile({ next: add(mul(x, 0.5), tanh(input("g", [3]))) }).model);
    const { next } = await session.run({ x: float(2, 4, 6), g: float(0, 0, 0) });
    await session.run({ x: next!, g: float(0, 0, 0) }, { next: next! });
    expect(await numbers(next!)).toEqual([0.5, 1, 1.5]);
    await session.close();
  });

  test("what goes wrong inside is told, not taken for success", async () => {
    const session = await loadExample();
    await expect(session.run({ x: float(1, 2) })).rejects.toThrow(/invalid dimensions|Got: 2 Expected: 3/i);
    await expect(session.run({})).rejects.toThrow(/'x' is missing/);
    await expect(session.run({ x: float(1, 2, 3) }, ["absent"])).rejects.toThrow(
      "onnx: output 'absent': found no such output, expected a tensor of known shape",
    );
    await session.close();
    const looked = await runtime.load(
      compile({ y: gather(input("x", [3]), input("i", [1], "int32"), 0) }).model,
    );
    const outside: HostTensor = { dtype: "int32", dims: [1], data: Int32Array.of(7) };
    await expect(looked.run({ x: float(1, 2, 3), i: outside })).rejects.toThrow(/out of data bounds/);
    await looked.close();
  });

  test("a model that is none is refused", async () => {
    await expect(runtime.load(Uint8Array.of(1, 2, 3))).rejects.toThrow();
  });
});
