import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import type { Volume } from "../../../src/array/image.js";
import { fourierShellCorrelation } from "../../../src/evaluate/maps/fsc.js";
import type { ReconstructOptions } from "../../../src/jobs/reconstruct/options.js";
import { planReconstruction } from "../../../src/jobs/reconstruct/plan.js";
import { reconstructMap } from "../../../src/jobs/reconstruct/run.js";
import { readMapFile, relion } from "../../evaluate/maps/relion.js";
import { jobContext } from "../../helpers/job-context.js";
import { scratchFolder } from "../../helpers/scratch.js";
import { hasProgram } from "../../physics/relion.js";
import { type ParticleFiles, particleStar, writeParticleFiles } from "./particle-files.js";

const withRelion = hasProgram("relion_reconstruct") ? describe : describe.skip;
const folder = scratchFolder();
let outputs = 0;

async function ours(
  files: Pick<ParticleFiles, "star">,
  options: Partial<ReconstructOptions> = {},
  file = "map.mrc",
): Promise<Volume> {
  const out = join(folder, `out${++outputs}`);
  const { context } = jobContext();
  await reconstructMap(
    planReconstruction({ particles: files.star, out, halves: false, skipGridding: true, ...options }),
    context,
  );
  return readMapFile(join(out, file));
}

function theirs({ star }: Pick<ParticleFiles, "star">, ...args: readonly (string | number)[]): Volume {
  const out = join(folder, `relion${++outputs}.mrc`);
  relion("relion_reconstruct", ["--i", star, "--o", out, "--ctf", ...args], folder);
  return readMapFile(out);
}

/** Holds two maps to one another: FSC above 0.999 up to 0.9 of Nyquist, and one scale, within 1 %. */
function expectSameMap(found: Volume, expected: Volume, upTo = 0.9): void {
  expect(found.voxelSize).toBeCloseTo(expected.voxelSize, 5);
  const { correlation } = fourierShellCorrelation(found, expected);
  const last = Math.floor((upTo * found.shape[0]) / 2);
  expect(Math.min(...correlation.subarray(1, last + 1))).toBeGreaterThan(0.999);
  let above = 0;
  let below = 0;
  expected.data.forEach((value, i) => {
    above += value * found.data[i]!;
    below += value * value;
  });
  expect(above / below).toBeGreaterThan(0.99);
  expect(above / below).toBeLessThan(1.01);
}

