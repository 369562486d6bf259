import { describe, expect, test } from "vitest";
import { Random } from "../../../src/core/random.js";
import { eulerToMatrix, rotationAngle, uniformRotation } from "../../../src/core/rotation.js";
import { symmetricAngle, symmetryOperators } from "../../../src/core/symmetry.js";
import { OrientationGrid } from "../../../src/reconstruct/search/orientation-grid.js";

const random = Random.of(1, "orientation grid");
const turn = eulerToMatrix(uniformRotation(random));

describe("cells", () => {
  test.each([
    ["C1", 2, 4608],
    ["C4", 2, 1152],
    ["D2", 2, 1152],
    ["O", 2, 192],
    ["I", 2, 76],
  ])("of %s at order %i leave no orientation uncovered", (symmetry, order, without) => {
    const operators = symmetryOperators(symmetry);
    const grid = new OrientationGrid(operators, turn);
    const matrices = grid.cells(order).map((cell) => grid.matrix(order, cell));
    // those at borders are there more than once
    expect(matrices.length).toBeGreaterThanOrEqual(without);
    expect(matrices.length).toBeLessThan(2.5 * without);
    for (let i = 0; i < 40; i++) {
      const wanted = eulerToMatrix(uniformRotation(random));
      const least = Math.min(...matrices.map((matrix) => symmetricAngle(matrix, wanted, operators)));
      expect(least).toBeLessThan(0.85 * OrientationGrid.step(order));
    }
  });

  test("hold equal shares of uniform orientations, as far as chance allows", () => {
    const grid = new OrientationGrid(symmetryOperators("C1"), turn);
    const centres = grid.cells(0).map((cell) => grid.matrix(0, cell));
    const children = grid
      .cells(0)
      .map((cell) => grid.children(0, cell).map((child) => grid.matrix(1, child)));
    const counts = new Float64Array(centres.length);
    const count = 7200;
    for (let i = 0; i < count; i++) {
      const wanted = eulerToMatrix(uniformRotation(random));
      let [least, cell] = [180, -1];
      for (const [c, some] of children.entries()) {
        for (const matrix of some) {
          const angle = rotationAngle(matrix, wanted);
          if (angle < least) [least, cell] = [angle, c];
        }
      }
      counts[cell]!++;
    }
    // a hundred expected in each; nearest centres are not exactly cells, which adds to the spread of chance
    expect(Math.min(...counts)).toBeGreaterThan(60);
    expect(Math.max(...counts)).toBeLessThan(140);
  });

  test("of the next order lie within their parent", () => {
    const grid = new OrientationGrid(symmetryOperators("C1"), turn);
    for (let cell = 0; cell < 4608; cell += 37) {
      const middle = grid.matrix(2, cell);
      const children = grid.children(2, cell).map((child) => grid.matrix(3, child));
      expect(new Set(grid.children(2, cell)).size).toBe(8);
      for (const child of children) expect(rotationAngle(child, middle)).toBeLessThan(0.6 * 15);
    }
  });
});

test.each([
  [1, 60],
  [2, 30],
  [3, 15],
])("near at order %i finds the cells that looking at all of them finds", (order, angle) => {
  const grid = new OrientationGrid(symmetryOperators("C1"), turn);
  const all = grid.cells(order);
  const matrices = all.map((cell) => grid.matrix(order, cell));
  for (let i = 0; i < 5; i++) {
    const wanted = eulerToMatrix(uniformRotation(random));
    const expected = all.filter((_, c) => rotationAngle(matrices[c]!, wanted) <= angle);
    expect([...grid.near(order, wanted, angle)].sort((a, b) => a - b)).toEqual(expected);
    expect(expected.length).toBeGreaterThan(10);
  }
});
