import { mul, neg } from "./elementwise.js";
import { expand, reshape } from "./layout.js";
import { normalAxes, reducedShape } from "./shape.js";
import { make, type Value } from "./value.js";

export interface ReduceOptions {
  /** Axes to reduce, negative from the end; default all. */
  readonly axes?: readonly number[];
  /** Keep reduced axes with size 1. Default false. */
  readonly keepDims?: boolean;
}

const reduction =
  (op: "reduceSum" | "reduceMean" | "reduceMax") =>
  (x: Value, { axes, keepDims = false }: ReduceOptions = {}): Value => {
    const rank = x.type.shape.length;
    const normal = axes ? normalAxes(op, axes, rank) : x.type.shape.map((_, i) => i);
    return normal.length === 0 ? x : make(op, { axes: normal, keepDims }, [x]);
  };

/** Sum over axes (default all, giving a scalar). */
export const reduceSum = reduction("reduceSum");
/** Mean over axes (default all, giving a scalar). */
export const reduceMean = reduction("reduceMean");
/** Largest element over axes; the gradient is shared evenly among equal largest ones. */
export const reduceMax = reduction("reduceMax");
/** Smallest element over axes; the gradient is shared evenly among equal smallest ones. */
export const reduceMin = (x: Value, options: ReduceOptions = {}): Value => neg(reduceMax(neg(x), options));

/** Mean of each size x size block of [n, channels, rows, columns]; size divides rows and columns. */
export const averagePool = (x: Value, size: number): Value => make("averagePool", { size }, [x]);

/** Each pixel of [n, channels, rows, columns] repeated factor x factor times. */
export const upsampleNearest = (x: Value, factor: number): Value => make("upsampleNearest", { factor }, [x]);

/** x summed down to a shape that broadcasts to x's: the gradient of broadcasting. */
export function sumTo(x: Value, shape: readonly number[]): Value {
  const extra = x.type.shape.length - shape.length;
  const leading = x.type.shape.slice(0, extra).map((_, i) => i);
  const stretched = shape.flatMap((n, i) => (n === 1 && x.type.shape[extra + i] !== 1 ? [extra + i] : []));
  const kept = reduceSum(x, { axes: stretched.length > 0 ? stretched : [], keepDims: true });
  return leading.length > 0 ? reduceSum(kept, { axes: leading }) : kept;
}

/** x times a number, but x itself for 1. */
export const scaleBy = (x: Value, factor: number): Value => (factor === 1 ? x : mul(x, factor));

/** A reduced tensor stretched back over the axes that were reduced from x: the gradient of a sum. */
export const expandReduced = (dy: Value, x: Value, axes: readonly number[]): Value =>
  expand(reshape(dy, reducedShape(x.type.shape, axes, true)), x.type.shape);
