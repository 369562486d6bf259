import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { describe, expect, test } from "vitest";
import { zeros } from "../../../src/array/image.js";
import { Random } from "../../../src/core/random.js";
import { readMrc } from "../../../src/io/mrc/read.js";
import { writeMrc } from "../../../src/io/mrc/write.js";
import { decodePng } from "../../../src/io/png/read.js";
import { parseStar } from "../../../src/io/star/parse.js";
import { type EstimateOptions, planEstimate } from "../../../src/jobs/estimate/plan.js";
import { parseEstimates } from "../../../src/jobs/estimate/records.js";
import { estimateMicrographs } from "../../../src/jobs/estimate/run.js";
import { colouredNoise } from "../../../src/physics/noise.js";
import { ctf } from "../../../src/physics/optics/ctf.js";
import { threadWorkers } from "../../../src/runtime/workers/workers.js";
import { jobContext } from "../../helpers/job-context.js";
import { scratchFolder } from "../../helpers/scratch.js";
import { snapshot } from "../../helpers/snapshot.js";

const dir = scratchFolder();
const optics = { voltage: 300, sphericalAberration: 2.7, amplitudeContrast: 0.1 };
const SIDE = 512;

/** Amorphous ice that shows rings out to the end: noise with the spectrum of |CTF|², and white noise. */
function ringed(path: string, defocus: number, seed: number, noisy = 0.3): string {
  const at = ctf({ ...optics, defocusU: defocus, defocusV: defocus, defocusAngle: 0, phaseShift: 0 });
  const n = 512;
  const width = n / 2 + 1;
  const power = new Float32Array(n * width);
  for (let i = 0; i < power.length; i++) {
    const row = Math.floor(i / width);
    const y = (row < n / 2 ? row : row - n) / (n * 3);
    power[i] = at((i % width) / (n * 3), y) ** 2 * (1 - noisy) + noisy;
  }
  const noise = colouredNoise([SIDE, SIDE], { data: power, shape: [n, n] }, Random.of(seed, "ice"));
  writeFileSync(
    path,
    writeMrc({ data: noise.data.map((v) => 50 + 5 * v), shape: [1, SIDE, SIDE], voxelSize: 3 }),
  );
  return path;
}

const raw = join(dir, "raw");
mkdirSync(raw);
const defoci = [12_000, 18_000, 24_000];
const micrographs = defoci.map((defocus, i) => ringed(join(raw, `m${i}.mrc`), defocus, i));
const options = (out: string, more: Partial<EstimateOptions> = {}): EstimateOptions => ({
  micrographs,
  out: join(dir, out),
  pixelSize: 3,
  voltage: 300,
  cs: 2.7,
  ...more,
});
const run = (out: string, more: Partial<EstimateOptions> = {}, context = jobContext().context) =>
  estimateMicrographs(planEstimate(options(out, more)), context);

