import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import type { Volume } from "../../../src/array/image.js";
import { createMask } from "../../../src/evaluate/maps/mask.js";
import { writeMrc } from "../../../src/io/mrc/write.js";
import { parseStar, type StarFile } from "../../../src/io/star/parse.js";
import { postprocessMaps } from "../../../src/jobs/postprocess/run.js";
import { postprocessText } from "../../../src/jobs/postprocess/text.js";
import { softSphere } from "../../../src/jobs/shared/maps/soft-sphere.js";
import { colouredNoise, halfMaps } from "../../evaluate/maps/noisy-maps.js";
import { readMapFile, relion, writeMap } from "../../evaluate/maps/relion.js";
import { jobContext } from "../../helpers/job-context.js";
import { scratchFolder } from "../../helpers/scratch.js";
import { sharedPath } from "../../io/shared-data.js";
import { hasProgram } from "../../physics/relion.js";

const folder = scratchFolder();
const BOX = 40;
const VOXEL = 3;
const halves = halfMaps(BOX, VOXEL, 0.05);
const frame = { origin: [12, 9, 6], start: [1, 2, 3] } as const;
const [half1, half2] = halves.map((half, i) => {
  const path = join(folder, `half${i + 1}.mrc`);
  writeFileSync(path, writeMrc({ ...half, ...frame, kind: "volume" }));
  return path;
}) as [string, string];
const softMask = createMask(halves[0], { threshold: 0.8, extend: 3, softEdge: 5 });
const mask = writeMap(folder, "mask.mrc", softMask);

type Given = Parameters<typeof postprocessMaps>[0];

async function run(options: Partial<Given> = {}) {
  const { context, warnings, progress } = jobContext();
  const given = { half1, half2, out: join(folder, "out/map"), ...options };
  return { result: await postprocessMaps(given, context), warnings, progress, out: given.out };
}

const table = (file: StarFile, name: string) => file.tables.find((each) => each.name === name)!;

