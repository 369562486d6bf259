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
 * | gradient | grad, stopGradient |
 * | graphs | substitute, unshaped, compile, interpret |
 *
 * Training steps made of these stand in src/train.
 */

export { grad } from "./backward/grad.js";
export { type CompiledGraph, compile } from "./compile/compile.js";
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
export { interpret } from "./interpreter/interpret.js";
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
  unshaped,
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
export {
  averagePool,
  type ReduceOptions,
  reduceMax,
  reduceMean,
  reduceMin,
  reduceSum,
  upsampleNearest,
} from "./reduce.js";
export { substitute } from "./substitute.js";
export {
  type Dtype,
  type OpAttrs,
  type OpName,
  type Shape,
  sameShape,
  sizeOf,
  type TensorType,
} from "./types.js";
export { constant, input, type Operand, type Value } from "./value.js";
