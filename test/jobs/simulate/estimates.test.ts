import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { radialPowerSpectrum } from "../../../src/array/spectrum/power.js";
import { readDataset, readMicrograph } from "../../../src/dataset/reader.js";
import { writeMrc } from "../../../src/io/mrc/write.js";
import { planSimulation, type SimulateOptions } from "../../../src/jobs/simulate/plan.js";
import { simulateDataset } from "../../../src/jobs/simulate/run.js";
import { nodeFiles } from "../../../src/runtime/files.js";
import { jobContext } from "../../helpers/job-context.js";
import { scratchFolder } from "../../helpers/scratch.js";
import { writeToyMap } from "../../helpers/toys/map.js";

const dir = scratchFolder();
const estimates = join(dir, "estimates");
const map = writeToyMap(join(dir, "map.mrc"));
const TILE = 8;

/** Two micrographs of 500 x 400 pixels at 4 angstrom with 10 particles each; noise falls steeply. */
const record = () => {
  const micrograph = (i: number, evidence: number) => ({
    file: `m${i}.mrc`,
    sha256: "0".repeat(64),
    shape: [400, 500],
    defocusU: 15_010 + i,
    defocusV: 14_990 + i,
    defocusAngle: 30,
    phaseShift: 0,
    score: 0.9,
    evidence,
    resolution: 8,
    ice: { mean: 0.75, lowest: 0.5 },
    signalFraction: 0.1,
    backgroundFraction: 0.7,
    particles: 10,
    particleSize: null,
    files: {
      ...{ ctfPicture: "c.png", ctfCurve: "c.svg", ice: `ice-${i}.mrc`, icePreview: "p.png" },
      ...{ particlePicture: "p.svg", sizeCurve: "s.svg" },
    },
  });
  const frequency = Array.from({ length: 64 }, (_, i) => (0.5 * (i + 1)) / 64);
  return {
    format: "cryogem-estimates",
    formatVersion: 1,
    program: "cryogem 9.9.9",
    options: {},
    optics: { pixelSize: 4, voltage: 200, sphericalAberration: 1.4, amplitudeContrast: 0.08 },
    particleDiameter: 100,
    micrographs: [micrograph(0, 500), micrograph(1, 20)],
    distributions: {
      defocus: { mean: 15_000, standardDeviation: 1 },
      astigmatism: { mean: 20, standardDeviation: 0 },
      astigmatismAngle: 30,
      signalFraction: { mean: 0.1, standardDeviation: 0 },
      particles: { mean: 10, standardDeviation: 0 },
      particleSize: null,
    },
    noise: {
      frequency,
      power: frequency.map((k) => 1 / k),
      relativeDeviation: frequency.map(() => 0),
      anisotropy: { tile: TILE, ratio: Array(TILE * (TILE / 2 + 1)).fill(1) },
    },
  };
};

const write = (change: object = {}): void => {
  writeFileSync(join(estimates, "estimates.json"), JSON.stringify({ ...record(), ...change }));
};

const simulate = async (name: string, more: Partial<SimulateOptions> = {}) => {
  const out = join(dir, name);
  const plan = planSimulation({ map: [map], estimates, out, size: [200, 250], count: 2, ...more });
  await simulateDataset(plan, jobContext().context);
  return readDataset(nodeFiles, out);
};

