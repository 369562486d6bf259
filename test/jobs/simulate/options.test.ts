import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { rfft2 } from "../../../src/array/fft/fft.js";
import type { Image } from "../../../src/array/image.js";
import { mean, variance } from "../../../src/array/statistics.js";
import { multiplyRotations } from "../../../src/core/rotation.js";
import { symmetryOperators } from "../../../src/core/symmetry.js";
import { readDataset, readMicrograph } from "../../../src/dataset/reader.js";
import type { ParticleRecord } from "../../../src/dataset/records.js";
import { readParticlesCs } from "../../../src/io/particles/cs.js";
import { readParticlesStar } from "../../../src/io/particles/star.js";
import { readCbox } from "../../../src/io/picks/cbox.js";
import { parseStar } from "../../../src/io/star/parse.js";
import { planSimulation, type SimulateOptions } from "../../../src/jobs/simulate/plan.js";
import { simulateDataset } from "../../../src/jobs/simulate/run.js";
import { coherenceEnvelope } from "../../../src/physics/optics/envelope.js";
import { nodeFiles } from "../../../src/runtime/files.js";
import { jobContext } from "../../helpers/job-context.js";
import { scratchFolder } from "../../helpers/scratch.js";
import { toyVolume, writeToyMap } from "../../helpers/toys/map.js";

const dir = scratchFolder();
const map = writeToyMap(join(dir, "map.mrc"));

async function simulate(name: string, more: Partial<SimulateOptions> = {}) {
  const { context, warnings } = jobContext();
  const options = { map: [map], out: join(dir, name), size: [160, 160] as const, count: 1, seed: 3, ...more };
  await simulateDataset(planSimulation({ particles: [3, 0], ...options }), context);
  const dataset = await readDataset(nodeFiles, join(dir, name));
  const particles: ParticleRecord[] = [];
  for await (const particle of dataset.particles()) particles.push(particle);
  const micrograph = await readMicrograph(nodeFiles, dataset.dir, dataset.manifest.micrographs[0]!);
  return { ...dataset, all: particles, micrograph, warnings };
}

const viewOf = ({ matrix }: ParticleRecord): readonly number[] => matrix.slice(6);
const dot = (a: readonly number[], b: readonly number[]): number =>
  a.reduce((sum, v, i) => sum + v * b[i]!, 0);

