import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { fourierFilter } from "../../../src/array/filter.js";
import { correlation, standardDeviation, variance } from "../../../src/array/statistics.js";
import { readMicrograph } from "../../../src/dataset/reader.js";
import { readMrc } from "../../../src/io/mrc/read.js";
import { readPng } from "../../../src/io/png/read.js";
import { parseStar } from "../../../src/io/star/parse.js";
import { cutBox } from "../../../src/jobs/extract/box.js";
import { planSimulation, type SimulateOptions } from "../../../src/jobs/simulate/plan.js";
import { ctf } from "../../../src/physics/optics/ctf.js";
import { project } from "../../../src/physics/projection/project.js";
import { prepareProjector } from "../../../src/physics/projection/projector.js";
import { nodeFiles } from "../../../src/runtime/files.js";
import { threadWorkers } from "../../../src/runtime/workers/workers.js";
import { interruptedContext, jobContext } from "../../helpers/job-context.js";
import { scratchFolder } from "../../helpers/scratch.js";
import { snapshot } from "../../helpers/snapshot.js";
import { toyVolume } from "../../helpers/toys/map.js";
import { particlesOf, toySimulation } from "./toy-simulation.js";

const dir = scratchFolder();
const { map, options, simulate } = toySimulation(dir);

describe("bytes", () => {
  const pool = threadWorkers(2);
  afterAll(() => pool.close());
  const more: Partial<SimulateOptions> = {
    snr: 0.2,
    depth: 400,
    iceGradient: 0.3,
    count: 4,
    keepClean: true,
  };

  test("one worker or two, interrupted or not: the same seed gives the same bytes", async () => {
    await simulate("one", more);
    const one = snapshot(join(dir, "one"));

    await simulate("two", more, jobContext(undefined, pool).context);
    expect(snapshot(join(dir, "two"))).toEqual(one);

    const stopping = interruptedContext(jobContext, 2);
    await expect(simulate("stopped", more, stopping)).rejects.toMatchObject({ name: "AbortError" });
    expect(
      Object.keys(snapshot(join(dir, "stopped"))).filter((name) => /partial|dataset.json/.test(name)),
    ).toEqual([]);
    const rest = jobContext();
    await simulate("stopped", more, rest.context);
    expect(rest.progress.map(({ done }) => done)).toEqual([2, 3, 4]);
    expect(snapshot(join(dir, "stopped"))).toEqual(one);
  });

  test("another seed gives other particles; finished, it is left alone", async () => {
    const first = await particlesOf(await simulate("seed7"));
    const second = await particlesOf(await simulate("seed8", { seed: 8 }));
    expect(second[0]).not.toEqual(first[0]);
    const again = jobContext();
    await simulate("seed7", {}, again.context);
    expect(again.notes[0]).toContain("complete already");
    // what a process that was killed at the very end has left goes
    const whole = snapshot(join(dir, "seed7"));
    mkdirSync(join(dir, "seed7/parts"));
    writeFileSync(join(dir, "seed7/parts/000001.json"), "");
    writeFileSync(join(dir, "seed7/micrographs/.000001.mrc.12.0.partial"), "");
    await simulate("seed7");
    expect(snapshot(join(dir, "seed7"))).toEqual(whole);
    await expect(simulate("seed7", { seed: 8 })).rejects.toThrow("seed: found 7, expected 8");
  });
});

