import { describe, expect, test } from "vitest";
import { type PickRunOptions, planPickRun } from "../../../src/jobs/pick-run/plan.js";

const OPTIONS: PickRunOptions = {
  micrographs: ["a.mrc", "b.mrc"],
  out: "picks",
  pixelSize: 4,
  particleDiameter: 100,
  log: true,
};

describe("planPickRun", () => {
  test.each([
    ["pick run: expected one of `model`, `template` and `log`", { log: undefined }],
    ["pick run: expected one of", { template: "map.mrc" }],
    ["particleDiameter: found none, expected it with `log`", { particleDiameter: undefined }],
    ["expected the micrographs' CTF", { log: undefined, template: "map.mrc" }],
    ["symmetry: found `log`", { symmetry: "C4" }],
    ["ctf: found `log`", { ctf: false }],
    ['symmetry: found "X9"', { log: undefined, template: "map.mrc", symmetry: "X9" }],
    ["maxDiameter: found 90, expected at least 100", { maxDiameter: 90 }],
    ["amplitudeContrast: expected `voltage` and `cs`", { amplitudeContrast: 0.1 }],
    ["expected `voltage` and `cs` together", { voltage: 300 }],
    ["voltage: found `estimates`", { voltage: 300, cs: 2.7, estimates: "e" }],
    ["box: found no `labels`", { box: 64 }],
    ["expected at least 4 pixels, 16 angstrom", { particleDiameter: 12 }],
    ["different names", { micrographs: ["a/x.mrc", "b/x.png"] }],
  ] as const)("refuses with: %s", (message, more) => {
    expect(() => planPickRun({ ...OPTIONS, ...more })).toThrow(message);
  });
});