describe("a folder of estimates", () => {
  test("holds what was measured, in files that others read", async () => {
    const estimates = await run("whole");
    estimates.micrographs.forEach(({ defocusU, defocusV }, i) => {
      expect(Math.abs((defocusU + defocusV) / 2 - defoci[i]!)).toBeLessThan(60);
    });
    expect(Math.abs(estimates.distributions.defocus.mean - 18_000)).toBeLessThan(40);
    expect(Math.abs(estimates.distributions.defocus.standardDeviation - 4_899)).toBeLessThan(40);
    expect(estimates.distributions.particles).toBeNull();
    const at = (name: string): string => join(dir, "whole", name);
    expect(parseEstimates(readFileSync(at("estimates.json"), "utf8"), "estimates.json")).toEqual(estimates);
    const first = estimates.micrographs[0]!;
    const ice = readMrc(readFileSync(at(first.files.ice)), "ice");
    expect(ice.header.voxelSize[0]).toBeCloseTo((SIDE * 3) / 32, 3);
    expect(decodePng(readFileSync(at(first.files.ctfPicture)), "ctf").channels).toBe(3);
    expect(decodePng(readFileSync(at(first.files.icePreview)), "ice").channels).toBe(1);
    expect(readFileSync(at(first.files.ctfCurve), "utf8")).toContain("<svg");
    expect(readFileSync(at(first.files.sizeCurve), "utf8")).toContain("no size stands out");
    expect(readFileSync(at(first.files.particlePicture), "utf8")).toContain(
      "nothing stands out as a particle",
    );
    expect(estimates.distributions.particleSize).toBeNull();
    const star = parseStar(readFileSync(at("micrographs_ctf.star"), "utf8"), "star");
    const table = star.table("micrographs");
    expect(table.strings("rlnMicrographName")).toEqual(micrographs);
    expect(table.numbers("rlnDefocusU")).toBeAllclose(
      estimates.micrographs.map(({ defocusU }) => defocusU),
      { absolute: 1e-5 },
    );
  });

  test("says which micrographs of an earlier run it still holds pictures of", async () => {
    const of = async (paths: string[]) => {
      const { context, notes } = jobContext();
      const { micrographs: counted } = await run("fewer", { micrographs: paths }, context);
      return [counted.length, notes.filter((line) => line.includes("also holds"))];
    };
    expect(await of(micrographs.slice(0, 2))).toEqual([2, []]);
    expect(await of(micrographs.slice(1, 2))).toEqual([
      1,
      [expect.stringMatching(/also holds pictures of another micrograph of an earlier run \(m0\), which/)],
    ]);
  });

  test("is the same from one worker or two, and after an interruption", async () => {
    const pool = threadWorkers(2);
    try {
      await run("two", {}, jobContext(undefined, pool).context);
    } finally {
      await pool.close();
    }
    const whole = snapshot(join(dir, "whole"));
    expect(snapshot(join(dir, "two"))).toEqual(whole);
    for (const name of ["estimates.json", "measured/m1.json", "ice/m2.png"]) rmSync(join(dir, "two", name));
    await run("two");
    expect(snapshot(join(dir, "two"))).toEqual(whole);
  });

  test("measures again only what changed", async () => {
    const own = join(dir, "own");
    mkdirSync(own);
    const paths = micrographs.slice(0, 2).map((path) => join(own, basename(path)));
    paths.forEach((path, i) => {
      writeFileSync(path, readFileSync(micrographs[i]!));
    });
    await run("again", { micrographs: paths });
    const mark = join(dir, "again", "ctf", "m0.svg");
    writeFileSync(mark, "kept");
    ringed(paths[1]!, 30_000, 5);
    const { micrographs: found } = await run("again", { micrographs: paths });
    expect(readFileSync(mark, "utf8")).toBe("kept");
    expect(Math.abs(found[1]!.defocusU - 30_000)).toBeLessThan(200);
    await run("again", { micrographs: paths, fitMin: 25 });
    expect(readFileSync(mark, "utf8")).not.toBe("kept");
  });
});

