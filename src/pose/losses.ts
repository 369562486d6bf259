import type { EncodedOdds, EncodedPoses } from "../nn/pose-encoder.js";
import {
  abs,
  add,
  concat,
  constant,
  div,
  expand,
  log,
  matmul,
  mul,
  neg,
  reduceMax,
  reduceMean,
  reduceMin,
  reduceSum,
  slice,
  softmax,
  sqrt,
  step,
  stopGradient,
  sub,
  type Value,
} from "../tensor/index.js";
import { type OrientationCells, sharpness } from "./orientations.js";

/** Keeps a length above 0. */
const TINY = 1e-12;
/** Share of the mean over all heads in what is taught, so that a head that never wins can still learn. */
const ALL_HEADS = 0.05;
/** Weight of the heads' score. */
const SCORE = 0.1;

/**
 * Rotation matrices, row by row, of six numbers each (Zhou et al. 2019, CVPR): the first three give the first row, the others less
 * what lies along it the second, their cross product the third.
 *
 * @returns [.., 9] of [.., 6]
 */
export function gramSchmidt(six: Value): Value {
  const part = (x: Value, from: number, end: number): Value => slice(x, { axis: -1, start: from, end });
  const dot = (a: Value, b: Value): Value => reduceSum(mul(a, b), { axes: [-1], keepDims: true });
  const unit = (a: Value): Value => div(a, sqrt(add(dot(a, a), TINY)));
  const first = unit(part(six, 0, 3));
  const rest = part(six, 3, 6);
  const second = unit(sub(rest, mul(dot(first, rest), first)));
  const cyclic = (x: Value, by: number): Value => concat([part(x, by, 3), part(x, 0, by)], -1);
  const third = sub(mul(cyclic(first, 1), cyclic(second, 2)), mul(cyclic(first, 2), cyclic(second, 1)));
  return concat([first, second, third], -1);
}

/** What is taught, and its parts. Single numbers. */
export interface PoseLoss {
  readonly loss: Value;
  /** (1/9) |dR|² of the best heads, or the divergence of `oddsLoss`, and (1/2) |dT|; means over the images. */
  readonly rotation: Value;
  readonly shift: Value;
  /** Cross-entropy of the heads' odds with which was the best. */
  readonly score?: Value;
}

/**
 * The paper's loss of a pose, (1/9) |R - R'|² + (1/2) |T - T'|₁ (ACE-EM's, Yang et al. 2023, arXiv 2302.06091), with R' the nearest of
 * the rotations that symmetry makes equal. Of several heads the best one is taught for each image, and the odds to know which it is.
 *
 * @param rotations [n, 9, members]: the true rotation times each member of the group, a column each
 * @param shifts [n, 1, 2], halves of the side
 */
export function poseLoss(encoded: EncodedPoses, rotations: Value, shifts: Value): PoseLoss {
  // |R - R'|² = 6 - 2 <R, R'> for rotations
  const inner = reduceMax(matmul(gramSchmidt(encoded.rotation), rotations), { axes: [2] });
  const rotation = mul(sub(6, mul(inner, 2)), 1 / 9);
  const shift = mul(reduceSum(abs(sub(encoded.shift, shifts)), { axes: [2] }), 0.5);
  const each = add(rotation, shift);
  const { score } = encoded;
  if (!score) {
    return { loss: reduceMean(each), rotation: reduceMean(rotation), shift: reduceMean(shift) };
  }
  const least = reduceMin(each, { axes: [1], keepDims: true });
  const isBest = stopGradient(sub(1, step(sub(each, least), 0, 1)));
  const ofBest = (x: Value): Value => reduceMean(reduceSum(mul(x, isBest), { axes: [1] }));
  const odds = ofBest(neg(log(add(softmax(score), 1e-9))));
  const taught = add(mul(reduceMean(least), 1 - ALL_HEADS), mul(reduceMean(each), ALL_HEADS));
  return {
    loss: add(taught, mul(odds, SCORE)),
    ...{ rotation: ofBest(rotation), shift: ofBest(shift), score: odds },
  };
}

/** Keeps a probability above 0. */
const NO_ODDS = 1e-9;

/**
 * The loss of a distribution over orientations: the Kullback-Leibler divergence from the odds that are taught to the
 * network's, and (1/2) |T - T'|₁. The odds that are taught fall off about the true orientation, or the nearest of its
 * equals by symmetry, see `sharpness`. Unlike the mean of several orientations, which is none of them, a distribution can
 * say that an image looks like two.
 *
 * @param rotations [n, 9, members], @param shifts [n, 1, 2]: as of `poseLoss`
 */
export function oddsLoss(
  { odds, shift }: EncodedOdds,
  cells: OrientationCells,
  rotations: Value,
  shifts: Value,
): PoseLoss {
  const [n] = rotations.type.shape as [number];
  const { matrices } = cells;
  const table = constant(Float32Array.from(matrices.flat()), [1, matrices.length, 9]);
  const traces = reduceMax(matmul(expand(table, [n, matrices.length, 9]), rotations), { axes: [2] });
  const taught = softmax(mul(traces, sharpness(cells)));
  const logarithm = (x: Value): Value => log(add(x, NO_ODDS));
  const divergence = mul(taught, sub(logarithm(taught), logarithm(softmax(odds))));
  const rotation = reduceMean(reduceSum(divergence, { axes: [1] }));
  const distance = mul(reduceMean(reduceSum(abs(sub(shift, shifts)), { axes: [2] })), 0.5);
  return { loss: add(rotation, distance), rotation, shift: distance };
}
