import { Tensor } from "onnxruntime-node";
import { describe, expect, test } from "vitest";
import { Random } from "../../src/core/random.js";
import { generatorNetwork, planesOf } from "../../src/nn/generator.js";
import { initialValues, Scope } from "../../src/nn/scope.js";
import { openOnnxCpu } from "../../src/runtime/onnx/cpu.js";
import { generatorOnnx } from "../../src/translate/generator-onnx.js";
import { GeneratorRunner, generatorOptions } from "../../src/translate/generator-runner.js";
import { resolveOptions } from "../../src/translate/options.js";

const library = await import("onnxruntime-node");

describe.each([
  ["fast", { depth: 3 }],
  ["paper", { depth: 3 }],
  ["fast", { depth: 3, noiseAt: "channel" }],
  ["paper", { depth: 3, noiseAt: "inner" }],
  ["fast", { contrast: "patch", network: "resnet" }],
  ["paper", { contrast: "patch", network: "antialiased" }],
] as const)("generator of the %s preset as ONNX, %j", (preset, more) => {
  const options = resolveOptions(preset, 1, { crop: 32, ngf: 4, ...more });
  const planes = planesOf(generatorOptions(options));
  const scope = Scope.root("generator");
  generatorNetwork(scope, generatorOptions(options));
  // larger than trainings start with, so that every layer counts
  const parameters = new Map(
    scope.parameters.map((spec) => [spec.name, initialValues({ ...spec, initial: { normal: 0.2 } }, 3)]),
  );
  const model = generatorOnnx(options, parameters);

  test.each([
    [32, 32],
    [8, 72],
  ])("gives what the generator gives, for an image of %i x %i", async (rows, columns) => {
    const data = Random.of(1, "image").fillNormal(new Float32Array(planes * rows * columns));
    const session = await library.InferenceSession.create(model);
    const { image } = await session.run({ x: new Tensor("float32", data, [1, planes, rows, columns]) });
    const runner = new GeneratorRunner(options, await openOnnxCpu({ threads: 1 }), parameters);
    const expected = await runner.run(
      Array.from({ length: planes }, (_, i) => ({
        data: data.subarray(i * rows * columns, (i + 1) * rows * columns),
        shape: [rows, columns],
      })),
    );
    expect(image!.dims).toEqual([1, 1, rows, columns]);
    expect(image!.data as Float32Array).toBeAllclose(expected, { relative: 1e-4, absolute: 1e-4 });
    await runner.close();
  });
});