describe("labels", () => {
  test("a particle of the clean micrograph is minus its projection times its own CTF, where and as the label says", async () => {
    const dataset = await simulate("labels", {
      size: [400, 400],
      count: 1,
      particles: [4, 0],
      collapseRatio: 2,
      depth: 1500,
      phaseShift: 20,
    });
    const { manifest } = dataset;
    const micrograph = await readMicrograph(nodeFiles, dataset.dir, manifest.micrographs[0]!);
    const projector = prepareProjector(toyVolume());
    const inside = (await particlesOf(dataset)).filter(
      ({ x, y }) => Math.min(x, y) > 40 && Math.max(x, y) < 360,
    );
    expect(inside.length).toBeGreaterThan(0);
    for (const p of inside) {
      const cut = cutBox(micrograph, p.x, p.y, 36);
      const transfer = ctf({ ...manifest.optics, ...p });
      const { pixelSize } = manifest.optics;
      const shift = { shiftX: -p.originX / pixelSize, shiftY: -p.originY / pixelSize };
      const projection = project(projector, p.matrix as never, shift);
      const image = fourierFilter(projection, (kx, ky) => -transfer(kx / pixelSize, ky / pixelSize));
      expect(correlation(cut.data, image.data)).toBeGreaterThan(0.99);
      const scale = standardDeviation(cut.data) / standardDeviation(image.data);
      expect(scale).toBeGreaterThan(0.95);
      expect(scale).toBeLessThan(1.05);
    }
  });

  test("with the transfer of an in-focus amplitude object a particle is minus its projection: no physics of the microscope", async () => {
    const dataset = await simulate("plain", {
      ...{ size: [400, 400], count: 1, particles: [4, 0], collapseRatio: 2 },
      ...{ defocus: [0, 0], astigmatism: 0, cs: 0, phaseShift: 0, amplitudeContrast: 1, iceGradient: 0 },
    });
    const { manifest } = dataset;
    const micrograph = await readMicrograph(nodeFiles, dataset.dir, manifest.micrographs[0]!);
    const projector = prepareProjector(toyVolume());
    const { pixelSize } = manifest.optics;
    const inside = (await particlesOf(dataset)).filter(
      ({ x, y }) => Math.min(x, y) > 40 && Math.max(x, y) < 360,
    );
    expect(inside.length).toBeGreaterThan(0);
    for (const p of inside) {
      const shift = { shiftX: -p.originX / pixelSize, shiftY: -p.originY / pixelSize };
      const { data } = project(projector, p.matrix as never, shift);
      expect(
        correlation(
          cutBox(micrograph, p.x, p.y, 36).data,
          data.map((value) => -value),
        ),
      ).toBeGreaterThan(0.999);
    }
    // no fringes: nothing is brighter than the empty ground
    const depth = micrograph.data.reduce((least, value) => Math.min(least, value), 0);
    const height = micrograph.data.reduce((most, value) => Math.max(most, value), 0);
    expect(height).toBeLessThan(-0.01 * depth);
  });

  test("the manifest says what was made: optics, counts, inputs, options", async () => {
    const { manifest } = await simulate("manifest", {
      voltage: 200,
      cs: 0.01,
      amplitudeContrast: 0.07,
      snr: 0.5,
    });
    expect(manifest.optics).toEqual({
      pixelSize: 4,
      voltage: 200,
      sphericalAberration: 0.01,
      amplitudeContrast: 0.07,
    });
    expect(manifest.micrographs.map(({ shape }) => shape)).toEqual([
      [160, 200],
      [160, 200],
      [160, 200],
    ]);
    expect(manifest.inputs).toEqual([{ path: map, sha256: await nodeFiles.sha256(map) }]);
    expect(manifest.options).toMatchObject({ count: 3, noise: { kind: "white", snr: 0.5 } });
    expect(manifest.particles).toBe(manifest.micrographs.reduce((sum, { particles }) => sum + particles, 0));
    // the toy's blobs reach 38 angstrom from the centre, 2 to 3 deviations wide
    expect(manifest.particleDiameter).toBeGreaterThan(80);
    expect(manifest.particleDiameter).toBeLessThan(112);
  });

  test("defocus and astigmatism stay in their ranges and differ between micrographs", async () => {
    const { manifest } = await simulate("defocus", { count: 8, defocus: [12_000, 13_000], astigmatism: 400 });
    const means = manifest.micrographs.map(({ defocusU, defocusV }) => (defocusU + defocusV) / 2);
    const differences = manifest.micrographs.map(({ defocusU, defocusV }) => defocusU - defocusV);
    expect(Math.min(...means)).toBeGreaterThanOrEqual(12_000);
    expect(Math.max(...means)).toBeLessThanOrEqual(13_000);
    expect(Math.max(...differences)).toBeLessThanOrEqual(400);
    expect(Math.max(...differences)).toBeGreaterThan(100);
    expect(new Set(means).size).toBe(8);
  });

  test("a particle in the ice has the micrograph's defocus minus its depth", async () => {
    const dataset = await simulate("depth", { depth: 2000 });
    const micrographs = dataset.manifest.micrographs;
    for (const { depth, defocusU, micrograph } of await particlesOf(dataset)) {
      expect(defocusU).toBeCloseTo(micrographs[micrograph - 1]!.defocusU - depth, 6);
    }
  });

  test("particles of several strengths: truth.jsonl and RELION's scale factor have each one's", async () => {
    const dataset = await simulate("strengths", { strengthSpread: 0.3, count: 2 });
    const strengths = (await particlesOf(dataset)).map(({ strength }) => strength!);
    expect(new Set(strengths).size).toBe(strengths.length);
    const star = parseStar(readFileSync(join(dir, "strengths/particles.star"), "utf8"), "particles.star");
    const written = star.table("particles").numbers("rlnCtfScalefactor");
    for (const [i, strength] of strengths.entries()) expect(written[i]).toBeCloseTo(strength, 6);
  });

  test("contaminants stand in the manifest and move no particle", async () => {
    const dirty = await simulate("dirty", { contaminants: 4, count: 2 });
    const clean = await simulate("without", { count: 2 });
    const lumps = dirty.manifest.micrographs.flatMap(({ contaminants }) => contaminants!);
    expect(lumps.length).toBeGreaterThan(0);
    expect(clean.manifest.micrographs.every((m) => !("contaminants" in m))).toBe(true);
    expect(await particlesOf(dirty)).toEqual(await particlesOf(clean));
  });

  test("every particle's place is in the mask, whose area fits the particles", async () => {
    const dataset = await simulate("masks", { count: 1 });
    const mask = readPng(readFileSync(join(dataset.dir, "masks/000001.png")), "mask");
    const particles = await particlesOf(dataset);
    for (const { x, y } of particles) expect(mask.data[y * 200 + x]).toBe(255);
    const covered = mask.data.filter((value) => value === 255).length;
    const visible = particles.reduce((sum, { visibleFraction }) => sum + visibleFraction, 0);
    const disc = (Math.PI / 4) * (dataset.manifest.particleDiameter / 4) ** 2;
    expect(covered / (visible * disc)).toBeGreaterThan(0.4);
    expect(covered / (visible * disc)).toBeLessThan(1.3);
  });
});

