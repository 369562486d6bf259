import { describe, expect, test } from "vitest";
import { PICKER_NETWORKS, PICKER_REACH, pickerNetwork } from "../../src/nn/picker.js";
import { initialValues, Scope } from "../../src/nn/scope.js";
import { input, interpret } from "../../src/tensor/index.js";

const WIDTH = 3;

/** A network with weights of its own, as a function of an image. */
function build(network: (typeof PICKER_NETWORKS)[number], rows: number, columns: number, symmetric = false) {
  const scope = Scope.root("picker");
  const scores = pickerNetwork(scope, { network, width: WIDTH })(input("x", [1, 1, rows, columns]));
  const parameters = Object.fromEntries(
    scope.parameters.map((spec) => {
      const values = initialValues(spec, 5);
      const side = spec.shape.at(-1)!;
      if (!symmetric || spec.shape.length !== 4) return [spec.name, values];
      // kernels that look the same after a quarter turn
      return [spec.name, values.map((_, i) => meanOverTurns(values, i, side))];
    }),
  );
  const run = (x: Float64Array): ArrayLike<number> => interpret({ scores }, { x, ...parameters })["scores"]!;
  return { run, shape: scores.type.shape };
}

function meanOverTurns(values: Float32Array, at: number, side: number): number {
  const kernel = at - (at % (side * side));
  let [r, c] = [Math.floor((at - kernel) / side), (at - kernel) % side];
  let sum = 0;
  for (let turn = 0; turn < 4; turn++) {
    sum += values[kernel + r * side + c]!;
    [r, c] = [c, side - 1 - r];
  }
  return sum / 4;
}

const wave = (count: number): Float64Array =>
  Float64Array.from({ length: count }, (_, i) => Math.sin(1 + i * i));
/** A square image turned by a quarter. */
const quarterTurn = (x: ArrayLike<number>, side: number): Float64Array =>
  Float64Array.from(
    { length: side * side },
    (_, i) => x[(i % side) * side + side - 1 - Math.floor(i / side)]!,
  );

describe.each(PICKER_NETWORKS)("picker %s", (network) => {
  test("gives one number for every 2 x 2 pixels", () => {
    expect(build(network, 16, 24).shape).toEqual([1, 1, 8, 12]);
  });

  test("with kernels that a quarter turn leaves alone, turns its scores with the image", () => {
    const side = 24;
    const { run } = build(network, side, side, true);
    const x = wave(side * side);
    const turned = run(quarterTurn(x, side));
    const expected = quarterTurn(run(x), side / 2);
    for (let i = 0; i < expected.length; i++) expect(turned[i]).toBeCloseTo(expected[i]!, 9);
  });

  test("sees no farther than its reach", () => {
    const columns = 2 * PICKER_REACH + 32;
    const { run } = build(network, 8, columns);
    const x = wave(8 * columns);
    const before = run(x);
    const last = columns - 1;
    for (let row = 0; row < 8; row++) x[row * columns + last]! += 10;
    const after = run(x);
    const cells = columns / 2;
    let farthest = 0;
    for (let i = 0; i < before.length; i++) {
      if (after[i] !== before[i]) farthest = Math.max(farthest, last - (2 * (i % cells) + 0.5));
    }
    expect(farthest).toBeGreaterThan(10);
    expect(farthest).toBeLessThanOrEqual(PICKER_REACH);
  });
});
