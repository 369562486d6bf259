import { expect, test } from "vitest";
import { openOnnxCpu } from "../../src/runtime/onnx.js";
import {
  adam,
  adamInputs,
  compile,
  conv2d,
  grad,
  input,
  instanceNorm,
  interpret,
  reduceMean,
  relu,
  square,
  sub,
} from "../../src/tensor/index.js";

test("smoke", async () => {
  const x = input("x", [1, 1, 8, 8]);
  const w = input("w", [3, 1, 3, 3]);
  const loss = reduceMean(square(sub(relu(instanceNorm(conv2d(x, w, { pads: 1, stride: 2 }))), 1)));
  const [dw] = grad(loss, [w]);
  const next = adam(
    { parameter: w, firstMoment: input("m", w.type.shape), secondMoment: input("v", w.type.shape) },
    dw!,
    adamInputs("adam"),
  );
  const outputs = { loss, dw: dw!, w2: next.parameter };
  const feeds = {
    x: Float32Array.from({ length: 64 }, (_, i) => Math.sin(i * i)),
    w: Float32Array.from({ length: 27 }, (_, i) => Math.cos(i * i)),
    m: new Float32Array(27),
    v: new Float32Array(27),
    "adam:stepSize": Float32Array.of(0.1),
    "adam:stepEpsilon": Float32Array.of(1e-7),
  };
  const expected = interpret(outputs, feeds);
  const graph = compile(outputs);
  const runtime = await openOnnxCpu();
  const session = await runtime.load(graph.model);
  const got = await session.run(
    Object.fromEntries(
      Object.entries(graph.inputs).map(([k, t]) => [
        k,
        { dtype: "float32" as const, dims: t.shape, data: feeds[k as keyof typeof feeds] },
      ]),
    ),
  );
  for (const k of Object.keys(outputs)) {
    expect((await runtime.toHost(got[k]!)).data).toBeAllclose(expected[k]!, {
      relative: 1e-4,
      absolute: 1e-5,
    });
  }
});