describe("options", () => {
  test("noise has the SNR asked for, and the clean micrograph is kept on request", async () => {
    const { dir: folder } = await simulate("noise", { snr: 0.25, keepClean: true, count: 1 });
    const read = (kind: string) => readMrc(readFileSync(join(folder, `${kind}/000001.mrc`)), kind).data;
    const [noisy, clean] = [read("micrographs"), read("clean")];
    const noise = noisy.map((value, i) => value - clean[i]!);
    expect(variance(clean) / variance(noise)).toBeCloseTo(0.25, 2);
    expect(Math.abs(correlation(noise, clean))).toBeLessThan(0.03);
  });

  test("particles that find no place are reported", async () => {
    const { context, warnings } = jobContext();
    await simulate("crowded", { particles: [200, 0], count: 1 }, context);
    expect(warnings[0]).toMatch(/^\d+ of 200 particles found no place/);
  });

  test("a micrograph smaller than a particle is refused", async () => {
    await expect(simulate("tiny", { size: [32, 32], pixelSize: 2 })).rejects.toThrow(
      "size: found a shorter side of 64 angstrom",
    );
  });

  test.each<[Partial<SimulateOptions>, string]>([
    [{ map: [] }, "map: found none, expected one or more paths"],
    [{ ratios: [1, 2] }, "ratios: found 2, expected one for each of 1 maps"],
    [{ noise: "poisson" }, "noise: found no `snr`"],
    [{ keepClean: true }, "keepClean: found no noise"],
    [{ snr: 0.1, noise: "coloured" }, "noise: found coloured without `estimates`"],
    [{ snr: 0.1, dose: 20 }, "dose: expected `noise` poisson"],
    [{ snr: 0.1, gaussianShare: 0.3, noise: "poisson" }, "gaussianShare: expected"],
    [{ defocus: [2, 1] }, "defocus: found 2,1, expected 2 numbers with commas between, the lower first"],
    [{ particles: [0, 0] }, "particles: found 0, expected a mean of at least 1"],
    [{ count: 0 }, "count: found 0, expected a whole number, 1 to 999999"],
    [{ size: [16, 64] }, "size: found 64x16, expected N or WIDTHxHEIGHT, 32 to 32768 pixels"],
  ])("options that clash or make no sense are refused: %j", (more, message) => {
    expect(() => planSimulation(options("never", more))).toThrow(message);
  });
});
