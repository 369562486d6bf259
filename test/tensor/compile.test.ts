import proto from "onnx-proto";
import { beforeAll, describe, expect, test } from "vitest";
import type { ComputeRuntime } from "../../src/core/ports.js";
import { openOnnxCpu } from "../../src/runtime/onnx/cpu.js";
import {
  add,
  type CompiledGraph,
  clip,
  compile,
  constant,
  conv2d,
  exp,
  grad,
  input,
  instanceNorm,
  interpret,
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

  test("a training graph tells no size of its images, and computes the same", async () => {
    const [x, w] = [input("x", [1, 2, 4, 4]), input("w", [3, 2, 3, 3])];
    const y = leakyRelu(instanceNorm(conv2d(x, w, { pads: 1 })), 0.2);
    const outputs = { y, dw: grad(reduceSum(mul(y, y)), [w])[0]! };
    const open = compile(outputs, { unsized: (name) => name === "x" });
    const { graph } = proto.onnx.ModelProto.decode(open.model);
    const dims = Object.fromEntries(
      graph!.input!.map(({ name, type }) => [
        name,
        type!.tensorType!.shape!.dim!.map(({ dimValue }) => Number(dimValue)),
      ]),
    );
    expect(dims).toEqual({ x: [0, 2, 4, 4], w: [3, 2, 3, 3] });
    // a shape of Reshape that told the number of images would bring the sizes back
    const shapes = reshapes(open);
    expect(shapes.length).toBeGreaterThan(0);
    for (const shape of shapes) expect(shape.some((n) => n <= 0)).toBe(true);
    const feeds = { x: ramp(32), w: ramp(54) };
    const [found, expected] = [await runOnce(runtime, open, feeds), interpret(outputs, feeds)];
    for (const name of ["y", "dw"])
      expect(found[name]!.data).toBeAllclose(expected[name]!, { relative: 3e-6, absolute: 3e-6 });
  });

  test("what a leaky ReLU got from a normalisation is told by what it gave, and need not be kept", async () => {
    const [x, w] = [input("x", [1, 2, 4, 4]), input("w", [2, 2, 3, 3])];
    const normalised = instanceNorm(conv2d(x, w, { pads: 1 }));
    const loss = reduceSum(mul(leakyRelu(normalised, 0.2), leakyRelu(normalised, 0.2)));
    const compiled = compile({ loss, dw: grad(loss, [w])[0]! });
    const { node } = proto.onnx.ModelProto.decode(compiled.model).graph!;
    const slopes = node!.filter(({ opType }) => opType === "LeakyRelu").map((each) => each.attribute![0]!.f);
    expect(slopes).toEqual([Math.fround(0.2), 5]);
    const norm = node!.find(({ opType }) => opType === "LayerNormalization")!;
    const readers = node!.filter(({ input }) => input!.includes(norm.output![0]!));
    expect(readers.map(({ opType }) => opType)).toEqual(["Reshape"]);
    const feeds = { x: ramp(32), w: ramp(36) };
    const found = await runOnce(runtime, compiled, feeds);
    const exact = interpret({ dw: grad(loss, [w])[0]! }, feeds);
    expect(found["dw"]!.data).toBeAllclose(exact["dw"]!, { relative: 1e-5, absolute: 1e-5 });
  });
});

const ramp = (n: number): number[] => Array.from({ length: n }, (_, i) => Math.sin(3 * i + 1));

/** Every shape that a Reshape is given. */
function reshapes({ model }: CompiledGraph): number[][] {
  const { node, initializer } = proto.onnx.ModelProto.decode(model).graph!;
  const shapes = new Map(
    initializer!
      .filter(({ dataType }) => dataType === proto.onnx.TensorProto.DataType.INT64)
      .map(({ name, rawData }) => [name, new BigInt64Array(Uint8Array.from(rawData!).buffer)]),
  );
  return node!
    .filter(({ opType }) => opType === "Reshape")
    .map(({ input }) => Array.from(shapes.get(input![1]!)!, Number));
}
