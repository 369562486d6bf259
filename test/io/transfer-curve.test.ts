import { expect, test } from "vitest";
import { readTransferCurve } from "../../src/io/transfer-curve.js";

const star = (labels: readonly string[], ...rows: readonly string[]): string =>
  `data_mtf\nloop_\n_rlnResolutionInversePixel\n${labels.map((label) => `_${label}\n`).join("")}${rows.join("\n")}\n`;

test("rlnMtfValue goes before other labels; one of another name is read where it is alone", () => {
  const both = star(["rlnWeight", "rlnMtfValue"], "0 0.1 1", "0.5 0.2 0.4");
  expect(readTransferCurve(both, "mtf.star")).toEqual({ frequency: [0, 0.5], value: [1, 0.4] });
  expect(readTransferCurve(star(["rlnDqe"], "0 0.9", "0.5 0.3"), "dqe.star").value).toEqual([0.9, 0.3]);
});

test("several labels of which none is rlnMtfValue are refused", () => {
  expect(() => readTransferCurve(star(["a", "b"], "0 1 1", "0.5 1 1"), "mtf.star")).toThrow(
    'mtf.star: data_mtf, labels: found ["rlnResolutionInversePixel","a","b"], ' +
      "expected rlnMtfValue, or a single label beside rlnResolutionInversePixel",
  );
});
