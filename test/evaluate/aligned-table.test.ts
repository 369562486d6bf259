import { expect, test } from "vitest";
import { alignedTable } from "../../src/evaluate/aligned-table.js";

const LINES = [
  ["", "score", "n"],
  ["synthetic", "1.5", "100"],
  ["real", "0.25", ""],
];

test("columns are as wide as their longest cell, two blanks apart, without blanks at the end of a line", () => {
  expect(alignedTable(LINES, "right")).toBe(
    "           score    n\nsynthetic    1.5  100\nreal        0.25\n",
  );
  expect(alignedTable(LINES, "left")).toBe("           score  n\nsynthetic  1.5    100\nreal       0.25\n");
});
