import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { rfft3 } from "../../../src/array/fft/fft.js";
import type { Volume } from "../../../src/array/image.js";
import { shellSums } from "../../../src/array/spectrum/shells.js";
import { fourierShellCorrelation } from "../../../src/evaluate/maps/fsc.js";
import { writeParticlesCs } from "../../../src/io/particles/cs-write.js";
import { readParticlesStar } from "../../../src/io/particles/star.js";
import { writeStar } from "../../../src/io/star/write.js";
import type { ReconstructOptions } from "../../../src/jobs/reconstruct/options.js";
import { planReconstruction } from "../../../src/jobs/reconstruct/plan.js";
import { reconstructMap } from "../../../src/jobs/reconstruct/run.js";
import { threadWorkers } from "../../../src/runtime/workers/workers.js";
import { readMapFile } from "../../evaluate/maps/relion.js";
import { jobContext } from "../../helpers/job-context.js";
import { scratchFolder } from "../../helpers/scratch.js";
import { particleStar, writeParticleFiles } from "./particle-files.js";

const folder = scratchFolder();
const files = writeParticleFiles(folder, "particles", { count: 200 });
let outputs = 0;

async function run(options: Partial<ReconstructOptions> = {}) {
  const out = join(folder, `out${++outputs}`);
  const { context, progress, warnings } = jobContext();
  const plan = planReconstruction({ particles: files.star, out, skipGridding: true, ...options });
  const record = await reconstructMap(plan, context);
  return { record, progress, warnings, out, map: (name: string) => readMapFile(join(out, name)) };
}

/** A STAR file of the same particles with other columns. */
function starWith(
  columns: Parameters<typeof particleStar>[1],
  optics: Parameters<typeof particleStar>[0] = {},
): string {
  const star = join(folder, `with${++outputs}.star`);
  writeFileSync(star, particleStar({ ...files.optics, ...optics }, { ...files.columns, ...columns }));
  return star;
}

const zeros = files.columns["rlnDefocusU"]!.map(() => 0);
/** As programs write the CTF where none was fitted. */
const IN_FOCUS = { rlnDefocusU: zeros, rlnDefocusV: zeros };