describe("orientations", () => {
  test("cones with weights: every view in a cone, in its share; a wrong word is refused", async () => {
    const { all, manifest } = await simulate("cones", {
      orientations: ["cone:-30,90,10,3", "cone:0,0,5"],
      particles: [40, 0],
      collapseRatio: 0,
      count: 5,
    });
    const axis = [Math.cos(Math.PI / 6), -Math.sin(Math.PI / 6), 0];
    const side = all.filter((p) => dot(viewOf(p), axis) >= Math.cos((10 * Math.PI) / 180));
    const top = all.filter((p) => viewOf(p)[2]! >= Math.cos((5 * Math.PI) / 180));
    expect(side.length + top.length).toBe(all.length);
    expect(Math.abs(side.length / all.length - 0.75)).toBeLessThan(5 * Math.sqrt(0.1875 / all.length));
    expect(manifest.options).toMatchObject({ orientations: { kind: "cones" } });
  });

  test("the views of a STAR file, psi free or kept; the file is an input of the dataset", async () => {
    const star = join(dir, "views.star");
    writeFileSync(
      star,
      "data_optics\n\nloop_\n_rlnOpticsGroup\n_rlnVoltage\n_rlnSphericalAberration\n_rlnAmplitudeContrast\n_rlnImagePixelSize\n1 300 2.7 0.1 4\n\n" +
        "data_particles\n\nloop_\n_rlnOpticsGroup\n_rlnImageName\n_rlnAngleRot\n_rlnAngleTilt\n_rlnAnglePsi\n1 1@a.mrcs 12 50 77\n1 2@a.mrcs -100 130 5\n",
    );
    const free = await simulate("star", { orientations: [star], particles: [6, 0], collapseRatio: 0 });
    expect(free.manifest.inputs.map(({ path }) => path)).toContain(star);
    for (const { rot, tilt } of free.all) expect(["12,50", "-100,130"]).toContain(`${rot},${tilt}`);
    expect(new Set(free.all.map(({ psi }) => psi)).size).toBe(6);
    const kept = await simulate("star-psi", { orientations: [star], keepPsi: true, particles: [6, 0] });
    for (const { psi } of kept.all) expect([77, 5]).toContain(psi);
    // nothing but the angles is asked of it
    const bare = join(dir, "angles.star");
    writeFileSync(
      bare,
      "data_\n\nloop_\n_rlnImageName\n_rlnAngleRot\n_rlnAngleTilt\n_rlnAnglePsi\n1@a.mrcs 12 50 77\n2@a.mrcs -100 130 5\n",
    );
    const same = await simulate("bare", { orientations: [bare], keepPsi: true, particles: [6, 0] });
    expect(same.all).toEqual(kept.all);
    await expect(
      simulate("star", { orientations: ["uniform"], particles: [6, 0], collapseRatio: 0 }),
    ).rejects.toThrow("option orientations: found");
  });

  test("preferred views of a symmetric map come in all its copies, with the same image", async () => {
    const { all } = await simulate("d2", {
      orientations: ["cone:20,60,0"],
      symmetry: "D2",
      particles: [60, 0],
      collapseRatio: 0,
      count: 4,
    });
    const given = [20, 60].map((angle) => (angle * Math.PI) / 180);
    const axis = [
      Math.sin(given[1]!) * Math.cos(given[0]!),
      Math.sin(given[1]!) * Math.sin(given[0]!),
      Math.cos(given[1]!),
    ];
    // the view is the last row of A, and A becomes A R
    const copies = symmetryOperators("D2").map((r) =>
      multiplyRotations([0, 0, 0, 0, 0, 0, ...axis] as never, r).slice(6),
    );
    const counts = copies.map((copy) => all.filter((p) => dot(viewOf(p), copy) > 0.9999).length);
    expect(counts.reduce((a, b) => a + b)).toBe(all.length);
    for (const count of counts) {
      expect(Math.abs(count / all.length - 0.25)).toBeLessThan(5 * Math.sqrt(0.1875 / all.length));
    }
  });

  test("a map without the symmetry that it is said to have is warned of, one with it is not", async () => {
    expect((await simulate("c4", { symmetry: "C4" })).warnings[0]).toMatch(
      /correlates 0\.\d+ with itself turned by C4/,
    );
    const ring = toyVolume();
    const [n] = ring.shape;
    const data = ring.data.map((_, i) => {
      const [x, y, z] = [i % n, Math.floor(i / n) % n, Math.floor(i / n / n)].map((v) => v - n / 2);
      const lobes = 1 + Math.cos(4 * Math.atan2(y!, x!));
      return lobes * Math.exp(-((Math.sqrt(x! ** 2 + y! ** 2) - 8) ** 2 + z! ** 2) / 8);
    });
    const four = writeToyMap(join(dir, "four.mrc"), { ...ring, data });
    expect((await simulate("yes4", { map: [four], symmetry: "C4" })).warnings).toEqual([]);
    expect((await simulate("two", { map: [four, map], symmetry: "C4,C1" })).warnings).toEqual([]);
    expect((await simulate("no3", { map: [four], symmetry: "C3" })).warnings.length).toBe(1);
  });
});

