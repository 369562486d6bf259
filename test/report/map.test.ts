import { describe, expect, test } from "vitest";
import { type Image, zeros } from "../../src/array/image.js";
import { Random } from "../../src/core/random.js";
import type { ControlRecord } from "../../src/jobs/control/records.js";
import type { ReportData, ReportMap } from "../../src/report/data.js";
import { renderReport } from "../../src/report/render.js";

const noise = (seed: number, size = 32): Image => {
  const image = zeros(size, size);
  Random.of(seed, "report map").fillNormal(image.data);
  return image;
};
const svg = (caption: string) => ({ kind: "svg", markup: "<svg/>", caption }) as const;
const map: ReportMap = {
  ...{ particles: 2022, pixelSize: 3, images: [noise(1), noise(2)], averages: svg("averages") },
  refinement: {
    ...{ symmetry: "O", initialLowPass: 30, iterations: 9, hasConverged: true, figures: [svg("halves")] },
  },
  curves: [svg("half maps")],
  resolutions: [
    { of: "half maps, without mask, 0.143", resolution: 7.314, lastShell: 7.38 },
    {
      of: "map against <a>.pdb, 0.5",
      resolution: Number.POSITIVE_INFINITY,
      lastShell: Number.POSITIVE_INFINITY,
    },
  ],
  ...{ structure: "<a>.pdb", heights: [0, 24, 45] },
  slices: [{ name: "the <map>", images: [noise(3), noise(4), noise(5)] }],
};
const control: ControlRecord = {
  ...{ format: "cryogem-control", formatVersion: 1, program: "cryogem 9.9.9", key: "k" },
  ...{ threshold: 0.517, micrographs: 12, symmetry: "O", initialLowPass: 30 },
  ...{ frequencies: [0, 0.02, 0.04, 0.06], chance: [1, 0.5, 0.3, 0.2] },
  loops: [
    {
      ...{ kind: "particles", picks: 2022, refined: 2022, leastScore: 0.5, resolution: 7.3 },
      ...{ correlation: [1, 0.99, 0.9, 0.8], meanBeyond: 0.85 },
    },
    {
      ...{ kind: "random-phases", picks: 6, refined: 2022, leastScore: -3, resolution: null },
      ...{ correlation: [1, 0.9, 0.1, -0.05], meanBeyond: 0.025 },
    },
  ],
};
const data: ReportData = {
  ...{ title: "Demo", program: "cryogem 9.9.9", seed: 1, introduction: [], pictures: [] },
  ...{ timings: [], commands: [], citations: [], map, control },
};

describe("a report that goes to a map", () => {
  const html = renderReport(data);

  test("has particles, refinement, map and control in this order, and none of them without", () => {
    const ids = [...html.matchAll(/<section id="([^"]+)"/g)].map(([, id]) => id);
    expect(ids).toEqual(["cut-out", "refinement", "map", "control"]);
    const { map: _map, control: _control, ...without } = data;
    expect(renderReport(without)).not.toContain("<section");
  });

  test("says numbers as they are, and a curve that never rises as none", () => {
    expect(html).toContain(
      '<th scope="row">half maps, without mask, 0.143</th><td>7.31 Å</td><td>7.38 Å</td>',
    );
    expect(html).toContain('<th scope="row">map against &lt;a&gt;.pdb, 0.5</th><td>none</td><td>none</td>');
    expect(html).toContain("9 iterations, until nothing improved any more, with the symmetry O.");
    expect(html).toContain("The correlation with &lt;a&gt;.pdb is no independent truth");
    expect(html).toContain("At 0, 24, 45 Å above the centre");
    expect(html).not.toContain("<map>");
  });

  test("says that a network's poses were refined from, where they were", () => {
    expect(html).not.toContain("one network proposed");
    const page = renderReport({ ...data, map: { ...map, encoder: svg("the training") } });
    expect(page).toContain("one network proposed; it had learned from projections of &lt;a&gt;.pdb");
    expect(page).toContain("the training");
  });

  test("shows picks per micrograph with and without particles, at the same threshold", () => {
    expect(html).toContain(
      '<th scope="row">picks of the micrographs</th><td>168.5</td><td>2022</td><td>7.3 Å</td>',
    );
    expect(html).toContain(
      '<th scope="row">best peaks of random phases</th><td>0.5</td><td>2022</td><td>none</td><td>0.025</td>',
    );
  });
});