describe("reconstructMap", () => {
  test("writes the map, both half maps and a record, and tells of its progress", async () => {
    const { record, progress, out, map } = await run();
    expect(readdirSync(out).sort()).toEqual(["half1.mrc", "half2.mrc", "map.mrc", "reconstruct.json"]);
    expect(record.maps).toEqual([
      { file: "half1.mrc", particles: 100 },
      { file: "half2.mrc", particles: 100 },
    ]);
    expect(JSON.parse(readFileSync(join(out, "reconstruct.json"), "utf8"))).toEqual(record);
    expect(progress).toContainEqual({ stage: "particles", done: 200, total: 200, unit: "particles" });
    const { correlation } = fourierShellCorrelation(map("map.mrc"), files.volume);
    expect(Math.min(...correlation.subarray(1, 7))).toBeGreaterThan(0.95);
    const halves = fourierShellCorrelation(map("half1.mrc"), map("half2.mrc")).correlation;
    expect(Math.min(...halves.subarray(1, 6))).toBeGreaterThan(0.9);
    expect(halves[14]).toBeLessThan(0.5);
  });

  test("says what cannot be: one view for all, particles beyond their images, another pixel size in the stack", async () => {
    const all = (value: number) => files.columns["rlnAngleRot"]!.map(() => value);
    const unaligned = { rlnAngleRot: all(0), rlnAngleTilt: all(0), rlnAnglePsi: all(0) };
    expect((await run({ particles: starWith(unaligned) })).warnings).toEqual([
      expect.stringContaining(
        "all 200 particles have one view (rot 0, tilt 0), as where nothing was aligned",
      ),
    ]);
    const far = files.columns["rlnOriginXAngst"]!.map((value, row) => (row === 3 ? 5000 : value));
    expect((await run({ particles: starWith({ rlnOriginXAngst: far }) })).warnings).toEqual([
      expect.stringContaining("1 of 200 particles have origins beyond the edge of their images"),
    ]);
    const coarser = files.optics["rlnImagePixelSize"]!.map((size) => 2 * Number(size));
    expect((await run({ particles: starWith({}, { rlnImagePixelSize: coarser }) })).warnings).toEqual([
      expect.stringMatching(/particles\.mrcs: its header says [\d.]+ angstrom per pixel, not [\d.]+ as/),
    ]);
  });

  test("makes the same of a .cs file", async () => {
    const cs = join(folder, "particles.cs");
    writeFileSync(cs, writeParticlesCs(readParticlesStar(readFileSync(files.star), files.star)));
    const [fromCs, fromStar] = [await run({ particles: cs }), await run()];
    for (const name of ["map.mrc", "half1.mrc"]) {
      const expected = fromStar.map(name);
      const largest = expected.data.reduce((a, b) => Math.max(a, Math.abs(b)), 0);
      // angles of .cs files have 32 bits
      expect(fromCs.map(name).data).toBeAllclose(expected.data, { relative: 0, absolute: 1e-4 * largest });
    }
  });

  test("makes the same of a STAR file of RELION 3.0, whose origins are in pixels", async () => {
    const { rlnOpticsGroup, rlnOriginXAngst, rlnOriginYAngst, ...same } = files.columns;
    const columns = {
      ...same,
      rlnOriginX: rlnOriginXAngst!.map((value) => Number(value) / 3),
      rlnOriginY: rlnOriginYAngst!.map((value) => Number(value) / 3),
      ...{ rlnVoltage: rlnOpticsGroup!.map(() => 300), rlnMagnification: rlnOpticsGroup!.map(() => 10_000) },
      rlnDetectorPixelSize: rlnOpticsGroup!.map(() => 3),
      rlnSphericalAberration: rlnOpticsGroup!.map(() => 2.7),
      rlnAmplitudeContrast: rlnOpticsGroup!.map(() => 0.1),
    };
    const star = join(folder, "old.star");
    writeFileSync(star, writeStar([{ name: "", columns }], "3.0"));
    const [old, expected] = [await run({ particles: star, half: "1" }), await run({ half: "1" })];
    // six digits of each number
    expect(old.map("half1.mrc").data).toBeAllclose(expected.map("half1.mrc").data, { absolute: 1e-4 });
  });

  test("images divided by an MTF give a map that is sharper by it", async () => {
    const mtf = join(folder, "mtf.star");
    const labels = "_rlnResolutionInversePixel\n_rlnMtfValue";
    writeFileSync(mtf, `data_\n\nloop_\n${labels}\n0 1\n0.5 0.4\n`);
    const plain = await run({ halves: false });
    const sharp = await run({ halves: false, mtf, mtfPixelSize: 1.5 });
    const ratio = powerRatio(sharp.map("map.mrc"), plain.map("map.mrc"));
    // half of the detector's Nyquist is that of the images, of 3 angstrom: 0.7 there
    for (const shell of [2, 6, 10, 13]) expect(ratio[shell]).toBeCloseTo(1 / (1 - (0.3 * shell) / 16), 1);
    expect(ratio[13]).toBeGreaterThan(1.25);
  });

  test("images are found in a folder, and beside the particles without one", async () => {
    const moved = writeParticleFiles(folder, "moved", { count: 20 });
    const elsewhere = join(scratchFolder(), "elsewhere.star");
    writeFileSync(elsewhere, readFileSync(moved.star));
    await expect(run({ particles: elsewhere })).rejects.toThrow(
      /moved\.mrcs: found nothing there, expected the stack that/,
    );
    const { record } = await run({ particles: elsewhere, images: folder, half: "2" });
    expect(record.maps).toEqual([{ file: "half2.mrc", particles: 10 }]);
  });

  test.each([
    [
      "no CTF",
      () => starWith({ rlnDefocusU: undefined, rlnDefocusV: undefined }),
      {},
      'columns: found "no CTF (rlnDefocusU',
    ],
    ["no fitted CTF", () => starWith(IN_FOCUS), {}, "defocus of every particle: found 0, expected that of"],
    [
      "no orientations",
      () => starWith({ rlnAngleRot: undefined, rlnAngleTilt: undefined }),
      {},
      "no orientations (rlnAngleRot",
    ],
    [
      "no images",
      () =>
        starWith({
          ...{ rlnImageName: undefined, rlnCoordinateX: files.columns["rlnDefocusU"]! },
          rlnCoordinateY: files.columns["rlnDefocusV"]!,
        }),
      {},
      "no images (rlnImageName",
    ],
    ["no voltage", () => starWith({}, { rlnVoltage: undefined }), {}, "no rlnVoltage"],
    [
      "no half sets",
      () => starWith({ rlnRandomSubset: undefined }),
      { halves: true },
      'rlnRandomSubset, alignments3D/split): found "none"',
    ],
    [
      "one half set",
      () => starWith({ rlnRandomSubset: files.columns["rlnRandomSubset"]!.map(() => 1) }),
      { half: "2" as const },
      'found "all in one"',
    ],
    [
      "an image beyond the stack",
      () =>
        starWith({
          rlnImageName: files.columns["rlnImageName"]!.map((name, i) =>
            i === 7 ? "201@particles.mrcs" : name,
          ),
        }),
      {},
      "image of particle 8: found 201, expected 1 to 200",
    ],
    [
      "another image size",
      () => starWith({}, { rlnImageSize: [40] }),
      {},
      "rlnImageSize of optics group opticsGroup1: found 40, expected 32",
    ],
    [
      "a beam tilt",
      () => starWith({}, { rlnBeamTiltX: [0.2] }),
      {},
      "opticsGroup1: found rlnBeamTiltX, expected none",
    ],
    ["an unknown symmetry", () => files.star, { symmetry: "Q3" }, 'symmetry: found "Q3", expected C1'],
    ["half and halves", () => files.star, { half: "1" as const, halves: true }, "found beside `half`"],
    [
      "an FSC that is none",
      () => files.star,
      { wiener: files.star },
      "expected one with rlnResolution and an FSC",
    ],
  ])("refuses %s, and leaves no folder", async (_name, star, options, message) => {
    await expect(run({ particles: star(), ...options })).rejects.toThrow(message);
    expect(existsSync(join(folder, `out${outputs}`))).toBe(false);
  });

  test("a defocus of 0 does not matter where no CTF is corrected for; a negative one is told", async () => {
    const { record, warnings } = await run({ particles: starWith(IN_FOCUS), ctf: false });
    expect([record.particles, warnings]).toEqual([200, []]);
    const [u, v] = ["rlnDefocusU", "rlnDefocusV"].map((name) =>
      files.columns[name]!.map((value, i) => (i < 4 ? -Number(value) : value)),
    );
    const over = await run({ particles: starWith({ rlnDefocusU: u!, rlnDefocusV: v! }) });
    expect(over.warnings).toEqual([
      expect.stringMatching(/with\d+\.star: 4 of 200 particles have a negative defocus, which is overfocus/),
    ]);
  });

  test("an image that two particles have is told", async () => {
    const names = files.columns["rlnImageName"]!.map((name, i, all) => (i === 9 ? all[4]! : name));
    const { warnings } = await run({ particles: starWith({ rlnImageName: names }) });
    expect(warnings.join()).toMatch(/particles with the image of another one: 1, .* image 5 of/);
    expect((await run()).warnings).toEqual([]);
  });

  test("half sets that are all one give one map, and a warning", async () => {
    const star = starWith({ rlnRandomSubset: files.columns["rlnRandomSubset"]!.map(() => 2) });
    const { record, warnings } = await run({ particles: star });
    expect(record.maps).toEqual([{ file: "map.mrc", particles: 200 }]);
    expect(warnings.join()).toMatch(/found all in one, expected particles in both, 1 and 2: there are no/);
    // none at all are nothing strange, nor is what was left out on purpose
    const without = await run({ particles: starWith({ rlnRandomSubset: undefined }) });
    const unasked = await run({ particles: star, halves: false });
    expect([...without.warnings, ...unasked.warnings]).toEqual([]);
  });

  test("refuses an image with a pixel that is no number, and one without contrast, and names them", async () => {
    const bad = writeParticleFiles(folder, "bad", { count: 10 });
    const bytes = readFileSync(bad.stack);
    bytes.writeFloatLE(Number.NaN, 1024 + 4 * (6 * 32 * 32 + 5));
    writeFileSync(bad.stack, bytes);
    await expect(run({ particles: bad.star })).rejects.toThrow("bad.mrcs: image 7, pixel 5: found NaN");
    bytes.fill(0, 1024 + 4 * 6 * 32 * 32, 1024 + 4 * 7 * 32 * 32);
    writeFileSync(bad.stack, bytes);
    await expect(run({ particles: bad.star })).rejects.toThrow(
      'bad.mrcs: image 7: found "the same value everywhere", expected the image of a particle',
    );
  });

  test("two threads make the same map as one, to rounding", async () => {
    const workers = threadWorkers(2);
    try {
      const out = join(folder, `out${++outputs}`);
      const { context } = jobContext(undefined, workers);
      await reconstructMap(planReconstruction({ particles: files.star, out, skipGridding: true }), context);
      const one = await run();
      for (const name of ["map.mrc", "half2.mrc"]) {
        const expected = one.map(name).data;
        const largest = expected.reduce((a, b) => Math.max(a, Math.abs(b)), 0);
        expect(readMapFile(join(out, name)).data).toBeAllclose(expected, {
          relative: 0,
          absolute: 1e-5 * largest,
        });
      }
    } finally {
      await workers.close();
    }
  });

  test("refuses a map that is too large for the memory, before an image is read", async () => {
    const { context } = jobContext();
    const plan = planReconstruction({ particles: files.star, out: join(folder, "large") });
    await expect(reconstructMap(plan, { ...context, memory: 2 ** 22 })).rejects.toThrow(
      /particles: found a map of 32 x 32 x 32 voxels, about .* of memory/,
    );
  });

  test("refuses a folder with something else", async () => {
    await expect(run({ out: folder })).rejects.toThrow("expected a new or empty folder");
  });
});

/** Square root of the ratio of two maps' power, shell by shell. */
function powerRatio(a: Volume, b: Volume): Float64Array {
  const { first, second } = shellSums(rfft3(a), rfft3(b), "whole spectrum");
  return first.map((power, s) => Math.sqrt(power / second[s]!));
}