describe("detector", () => {
  const curve = join(dir, "mtf.star");
  writeFileSync(curve, "data_mtf\n\nloop_\n_rlnResolutionInversePixel\n_rlnMtfValue\n0 1\n0.5 0.4\n");
  const power = (image: Image, inside: (k: number) => boolean): number => {
    const { data } = rfft2(image);
    const columns = (image.shape[1] >> 1) + 1;
    let sum = 0;
    for (let i = 0; i < data.length; i += 2) {
      const [row, column] = [Math.floor(i / 2 / columns), (i / 2) % columns];
      const ky = (row < image.shape[0] / 2 ? row : row - image.shape[0]) / image.shape[0];
      if (inside(Math.sqrt((column / image.shape[1]) ** 2 + ky ** 2)))
        sum += data[i]! ** 2 + data[i + 1]! ** 2;
    }
    return sum;
  };

  test("an MTF damps the micrograph as its curve says, goes with the dataset and is named in both STAR files", async () => {
    const plain = await simulate("no-mtf", { size: [128, 128] });
    const sharp = await simulate("mtf", { size: [128, 128], mtf: curve, mtfPixelSize: 2 });
    // 0.1 to 0.12 cycles per 4 angstrom pixel are 0.05 to 0.06 per physical pixel: 0.934 of the signal
    const band = (k: number): boolean => k > 0.1 && k < 0.12;
    const ratio = power(sharp.micrograph, band) / power(plain.micrograph, band);
    expect(Math.sqrt(ratio)).toBeCloseTo(0.934, 2);
    expect(sharp.manifest.mtf).toEqual({ path: "mtf.star", pixelSize: 2 });
    expect(readFileSync(join(sharp.dir, "mtf.star"))).toEqual(readFileSync(curve));
    for (const name of ["particles.star", "micrographs.star"]) {
      const optics = parseStar(readFileSync(join(sharp.dir, name), "utf8"), name).table("optics");
      expect(optics.strings("rlnMtfFileName")).toEqual(["mtf.star"]);
      expect([...optics.numbers("rlnMicrographOriginalPixelSize")]).toEqual([2]);
    }
    expect(sharp.manifest.inputs.length).toBe(2);
  });

  test("poisson at a dose without an SNR counts the electrons of a map in volt", async () => {
    const {
      micrograph,
      dir: folder,
      manifest,
    } = await simulate("counting", {
      noise: "poisson",
      dose: 30,
      keepClean: true,
    });
    const electrons = 30 * 4 ** 2;
    expect(micrograph.data.every((value) => Number.isInteger(value) && value >= 0)).toBe(true);
    expect(mean(micrograph.data) / electrons).toBeCloseTo(1, 1);
    const clean = await readMicrograph(nodeFiles, folder, {
      ...manifest.micrographs[0]!,
      path: "clean/000001.mrc",
    });
    const noise = micrograph.data.map((value, i) => value - clean.data[i]!);
    expect(Math.abs(variance(noise) / electrons - 1)).toBeLessThan(0.05);
    expect(manifest.options).toMatchObject({ noise: { kind: "counting", dose: 30 } });
  });

  test("coherence is an envelope over the CTF", async () => {
    const coherence = { focalSpread: 150, convergence: 0.2 };
    const size = [128, 128] as const;
    const optics = { size, defocus: [30_000, 30_000] as const, astigmatism: 0 };
    const plain = await simulate("coherent", optics);
    const damped = await simulate("partial", { ...optics, ...coherence });
    const envelope = coherenceEnvelope(
      { ...plain.manifest.optics, ...plain.manifest.micrographs[0]! },
      coherence,
    );
    const band = (k: number): boolean => k > 0.1 && k < 0.12;
    const ratio = power(damped.micrograph, band) / power(plain.micrograph, band);
    const expected = envelope((0.11 / 4) ** 2);
    expect(expected).toBeLessThan(0.9);
    expect(Math.abs(Math.sqrt(ratio) / expected - 1)).toBeLessThan(0.03);
  });
});

