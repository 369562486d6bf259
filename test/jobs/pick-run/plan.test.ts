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
    ["pick run: expected one of --model, --template and --log", { log: undefined }],
    ["pick run: expected one of", { template: "map.mrc" }],
    ["--particle-diameter", { particleDiameter: undefined }],
    ["expected the micrographs' CTF", { log: undefined, template: "map.mrc" }],
    ["--symmetry: found --log", { symmetry: "C4" }],
    ["--no-ctf", { ctf: false }],
    ["--amplitude-contrast: expected --voltage and --cs", { amplitudeContrast: 0.1 }],
    ["expected --voltage and --cs together", { voltage: 300 }],
    ["--estimates", { voltage: 300, cs: 2.7, estimates: "e" }],
    ["--box: found no --labels", { box: 64 }],
    ["4 pixels or more", { particleDiameter: 12 }],
    ["different names", { micrographs: ["a/x.mrc", "b/x.png"] }],
  ] as const)("refuses with: %s", (message, more) => {
    expect(() => planPickRun({ ...OPTIONS, ...more })).toThrow(message);
  });
});