describe("with estimates", () => {
  beforeAll(() => {
    mkdirSync(estimates);
    for (const i of [0, 1]) {
      const data = Float32Array.of(0.5, 0.6, 0.9, 1);
      writeFileSync(join(estimates, `ice-${i}.mrc`), writeMrc({ data, shape: [1, 2, 2], voxelSize: 1 }));
    }
    write();
  });

  test("optics, defocus, ice and particle density are the measured ones; a doubtful CTF is left out", async () => {
    const { manifest } = await simulate("measured");
    expect(manifest.optics).toEqual(record().optics);
    for (const { defocusU, defocusV, defocusAngle, iceMean, particles } of manifest.micrographs) {
      expect([defocusU, defocusV, defocusAngle]).toEqual([15_010, 14_990, 30]);
      expect(iceMean).toBeCloseTo(0.75, 6);
      // a quarter of the measured field
      expect(particles).toBeGreaterThanOrEqual(2);
      expect(particles).toBeLessThanOrEqual(3);
    }
    expect(manifest.inputs.map(({ path }) => path.slice(dir.length + 1))).toEqual([
      "map.mrc",
      "estimates/estimates.json",
      "estimates/ice-0.mrc",
      "estimates/ice-1.mrc",
    ]);
  });

  test("options go before the estimates", async () => {
    const { manifest } = await simulate("told", {
      voltage: 300,
      defocus: [9000, 9000],
      astigmatism: 0,
      iceGradient: 0,
      particles: [4, 0],
    });
    expect(manifest.optics.voltage).toBe(300);
    for (const m of manifest.micrographs) {
      expect([m.defocusU, m.iceMean, m.particles]).toEqual([9000, 1, 4]);
    }
  });

  test("coloured noise has the measured spectrum", async () => {
    const { manifest, dir: folder } = await simulate("coloured", {
      noise: "coloured",
      snr: 0.001,
      size: [512, 512],
      count: 1,
    });
    const image = await readMicrograph(nodeFiles, folder, manifest.micrographs[0]!);
    const { frequency, value } = radialPowerSpectrum(image, 64);
    const at = (k: number): number => {
      const i = frequency.findIndex((each) => each >= k);
      return value[i]! * frequency[i]!;
    };
    // power falls as 1 / k, so that power times k is level
    for (const k of [0.1, 0.2, 0.4]) expect(Math.abs(at(k) / at(0.3) - 1)).toBeLessThan(0.1);
  });

  test("coloured noise at another pixel size is refused", async () => {
    await expect(simulate("size", { noise: "coloured", snr: 0.1, pixelSize: 5 })).rejects.toThrow(
      "noise: found coloured at a pixel size of 5 angstrom, expected 4, at which the noise was measured",
    );
  });

  test("where no fit is reliable all are taken, with a warning", async () => {
    const { micrographs } = record();
    write({ micrographs: micrographs.map((each) => ({ ...each, evidence: 10 })) });
    const { context, warnings } = jobContext();
    const plan = planSimulation({
      map: [map],
      estimates,
      out: join(dir, "doubt"),
      size: [200, 250],
      count: 6,
    });
    const { micrographs: made } = await simulateDataset(plan, context);
    expect(warnings[0]).toContain("no real micrograph has reliable Thon rings: consider giving `defocus`");
    expect(new Set(made.map(({ defocusU }) => Math.round(defocusU))).size).toBeGreaterThan(1);
  });

  test("CTFs of another program's table are taken, whether the micrographs show rings at this sampling or not", async () => {
    const { micrographs } = record();
    write({ micrographs: micrographs.map((each) => ({ ...each, evidence: 10, ctfFrom: "table" })) });
    const { context, warnings } = jobContext();
    const out = join(dir, "table");
    const plan = planSimulation({ map: [map], estimates, out, size: [200, 250], count: 6 });
    const { micrographs: made } = await simulateDataset(plan, context);
    expect(warnings).toEqual([]);
    expect(new Set(made.map(({ defocusU }) => Math.round(defocusU))).size).toBe(2);
  });

  test("a missing ice map and a missing folder are refused", async () => {
    const { micrographs } = record();
    write({
      micrographs: micrographs.map((each) => ({ ...each, files: { ...each.files, ice: "gone.mrc" } })),
    });
    await expect(simulate("none")).rejects.toThrow("gone.mrc: found nothing there");
    write();
    await expect(simulate("none", { estimates: join(dir, "no") })).rejects.toThrow(
      "estimates.json: found nothing there",
    );
  });
});