test("labels for cryoSPARC and crYOLO say what particles.star says", async () => {
  const {
    dir: folder,
    manifest,
    all,
  } = await simulate("forms", {
    labels: ["cs", "cbox", "topaz"],
    count: 2,
    depth: 300,
    phaseShift: 35,
  });
  const star = readParticlesStar(readFileSync(join(folder, "particles.star")), "particles.star");
  const cs = readParticlesCs(
    new Uint8Array(readFileSync(join(folder, "labels/particles.cs"))),
    "particles.cs",
  );
  expect(cs.particles.length).toBe(star.particles.length);
  expect(cs.optics[0]).toMatchObject({ voltage: 300, pixelSize: 4, micrographPixelSize: 4 });
  for (const [i, theirs] of cs.particles.entries()) {
    const ours = star.particles[i]!;
    expect([theirs.micrograph, theirs.halfSet, theirs.image]).toEqual([
      ours.micrograph,
      ours.halfSet,
      undefined,
    ]);
    expect([theirs.x!, theirs.y!, theirs.origin!.x]).toBeAllclose([ours.x!, ours.y!, ours.origin!.x], {
      absolute: 1e-3,
    });
    expect(theirs.defocus!.defocusU).toBeCloseTo(ours.defocus!.defocusU, 1);
    expect(theirs.defocus!.phaseShift).toBeCloseTo(35, 3);
    expect([theirs.angles!.rot, theirs.angles!.tilt]).toBeAllclose([ours.angles!.rot, ours.angles!.tilt], {
      absolute: 1e-2,
    });
  }
  const boxes = readCbox(readFileSync(join(folder, "labels/cbox/000002.cbox"), "utf8"), "2.cbox", "2");
  // where the particles truly sit: coordinates less origins, at 4 angstrom a pixel
  const true2 = star.particles.filter((_, i) => all[i]!.micrograph === 2);
  expect(boxes.flatMap(({ x, y }) => [x, y])).toBeAllclose(
    true2.flatMap(({ x, y, origin }) => [x! - origin!.x / 4, y! - origin!.y / 4]),
    { absolute: 2e-3 },
  );
  expect(readFileSync(join(folder, "labels/topaz.txt"), "utf8").split("\n").length).toBe(
    manifest.particles + 2,
  );
});

test.each<[Partial<SimulateOptions>, string]>([
  [{ orientations: ["cone:1,2"] }, 'orientations: found "cone:1,2", expected uniform, cones as'],
  [{ orientations: ["cone:0x1,0,10"] }, 'orientations: found "cone:0x1,0,10"'],
  [{ orientations: ["cone:,0,10"] }, 'orientations: found "cone:,0,10"'],
  [{ orientations: ["cone:0, 0,10"] }, 'orientations: found "cone:0, 0,10"'],
  [{ orientations: ["cone:0,0,181"] }, "(-360 to 360, 0 to 180, 0 to 180 degrees, 0 or more)"],
  [{ orientations: ["cone:0,0,10", "x.star"] }, 'orientations: found "x.star"'],
  [{ orientations: ["sideways"] }, 'orientations: found "sideways"'],
  [
    { orientations: ["cone:0,0,0,0"] },
    "orientations: found cone:0,0,0,0, expected at least one cone with a weight",
  ],
  [{ ratios: [0] }, "ratios: found 0, expected at least one above 0"],
  [{ defocus: [1.5, 2.5] }, "defocus: found 1.5,2.5, expected angstrom, as 15000,25000, not micrometre"],
  [{ keepPsi: true }, "keepPsi: found no STAR file"],
  [{ symmetry: "X9" }, 'symmetry: found "X9", expected C1, C2'],
  [{ symmetry: "C1,C2" }, "symmetry: found 2 groups, expected one, or one for each of 1 maps"],
  [{ dqe: "a.star" }, "dqe: expected `noise` poisson"],
  [{ mtfPixelSize: 1 }, "mtfPixelSize: found no `mtf`"],
  [
    { noise: "poisson-gaussian", dose: 3 },
    "noise: found no `snr`, expected the strength of the noise with it, or `dose`",
  ],
])("%j is refused", (more, message) => {
  expect(() => planSimulation({ map: [map], out: "never", ...more })).toThrow(message);
});
