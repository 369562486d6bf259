/**
 * Differentiable tensors: describe a computation, differentiate it, compile it to one ONNX graph.
 *
 *   const x = input("x", [1, 1, 64, 64]);
 *   const w = input("w", [8, 1, 3, 3]);                   // parameters are inputs like any other
 *   const y = relu(instanceNorm(conv2d(x, w, { pads: 1 })));
 *   const loss = reduceMean(square(sub(y, 1)));           // numbers stand for scalar constants
 *   const [dw] = grad(loss, [w]);                         // a gradient is a Value: more formulas may follow
 *   const graph = compile({ loss, dw });                  // { model, inputs, outputs }
 *   const session = await runtime.load(graph.model);      // a ComputeRuntime, or for tests:
 *   interpret({ loss, dw }, { x: …, w: … });              // float64, slow
 *
 * Values are immutable and carry `type: { shape, dtype }`; every function checks its operands' shapes when called.
 * Images are [n, channels, rows, columns]. Axes may be negative. float32 everywhere, int32 for indices.
 *
 * | family | functions |
 * |---|---|
 * | sources | input, constant |
 * | elementwise | add sub mul div (broadcasting, numbers allowed), neg abs exp log sqrt square sin cos tanh sigmoid softplus relu leakyRelu clip step softmax |
 * | linear | matmul, gemm({ transA, transB }), conv2d and convTranspose2d({ stride, pads, dilation, groups, bias, outputPads }), layerNorm, instanceNorm and groupNorm({ epsilon, scale, bias }) |
 * | reductions | reduceSum reduceMean reduceMax reduceMin({ axes, keepDims }), averagePool, upsampleNearest |
 * | layout | reshape expand transpose concat slice reverse pad padImage gather scatterAdd |
 * | gradient | grad, stopGradient; adam, adamInputs, adamScalars; optimise (grad and adam on named parameters) |
 * | running | compile, interpret; Training (a step's graph run again and again, its state kept on the device) |
 *
 *   const scalars = adamInputs("adam");
 *   const { state } = optimise(loss, { w }, scalars);     // moments are inputs m:w, v:w
 *   const training = await Training.open(runtime, { outputs: { loss }, state }, start);
 *   const { loss } = await training.run({ x, ...adamFeeds("adam", learningRate, step) });
 */
export { AccumulatedTraining, type StepPhase } from "./accumulation.js";
export {
  type AdamScalars,
  type AdamSettings,
  type AdamState,
  adam,
  adamFeeds,
  adamInputs,
  adamScalars,
} from "./adam.js";
export type { LateUpdate } from "./adam-host.js";
export { type CompiledGraph, compile } from "./compile.js";
export {
  abs,
  add,
  cast,
  clip,
  cos,
  div,
  exp,
  leakyRelu,
  log,
  mul,
  neg,
  relu,
  sigmoid,
  sin,
  softmax,
  softplus,
  sqrt,
  square,
  step,
  stopGradient,
  sub,
  tanh,
} from "./elementwise.js";
export { grad } from "./grad.js";
export { interpret } from "./interpret.js";
export {
  type AxisRange,
  concat,
  expand,
  gather,
  pad,
  padImage,
  reshape,
  reverse,
  scatterAdd,
  slice,
  transpose,
} from "./layout.js";
export {
  type ConvolutionOptions,
  conv2d,
  convTranspose2d,
  gemm,
  groupNorm,
  type InstanceNormOptions,
  instanceNorm,
  layerNorm,
  matmul,
  type TransposedConvolutionOptions,
} from "./linear.js";
export { type Optimised, optimise } from "./optimise.js";
export {
  averagePool,
  type ReduceOptions,
  reduceMax,
  reduceMean,
  reduceMin,
  reduceSum,
  upsampleNearest,
} from "./reduce.js";
export type { StateSource, TrainingState } from "./state.js";
export { type StateTensor, type StepGraph, Training } from "./training.js";
export { type Dtype, type OpAttrs, type OpName, type Shape, sizeOf, type TensorType } from "./types.js";
export { constant, input, type Operand, type Value } from "./value.js";
