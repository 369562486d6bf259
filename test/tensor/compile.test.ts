import proto from "onnx-proto";
import { beforeAll, describe, expect, test } from "vitest";
import type { ComputeRuntime } from "../../src/core/ports.js";
import { openOnnxCpu } from "../../src/runtime/onnx.js";
import {
  add,
  type CompiledGraph,
  clip,
  compile,
  constant,
  exp,
  grad,
  input,
  leakyRelu,
  mul,
  reduceSum,
  stopGradient,
  tanh,
  type Value,
} from "../../src/tensor/index.js";
import { runOnce } from "./run-once.js";

let runtime: ComputeRuntime;
beforeAll(async () => {
  runtime = await openOnnxCpu({ threads: 1 });
});

const operations = ({ model }: CompiledGraph): string[] =>
  proto.onnx.ModelProto.decode(model).graph!.node!.map((node) => node.opType!);

describe("compile", () => {
  test("tells the inputs that the outputs depend on, and no others", () => {
    const x = input("x", [2, 3]);
    const index = input("index", [4], "int32");
    mul(x, input("unused", [3]));
    expect(compile({ y: exp(x), index: constant(1), copy: add(x, 1) }).inputs).toEqual({
      x: { shape: [2, 3], dtype: "float32" },
    });
    expect(compile({ copy: index }).outputs).toEqual({ copy: { shape: [4], dtype: "int32" } });
  });

  test("computes equal subexpressions once", () => {
    const x = input("x", [3]);
    const twice = add(mul(exp(x), 2), mul(exp(x), 2));
    expect(operations(compile({ twice }))).toEqual(["Exp", "Mul", "Add"]);
  });

  test("does not merge constants and attributes that JSON would write alike", async () => {
    const x = input("x", [2]);
    const outputs = {
      plus: mul(x, constant(Infinity)),
      minus: mul(x, constant(-Infinity)),
      low: clip(x, 0, Infinity),
      high: clip(x, -Infinity, 0),
    };
    const { plus, minus, low, high } = await runOnce(runtime, compile(outputs), { x: [-1, 2] });
    expect([...plus!.data]).toEqual([-Infinity, Infinity]);
    expect([...minus!.data]).toEqual([Infinity, -Infinity]);
    expect([...low!.data]).toEqual([0, 2]);
    expect([...high!.data]).toEqual([-1, 0]);
  });

  test("an output may be an input, a constant, a detached value, or another output again", async () => {
    const x = input("x", [2]);
    const y = tanh(x);
    const outputs: Record<string, Value> = {
      y,
      again: y,
      detached: stopGradient(y),
      x2: x,
      two: constant(2),
    };
    const found = await runOnce(runtime, compile(outputs), { x: [0, 1] });
    const expected = [0, Math.fround(Math.tanh(1))];
    for (const name of ["y", "again", "detached"])
      expect(found[name]!.data).toBeAllclose(expected, { relative: 1e-6 });
    expect([...found["x2"]!.data]).toEqual([0, 1]);
    expect([...found["two"]!.data]).toEqual([2]);
  });

  test("names the producing node's result as the output, without a copy", () => {
    expect(operations(compile({ y: tanh(input("x", [2])) }))).toEqual(["Tanh"]);
  });

  test("a whole attribute that ONNX declares as a float is written as a float", () => {
    const { model } = compile({ y: leakyRelu(input("x", [2]), 1) });
    const [attribute] = proto.onnx.ModelProto.decode(model).graph!.node![0]!.attribute!;
    expect(attribute!.type).toBe(proto.onnx.AttributeProto.AttributeType.FLOAT);
    expect(attribute!.f).toBe(1);
  });

  test("two different inputs of one name are refused, and an output named like an input", () => {
    const [a, b] = [input("x", [2]), input("x", [2])];
    expect(() => compile({ y: add(a, b) })).toThrow("compile: two different inputs are named 'x'");
    expect(() => compile({ x: tanh(a) })).toThrow("compile: 'x' names both an input and an output");
  });

  test("a chain of 20 000 operations needs no deep stack, forward or back", () => {
    const x = input("x", [1]);
    let y: Value = x;
    for (let i = 0; i < 20_000; i++) y = mul(y, 1.0001);
    expect(operations(compile({ dx: grad(reduceSum(y), [x])[0]! })).length).toBeGreaterThanOrEqual(20_000);
  });
});