withRelion("reconstruct is relion_reconstruct's map (needs relion_reconstruct)", () => {
  const files = writeParticleFiles(folder, "particles", { box: 48, count: 1000 });

  // Samples that lie at the resolution's very limit are in or out by rounding in RELION. They count less in larger boxes, and without
  // gridding, which hands their weights on to others.
  test("with gridding, to Nyquist and to a resolution", async () => {
    const larger = writeParticleFiles(folder, "larger", { box: 64, count: 1200 });
    expectSameMap(await ours(larger, { skipGridding: false }), theirs(larger));
    const expected = theirs(larger, "--maxres", 7);
    expectSameMap(await ours(larger, { skipGridding: false, maxResolution: 7 }), expected, 0.9 * (6 / 7));
  });

  test.each([
    ["without gridding", {}, []],
    ["to a resolution", { maxResolution: 7 }, ["--maxres", 7]],
    ["with symmetry D2", { symmetry: "D2" }, ["--sym", "D2"]],
    ["with symmetry O", { symmetry: "O" }, ["--sym", "O"]],
  ] as const)("%s", async (_name, options, args) => {
    const upTo = "maxResolution" in options ? 0.9 * (6 / options.maxResolution) : 0.9;
    expectSameMap(await ours(files, options), theirs(files, "--skip_gridding", ...args), upTo);
  });

  test.each([1, 2] as const)("of half set %d, written beside the map of both", async (half) => {
    const expected = theirs(files, "--subset", half, "--skip_gridding");
    expectSameMap(await ours(files, { halves: true }, `half${half}.mrc`), expected);
    const alone = await ours(files, { halves: undefined, half: half === 1 ? "1" : "2" }, `half${half}.mrc`);
    expectSameMap(alone, expected);
  });

  test("of half precision, in a box that is no product of 2, 3 and 5", async () => {
    const odd = writeParticleFiles(folder, "half", { box: 46, count: 800, mode: "float16", seed: 2 });
    // RELION 3.1 does not read float16
    const float32 = writeParticleFiles(folder, "full", { box: 46, count: 800, seed: 2 });
    expectSameMap(await ours(odd), theirs(float32, "--skip_gridding"));
  });

  test("filtered by an FSC", async () => {
    const fsc = join(folder, "fsc.star");
    const rows = Array.from({ length: 25 }, (_, s) => `${s} ${s / 144} ${Math.max(0, 1 - s / 20)}`);
    const labels = "_rlnSpectralIndex\n_rlnResolution\n_rlnGoldStandardFsc";
    writeFileSync(fsc, `data_model_class_1\n\nloop_\n${labels}\n${rows.join("\n")}\n`);
    expectSameMap(await ours(files, { wiener: fsc }), theirs(files, "--fsc", fsc, "--skip_gridding"));
  });

  test("of two optics groups with their own detectors", async () => {
    const mtf = (name: string, depth: number): string => {
      const rows = Array.from({ length: 201 }, (_, i) => `${i / 400} ${1 - depth * (i / 200) ** 1.3}`);
      const labels = "_rlnResolutionInversePixel\n_rlnMtfValue";
      writeFileSync(join(folder, name), `data_mtf\n\nloop_\n${labels}\n${rows.join("\n")}\n`);
      return join(folder, name);
    };
    const star = join(folder, "mtf-particles.star");
    const twice = Object.entries(files.optics).map(([label, [value]]) => [label, [value, value]]);
    const optics = {
      ...Object.fromEntries(twice),
      ...{ rlnOpticsGroup: [1, 2], rlnOpticsGroupName: ["a", "b"] },
      ...{ rlnMtfFileName: [mtf("a.star", 0.9), mtf("b.star", 0.3)] },
      rlnMicrographOriginalPixelSize: [1.7, 3],
    };
    const groups = files.columns["rlnOpticsGroup"]!.map((_, i) => (i % 3 === 0 ? 2 : 1));
    writeFileSync(star, particleStar(optics, { ...files.columns, rlnOpticsGroup: groups }));
    expectSameMap(await ours({ star }), theirs({ star }, "--skip_gridding"));
  });

  test("of a CTF with an envelope and a scale by particle", async () => {
    const star = join(folder, "envelope.star");
    const count = files.columns["rlnDefocusU"]!.length;
    const columns = {
      ...files.columns,
      rlnCtfBfactor: Array.from({ length: count }, (_, i) => 20 + (i % 60)),
      rlnCtfScalefactor: Array.from({ length: count }, (_, i) => 0.5 + (i % 5) / 4),
      rlnPhaseShift: Array.from({ length: count }, (_, i) => 3 * (i % 30)),
    };
    writeFileSync(star, particleStar(files.optics, columns));
    expectSameMap(await ours({ star }), theirs({ star }, "--skip_gridding"));
  });

  test("of two optics groups with their own boxes, pixel sizes and microscopes", async () => {
    const other = writeParticleFiles(folder, "other", { box: 60, count: 1000, seed: 3 });
    const star = join(folder, "groups.star");
    const joined = Object.fromEntries(
      Object.entries(files.columns).map(([label, values]) => [
        label,
        [...(values as readonly never[]), ...(other.columns[label] as readonly never[])],
      ]),
    );
    const count = files.columns["rlnDefocusU"]!.length;
    joined["rlnOpticsGroup"] = Array.from({ length: 2 * count }, (_, i) => (i < count ? 1 : 2)) as never[];
    const optics = {
      ...{ rlnOpticsGroup: [1, 2], rlnOpticsGroupName: ["a", "b"], rlnImagePixelSize: [3, 2.5] },
      ...{ rlnImageSize: [48, 60], rlnImageDimensionality: [2, 2], rlnVoltage: [300, 200] },
      ...{ rlnSphericalAberration: [2.7, 2], rlnAmplitudeContrast: [0.1, 0.07] },
    };
    writeFileSync(star, particleStar(optics, joined));
    expect(readFileSync(star, "utf8")).toContain("other.mrcs");
    expectSameMap(await ours({ star }), theirs({ star }, "--skip_gridding"));
  });
});