describe("what is refused or warned of", () => {
  const write = (name: string, data: Float32Array, side: number): string => {
    const path = join(dir, name);
    writeFileSync(path, writeMrc({ data, shape: [1, side, side], voxelSize: 3 }));
    return path;
  };
  /** What no program should write and some do. */
  const withNotANumber = (path: string, sample: number): string => {
    const bytes = readFileSync(path);
    bytes.writeFloatLE(Number.NaN, 1024 + 4 * sample);
    writeFileSync(path, bytes);
    return path;
  };

  test("a micrograph that is too small, constant, or with a sample that is no number: by name and place", async () => {
    const noise = Random.of(1, "small").fillNormal(zeros(300, 300).data);
    const cases = [
      [write("small.mrc", noise.slice(0, 200 * 200), 200), 'small.mrc: size: found "200 x 200 pixels"'],
      [
        write(
          "flat.mrc",
          noise.map(() => 3),
          300,
        ),
        'flat.mrc: pixels: found "the same value 3 everywhere"',
      ],
      [
        withNotANumber(write("nan.mrc", noise, 300), 300 * 7 + 5),
        "nan.mrc: sample 2105: found NaN, expected a finite number",
      ],
    ] as const;
    for (const [path, message] of cases) {
      await expect(run("refused", { micrographs: [path] })).rejects.toThrow(message);
    }
  });

  test("two micrographs of one name, none at all, a band beyond Nyquist, another folder's files", async () => {
    expect(() => planEstimate(options("x", { micrographs: ["a/m.mrc", "b/m.png"] }))).toThrow(
      "different names",
    );
    expect(() => planEstimate(options("x", { micrographs: [] }))).toThrow(
      "micrographs: found none, expected one or more paths",
    );
    expect(() => planEstimate(options("x", { fitMax: 5 }))).toThrow("Nyquist");
    await expect(
      estimateMicrographs(planEstimate({ ...options("x"), out: raw }), jobContext().context),
    ).rejects.toThrow("a folder with other files (m0.mrc");
  });

  test("a particle larger than half the micrograph, as of a wrong pixel size, or smaller than four pixels", async () => {
    await expect(run("large", { pixelSize: 0.3, fitMax: 1 })).rejects.toThrow(
      /^particleDiameter: found 150 angstrom, 500\.0 pixels of .*m0\.mrc at 0\.3 angstrom per pixel, expected 4 to 256: is the `pixelSize` right\?$/,
    );
    await expect(run("small", { particleDiameter: 11 })).rejects.toThrow(
      /^particleDiameter: found 11 angstrom, 3\.7 pixels of .*, expected 4 to 256/,
    );
  });

  test("a micrograph without rings, and a header that says another pixel size", async () => {
    const noise = Random.of(2, "rings").fillNormal(zeros(400, 400).data);
    const path = write("noise.mrc", noise, 400);
    const { context, warnings } = jobContext();
    const { micrographs: found } = await run("warned", { micrographs: [path], pixelSize: 2 }, context);
    expect(found[0]!.evidence).toBeLessThan(50);
    expect(warnings).toContainEqual(expect.stringContaining("its header says 3 angstrom per pixel, not 2"));
    expect(warnings).toContainEqual(expect.stringContaining("its defocus is a guess"));
    // it counts in no average where there are others
    const [one, two] = [
      await run("alone", { micrographs: [micrographs[0]!] }),
      await run("beside", { micrographs: [micrographs[0]!, path] }),
    ];
    expect(two.micrographs).toHaveLength(2);
    expect([two.distributions, two.noise]).toEqual([one.distributions, one.noise]);
  });

  test("CTFs of a table are no guess where the micrographs show no rings of them: they count, and their number is told", async () => {
    const noise = Random.of(2, "rings").fillNormal(zeros(400, 400).data);
    const path = write("table-noise.mrc", noise, 400);
    const ctf = join(dir, "micrographs_ctf.star");
    const rows = ["m0.mrc 1 12000 12000 0", "table-noise.mrc 1 30000 30000 0"].join("\n");
    writeFileSync(
      ctf,
      "data_optics\nloop_\n_rlnOpticsGroup\n_rlnMicrographPixelSize\n_rlnVoltage\n_rlnSphericalAberration\n_rlnAmplitudeContrast\n1 3 300 2.7 0.1\n\n" +
        `data_micrographs\nloop_\n_rlnMicrographName\n_rlnOpticsGroup\n_rlnDefocusU\n_rlnDefocusV\n_rlnDefocusAngle\n${rows}\n`,
    );
    const { context, warnings, notes } = jobContext();
    const given = { micrographs: [micrographs[0]!, path], ctf };
    const { micrographs: found, distributions } = await run("table", given, context);
    expect(found.map(({ ctfFrom }) => ctfFrom)).toEqual(["table", "table"]);
    expect(found[1]!.evidence).toBeLessThan(50);
    expect(distributions.defocus.mean).toBe(21_000);
    expect(warnings).toEqual([]);
    expect(notes).toContainEqual(
      `${ctf}: its CTFs are used. In 1 of 2 micrographs no Thon rings of them are seen at 3 angstrom per pixel`,
    );
  });
});
