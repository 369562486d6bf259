import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { readDataset } from "../../../src/dataset/reader.js";
import { readParticlesStar } from "../../../src/io/particles/star.js";
import { type Consensus, consensusOf, readConsensus } from "../../../src/jobs/simulate/consensus.js";
import { planSimulation } from "../../../src/jobs/simulate/plan.js";
import { simulateDataset } from "../../../src/jobs/simulate/run.js";
import { nodeFiles } from "../../../src/runtime/files.js";
import { jobContext } from "../../helpers/job-context.js";
import { scratchFolder } from "../../helpers/scratch.js";
import { writeToyMap } from "../../helpers/toys/map.js";

const dir = scratchFolder();

/** Two angstrom a pixel. Micrograph a has three particles, b one; an origin of 8 angstrom moves one by four pixels. */
const STAR = `
data_optics

loop_
_rlnOpticsGroup #1
_rlnOpticsGroupName #2
_rlnMicrographPixelSize #3
_rlnImagePixelSize #4
_rlnImageSize #5
_rlnImageDimensionality #6
_rlnVoltage #7
_rlnSphericalAberration #8
_rlnAmplitudeContrast #9
1 g 2 4 64 2 200 1.4 0.07

data_particles

loop_
_rlnMicrographName #1
_rlnCoordinateX #2
_rlnCoordinateY #3
_rlnOriginXAngst #4
_rlnOriginYAngst #5
_rlnOpticsGroup #6
_rlnAngleRot #7
_rlnAngleTilt #8
_rlnAnglePsi #9
_rlnDefocusU #10
_rlnDefocusV #11
_rlnDefocusAngle #12
_rlnImageName #13
a.mrc 100 100 0 0 1 10 20 30 10100 9900 179 000001@s.mrcs
a.mrc 144 100 8 0 1 40 50 60 10300 10100 1 000002@s.mrcs
a.mrc 100 400 0 0 1 70 80 90 10200 10000 0 000003@s.mrcs
b.mrc 900 300 0 0 1 11 21 31 20000 20000 45 000004@s.mrcs
`;
const star = join(dir, "run_data.star");
writeFileSync(star, STAR);
const consensus = (): Consensus => consensusOf(readParticlesStar(STAR, "run_data.star"));

describe("what particles of a refinement tell, by hand", () => {
  test("optics, views", () => {
    const { optics, angles } = consensus();
    expect(optics).toEqual({ voltage: 200, sphericalAberration: 1.4, amplitudeContrast: 0.07 });
    expect(angles.map(({ rot, tilt }) => [rot, tilt])).toEqual([
      [10, 20],
      [40, 50],
      [70, 80],
      [11, 21],
    ]);
  });

  test("density: three and one in a field whose margins are alike on both sides", () => {
    // x runs from 100 to 900, y from 100 to 400: sides of 1000 and 500 pixels of 2 angstrom
    const area = 1000 * 2 * 500 * 2;
    const { density } = consensus();
    expect(density!.mean).toBeCloseTo(2 / area, 15);
    expect(density!.standardDeviation).toBeCloseTo(1 / area, 15);
  });

  test("spacing: the second sits at 140 for its origin, 40 pixels from the first; the third is 300 from it", () => {
    // nearest neighbours of 80, 80 and 600 angstrom; the lowest 5 % of these
    expect(consensus().spacing).toBeCloseTo(80, 6);
  });

  test("defocus: means of a micrograph, with astigmatism of 179, 1 and 0 degrees adding up", () => {
    const [a, b] = consensus().defocus;
    expect((a!.defocusU + a!.defocusV) / 2).toBeCloseTo(10_100, 6);
    // 200 (2 cos 2 degrees + 1) / 3
    expect(a!.defocusU - a!.defocusV).toBeCloseTo((200 * (2 * Math.cos(Math.PI / 90) + 1)) / 3, 6);
    expect(a!.defocusAngle).toBeCloseTo(0, 6);
    expect([b!.defocusU, b!.defocusV]).toEqual([20_000, 20_000]);
  });
});

