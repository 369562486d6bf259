import { withoutExpanding } from "./expansion.js";
import { make, type Operand, toValue, type Value } from "./value.js";

const binary =
  (op: "add" | "sub" | "mul" | "div") =>
  (a: Operand, b: Operand): Value =>
    withoutExpanding(op, toValue(a), toValue(b));

const unary =
  (
    op:
      | "neg"
      | "abs"
      | "exp"
      | "log"
      | "sqrt"
      | "square"
      | "sin"
      | "cos"
      | "tanh"
      | "sigmoid"
      | "softplus"
      | "relu"
      | "softmax",
  ) =>
  (x: Value): Value =>
    make(op, {}, [x]);

/** a + b, broadcasting as NumPy does (axes aligned from the last, size 1 stretches); likewise sub, mul and div. */
export const add = binary("add");
export const sub = binary("sub");
export const mul = binary("mul");
export const div = binary("div");

export const neg = unary("neg");
/** |x|; gradient 0 at 0. */
export const abs = unary("abs");
export const exp = unary("exp");
/** Natural logarithm. */
export const log = unary("log");
export const sqrt = unary("sqrt");
export const square = unary("square");
export const sin = unary("sin");
export const cos = unary("cos");
export const tanh = unary("tanh");
/** 1 / (1 + exp(-x)). */
export const sigmoid = unary("sigmoid");
/** log(1 + exp(x)), without overflow. */
export const softplus = unary("softplus");
/** max(x, 0); gradient 0 at 0. */
export const relu = unary("relu");
/** exp(x) over its sum along the last axis. For a log-softmax take `log` of it: logits must stay within about ±80. */
export const softmax = unary("softmax");

/** x where x > 0, alpha x elsewhere. 0 < alpha < 1. */
export const leakyRelu = (x: Value, alpha: number): Value => make("leakyRelu", { alpha }, [x]);

/** x limited to [low, high]; either may be infinite. No gradient at or outside the limits. */
export const clip = (x: Value, low: number, high: number): Value => make("clip", { low, high }, [x]);

/**
 * `below` where x < 0, `above` where x > 0, and at 0 the value of [below, above] nearest to 0. Carries no gradient.
 * On a device |x| < 1e-30 counts as partly 0.
 */
export const step = (x: Value, below: number, above: number): Value => make("step", { below, above }, [x]);

/** The value of x with no gradient flowing back through it. */
export const stopGradient = (x: Value): Value => make("stopGradient", {}, [x]);

/** x as another element type; float32 to int32 cuts towards zero. No gradient. */
export const cast = (x: Value, to: "float32" | "int32"): Value =>
  x.type.dtype === to ? x : make("cast", { to }, [x]);
