import { describe, expect, test } from "vitest";
import { parseMetrics } from "../../../src/jobs/train/metrics.js";

describe("parseMetrics", () => {
  test("takes every figure of a line, the later of a step that stands there twice, and null as NaN", () => {
    const lines = [
      '{"step":1,"gan":2,"seconds":0.5,"waiting":0.1}',
      '{"step":2,"gan":9,"seconds":0.5}',
      '{"step":2,"gan":null,"seconds":0.6}',
    ];
    expect(parseMetrics(`${lines.join("\n")}\n`, "m")).toEqual([
      { step: 1, seconds: 0.5, figures: { gan: 2 } },
      { step: 2, seconds: 0.6, figures: { gan: Number.NaN } },
    ]);
    expect(() => parseMetrics('{"step":1,"seconds":1}\n{"step":"x"}', "m")).toThrow(
      /m: line 2, step: found "x"/,
    );
  });
});