describe("postprocessMaps", () => {
  test("writes everything that a deposition asks for, in the frame of the first half", async () => {
    const { result, warnings, progress, out } = await run({ mask, fitFrom: 15 });
    expect(warnings).toEqual([]);
    expect(result.written.every((path) => existsSync(path))).toBe(true);
    expect(result.written).toHaveLength(9);
    expect(result.bFactor).toBeLessThan(-100);
    expect(result.interpolated).toBeLessThanOrEqual(result.resolution);
    expect(result.byDraw![0]).toBeLessThanOrEqual(result.byDraw![1]);
    expect(progress.at(-1)).toMatchObject({ stage: "random phases", done: 5, total: 5 });
    for (const end of [".mrc", "_masked.mrc", "_half1_unfil.mrc", "_half2_unfil.mrc"]) {
      const header = readFileSync(out + end);
      expect(header.readFloatLE(196)).toBe(12);
      expect(header.readInt32LE(16)).toBe(1);
    }
    expect(readMapFile(`${out}_half1_unfil.mrc`).data).toEqual(halves[0].data);
    const [map, masked] = [readMapFile(`${out}.mrc`), readMapFile(`${out}_masked.mrc`)];
    expect(masked.data).toBeAllclose(map.data.map((value, i) => value * softMask.data[i]!));
    const xml = readFileSync(`${out}_fsc.xml`, "utf8");
    expect(xml.match(/<coordinate>\s*<x>[\d.e-]+<\/x>\s*<y>[\d.e-]+<\/y>\s*<\/coordinate>/g)).toHaveLength(
      21,
    );
    expect(readFileSync(`${out}_fsc.csv`, "utf8").split("\n")[0]).toBe(
      "frequency_per_angstrom,resolution_angstrom,fsc,unmasked,masked,random_phases_masked,corrected,corrected_standard_deviation",
    );
    expect(postprocessText(result)).toContain("the last shell before 0.143");
  });

  const withRelion = hasProgram("relion_postprocess") ? test : test.skip;
  withRelion(
    "its STAR has the labels and values of relion_postprocess's (skipped where it is not installed)",
    async () => {
      const { out } = await run({ mask, fitFrom: 15, randomiseFrom: 20 });
      mkdirSync(join(folder, "relion"), { recursive: true });
      const args = ["--i", half1, "--i2", half2, "--mask", mask, "--o", "relion/map", "--angpix", VOXEL];
      relion(
        "relion_postprocess",
        [...args, "--auto_bfac", "--autob_lowres", 15, "--randomize_at_A", 20],
        folder,
      );
      const [ours, theirs] = [`${out}.star`, join(folder, "relion/map.star")].map((path) =>
        parseStar(readFileSync(path, "utf8"), path),
      ) as [StarFile, StarFile];
      for (const name of ["general", "fsc", "guinier"]) {
        expect(table(ours, name).labels).toEqual(table(theirs, name).labels);
      }
      for (const label of ["rlnParticleBoxFractionSolventMask", "rlnRandomiseFrom"]) {
        const [found, expected] = [ours, theirs].map((file) => table(file, "general").numbers(label)[0]!);
        expect(found! / expected!).toBeCloseTo(1, 4);
      }
      for (const label of [
        "rlnResolution",
        "rlnAngstromResolution",
        "rlnFourierShellCorrelationParticleMaskFraction",
        "rlnFourierShellCorrelationUnmaskedMaps",
        "rlnFourierShellCorrelationMaskedMaps",
      ]) {
        const [found, expected] = [ours, theirs].map((file) => table(file, "fsc").numbers(label));
        expect(found).toBeAllclose(expected!, { relative: 1e-5, absolute: 1e-3 });
      }
    },
  );

  test("halves of unlike grey scale are warned of", async () => {
    const louder = { ...halves[1], data: halves[1].data.map((value) => 30 * value) };
    const { warnings } = await run({ half2: writeMap(folder, "louder.mrc", louder), fitFrom: 15 });
    expect(warnings.join("\n")).toMatch(
      /louder\.mrc: its densities spread 30 times as far as those of .*half1\.mrc/,
    );
  });

  test("halves that were masked before are warned of, since their masks correlate", async () => {
    const [one, two] = halves.map((half, i) =>
      writeMap(folder, `masked${i + 1}.mrc`, {
        ...half,
        data: half.data.map((value, at) => value * softMask.data[at]!),
      }),
    );
    const { result, warnings } = await run({ half1: one!, half2: two!, fitFrom: 15 });
    expect(warnings.join("\n")).toMatch(
      /masked2\.mrc: it and .*masked1\.mrc are 0 in the same \d+ % of the voxels/,
    );
    const plain = await run({ fitFrom: 15 });
    expect(plain.warnings.join()).not.toContain("masking");
    expect(result.interpolated).toBeLessThan(plain.result.interpolated);
    // what relion_reconstruct leaves at 0, outside the sphere that the box holds, is none
    const ball = softSphere(BOX, VOXEL, BOX / 2 - 6);
    const balls = halves.map((half, i) =>
      writeMap(folder, `ball${i + 1}.mrc`, { ...half, data: half.data.map((v, at) => v * ball.data[at]!) }),
    );
    const round = await run({ half1: balls[0]!, half2: balls[1]!, fitFrom: 15 });
    expect(round.warnings.join()).not.toContain("masking");
  });

  test("without mask reads the unmasked curve and says so", async () => {
    const { result } = await run({ bFactor: -50, weighting: false, lowPass: "resolution" });
    expect((await run({ lowPass: 1, fitFrom: 15 })).warnings.join()).toMatch(
      /^`lowPass`: found 1, expected at least .* angstrom, twice the pixel size/,
    );
    expect(result).toMatchObject({ masking: "no mask", bFactor: -50 });
    expect(result.written.some((path) => path.endsWith("_masked.mrc"))).toBe(false);
  });

  test("local resolution, directions and orientations come as maps, tables and figures", async () => {
    const star = join(folder, "particles.star");
    const rows = Array.from({ length: 40 }, (_, i) => `1 ${i * 9} ${i * 4} 0 ${i + 1}@stack.mrcs`);
    writeFileSync(
      star,
      `data_optics\n\nloop_\n_rlnOpticsGroup\n_rlnOpticsGroupName\n_rlnImagePixelSize\n_rlnVoltage\n_rlnSphericalAberration\n_rlnAmplitudeContrast\n1 a 3 300 2.7 0.1\n\ndata_particles\n\nloop_\n_rlnOpticsGroup\n_rlnAngleRot\n_rlnAngleTilt\n_rlnAnglePsi\n_rlnImageName\n${rows.join("\n")}\n`,
    );
    const extras = { localResolution: true, localSampling: 36, anisotropy: true, particles: star, draws: 1 };
    const { result, out } = await run({ mask, ...extras });
    expect(result.local!.length).toBeGreaterThan(5);
    expect(result.areaRatio).toBeGreaterThan(0.3);
    expect(result.particles).toBe(40);
    const local = readMapFile(`${out}_locres.mrc`);
    expect(local.data[(BOX / 2) * (BOX * BOX + BOX + 1)]).toBeLessThan(20);
    for (const end of ["_locres_filtered.mrc", "_locres.svg", "_directions.csv", "_orientations.svg"]) {
      expect(existsSync(out + end)).toBe(true);
    }
  });

  test("the same halves give the same bytes, another seed other draws", async () => {
    const bytes = async (options: Partial<Given>): Promise<Buffer> =>
      readFileSync(`${(await run({ mask, draws: 2, ...options })).out}_fsc.csv`);
    const first = await bytes({});
    expect(await bytes({})).toEqual(first);
    expect(await bytes({ seed: 2 })).not.toEqual(first);
  });

  test("warns where the curve never falls, and where the mask lies beside what correlates", async () => {
    const noise = colouredNoise(BOX, VOXEL, 50, 9);
    const alike = halves.map((half, i) => {
      const data = half.data.map((value, j) => 0.01 * value + noise.data[j]!);
      return writeMap(folder, `alike${i}.mrc`, { ...half, data });
    });
    const given = { half1: alike[0]!, half2: alike[1]!, mask, randomiseFrom: 20, draws: 1 };
    expect((await run(given)).warnings).toContainEqual(
      expect.stringContaining("stays above 0.143 up to Nyquist"),
    );
    const beside = [1, 2].map((half) => {
      const own = colouredNoise(BOX, VOXEL, 50, half);
      const data = softMask.data.map((m, j) => (1 - m) * noise.data[j]! + m * (5 + own.data[j]!));
      return writeMap(folder, `beside${half}.mrc`, { ...own, data });
    });
    const found = await run({ ...given, half1: beside[0]!, half2: beside[1]! });
    expect(found.result.masking).toBe("mask reaches less far");
    expect(found.warnings).toContainEqual(expect.stringContaining("the unmasked one is read"));
  });

  describe("refuses", () => {
    const broken = (name: string, volume: Volume) => writeMap(folder, name, volume);
    const small = { data: new Float32Array(8).fill(1), shape: [2, 2, 2] as const, voxelSize: VOXEL };
    const inverted = halves.map((half, i) =>
      broken(`inverted${i}.mrc`, { ...half, data: half.data.map((value) => -value) }),
    );

    test.each([
      [
        "a mask of another size",
        { mask: broken("small.mrc", small) },
        "small.mrc: found shape [2,2,2], expected 40 x 40 x 40",
      ],
      [
        "a mask of values outside 0 to 1",
        { mask: broken("signed.mrc", { ...softMask, data: softMask.data.map((v) => v - 128) }) },
        'found "-128 to -127", expected values from 0 to 1',
      ],
      [
        "a mask of one value",
        { mask: broken("ones.mrc", { ...softMask, data: softMask.data.map(() => 1) }) },
        "not one value everywhere",
      ],
      [
        "a half of another voxel size",
        { half2: broken("fine.mrc", { ...halves[1], voxelSize: 2.9 }) },
        "voxel size: found 2.9",
      ],
      [
        "a half of one density",
        { half2: broken("flat.mrc", { ...halves[1], data: halves[1].data.map(() => 2) }) },
        'flat.mrc: densities: found "2 everywhere", expected a half map',
      ],
      ["one half given twice", { half2: half1 }, "expected another half map"],
      [
        "a fit that ends before it begins",
        { fitFrom: 5, fitTo: 10 },
        "fitTo: found 10 angstrom, expected less",
      ],
      ["inverted contrast", { half1: inverted[0]!, half2: inverted[1]!, mask }, "is the contrast inverted"],
    ])("%s", async (_name, options, message) => {
      await expect(run(options)).rejects.toThrow(message);
    });

    const folderOfCase = sharedPath("../cases/mask-range");
    const withCase = existsSync(folderOfCase) ? test : test.skip;
    withCase("the mask of signed bytes of the collected cases (skipped without ../shared)", async () => {
      const at = (name: string): string => join(folderOfCase, name);
      const maps = { half1: at("half1.mrc"), half2: at("half2.mrc") };
      await expect(run({ ...maps, mask: at("mask-signed-imod.mrc") })).rejects.toThrow("values from 0 to 1");
    });
  });
});