describe("simulate with a refinement's particles", () => {
  const map = writeToyMap(join(dir, "map.mrc"));
  const simulate = async (name: string, more: object = {}) => {
    const told = jobContext();
    const options = { map: [map], out: join(dir, name), size: [128, 256] as const, pixelSize: 4, count: 6 };
    await simulateDataset(planSimulation({ ...options, consensus: [star], ...more }), told.context);
    const { manifest, particles } = await readDataset(nodeFiles, join(dir, name));
    const all = [];
    for await (const particle of particles()) all.push(particle);
    return { manifest, all, ...told };
  };

  test("takes number, views, defocus and microscope from them, and records them as an input", async () => {
    const { manifest, all } = await simulate("taken");
    // 2 in 2000 x 1000 angstrom, in fields of 512 x 1024
    const expected = (6 * 2 * (512 * 1024)) / (2000 * 1000);
    expect(all.length).toBeGreaterThan(expected / 2);
    expect(all.length).toBeLessThan(expected * 2.5 + 6);
    const views = new Set(["10.0 20.0", "40.0 50.0", "70.0 80.0", "11.0 21.0"]);
    for (const { rot, tilt } of all) expect(views).toContain(`${rot.toFixed(1)} ${tilt.toFixed(1)}`);
    expect(manifest.optics).toMatchObject({
      voltage: 200,
      sphericalAberration: 1.4,
      amplitudeContrast: 0.07,
    });
    const means = manifest.micrographs.map(({ defocusU, defocusV }) => (defocusU + defocusV) / 2);
    // around 10100 and 20000, by Silverman's width of the two: 1.06 x 4950 x 2^-0.2
    for (const mean of means)
      expect(Math.min(Math.abs(mean - 10_100), Math.abs(mean - 20_000))).toBeLessThan(15_000);
    expect(manifest.inputs.map(({ path }) => path)).toContain(star);
    expect(manifest.options).toMatchObject({ consensus: true, orientations: { kind: "consensus" } });
    expect(manifest.options).not.toHaveProperty("collapseRatio");
  });

  test("particles of one view, as of a 2D classification, say nothing of views: they are simulated of all", async () => {
    const flat = join(dir, "class2d.star");
    writeFileSync(flat, STAR.replace(/(?<= 1 )\d+ \d+ (?=\d+ \d+ \d+ \d+ 0)/g, "0 0 "));
    const { all, warnings } = await simulate("flat", { consensus: [flat] });
    expect(warnings.join("\n")).toContain(
      "all 4 particles have one view (rot 0, tilt 0), as where nothing was aligned",
    );
    expect(new Set(all.map(({ tilt }) => tilt)).size).toBe(all.length);
    const asked = await simulate("flat-asked", { orientations: [flat] });
    expect(asked.warnings.join("\n")).toContain("all 4 particles have one view");
    for (const { rot, tilt } of asked.all) expect([rot, tilt]).toEqual([0, 0]);
  });

  test("an option goes before it", async () => {
    const { manifest, all } = await simulate("options", {
      ...{ particles: [2], orientations: ["cone:0,90,0"], defocus: [5000, 5001], astigmatism: 0 },
      ...{ voltage: 300, collapseRatio: 0.5 },
    });
    expect(all).toHaveLength(12);
    for (const { tilt } of all) expect(tilt).toBeCloseTo(90, 6);
    for (const { defocusU } of manifest.micrographs) expect(defocusU).toBeCloseTo(5000.5, -1);
    expect(manifest.optics).toMatchObject({ voltage: 300, sphericalAberration: 1.4 });
    expect(manifest.options).toMatchObject({ collapseRatio: 0.5 });
  });

  test.each([
    ["without optics", "data_\n\nloop_\n_rlnMicrographName\n_rlnCoordinateX\n_rlnCoordinateY\na.mrc 1 2\n"],
    ["without particles", STAR.slice(0, STAR.indexOf("a.mrc 100"))],
    ["without micrographs", STAR.replace("_rlnMicrographName", "_rlnMicrographMetadata")],
  ])("a file %s is refused by name", async (name, text) => {
    const path = join(dir, `${name}.star`);
    writeFileSync(path, text);
    await expect(readConsensus([path], nodeFiles, { usesDefocus: true, warn: () => {} })).rejects.toThrow(
      path,
    );
  });

  test("astigmatism beside it is refused, which it gives", () => {
    const given = { map: [map], out: "o", consensus: [star], astigmatism: 5 };
    expect(() => planSimulation(given)).toThrow("astigmatism: found `consensus`, which give it");
  });
});
