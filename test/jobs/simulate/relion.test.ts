import { execFile, spawnSync } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { beforeAll, describe, expect, test } from "vitest";
import { rfft3 } from "../../../src/array/fft/fft.js";
import { padOrCropVolume } from "../../../src/array/fft/resample.js";
import type { Volume } from "../../../src/array/image.js";
import { correlation } from "../../../src/array/statistics.js";
import { Random } from "../../../src/core/random.js";
import { fourierShellCorrelation } from "../../../src/evaluate/maps/fsc.js";
import { readMrc, readVolume } from "../../../src/io/mrc/read.js";
import { parseStar } from "../../../src/io/star/parse.js";
import { boxIsInside } from "../../../src/jobs/extract/box.js";
import { extractParticles } from "../../../src/jobs/extract/run.js";
import { planSimulation } from "../../../src/jobs/simulate/plan.js";
import { simulateDataset } from "../../../src/jobs/simulate/run.js";
import { potentialMap } from "../../../src/physics/potential/potential.js";
import { jobContext } from "../../helpers/job-context.js";
import { scratchFolder } from "../../helpers/scratch.js";
import { writeToyMap } from "../../helpers/toys/map.js";
import { hasProgram } from "../../physics/relion.js";

const hasRelion = ["relion_preprocess", "relion_reconstruct"].every(hasProgram);
const hasMrcfile = spawnSync("/usr/bin/python3", ["-c", "import mrcfile"]).status === 0;

const BOX = 64;
const SIZE = 512;

/** A cloud of atoms without any symmetry, with power up to the resolution. */
function cloud() {
  const random = Random.of(11, "cloud");
  const atoms = Array.from({ length: 400 }, () => ({
    element: "C",
    x: random.normal(0, 22),
    y: random.normal(0, 14),
    z: random.normal(0, 18),
  })).filter(({ x, y, z }) => Math.hypot(x, y, z) < 60);
  return potentialMap(atoms, { voxelSize: 4, box: 40, resolution: 8, middle: [0, 0, 0] });
}

/** Least-squares factor from b to a in each shell of frequencies. */
function shellRatios(a: Volume, b: Volume): number[] {
  const n = b.shape[0];
  const [fa, fb] = [rfft3(a).data, rfft3(b).data];
  const above = new Float64Array(n);
  const below = new Float64Array(n);
  const width = (n >> 1) + 1;
  const signed = (i: number): number => (i < n / 2 ? i : i - n);
  for (let i = 0; i < fa.length; i += 2) {
    const sample = i / 2;
    const row = Math.floor(sample / width);
    const shell = Math.round(Math.hypot(sample % width, signed(row % n), signed(Math.floor(row / n))));
    above[shell]! += fa[i]! * fb[i]! + fa[i + 1]! * fb[i + 1]!;
    below[shell]! += fb[i]! ** 2 + fb[i + 1]! ** 2;
  }
  return Array.from(above, (sum, shell) => sum / below[shell]!);
}

describe.skipIf(!hasRelion)("RELION on a dataset (needs relion_preprocess and relion_reconstruct)", () => {
  const dir = scratchFolder();
  const set = join(dir, "set");
  const volume = cloud();
  const run = (program: string, args: readonly string[]) => promisify(execFile)(program, args, { cwd: set });

  beforeAll(async () => {
    const { context } = jobContext();
    const map = writeToyMap(join(dir, "map.mrc"), volume);
    const plan = planSimulation({
      map: [map],
      out: set,
      size: [SIZE, SIZE],
      count: 10,
      particles: [22, 0],
      collapseRatio: 1.2,
      phaseShift: 30,
      astigmatism: 8000,
      bFactor: 300,
      seed: 2,
    });
    await simulateDataset(plan, context);
    await extractParticles(
      { particles: join(set, "particles.star"), box: BOX, out: join(set, "ours.mrcs") },
      context,
    );
  }, 120_000);

  test("relion_preprocess cuts the same pixels out at the labelled places", async () => {
    mkdirSync(join(set, "relion"));
    await run("relion_preprocess", [
      ...["--i", "micrographs.star", "--reextract_data_star", "particles.star"],
      ...["--part_dir", "relion/", "--part_star", "relion/particles.star"],
      ...["--extract", "--extract_size", String(BOX), "--invert_contrast"],
    ]);
    const read = (name: string) => readMrc(readFileSync(join(set, name)), name);
    const ours = read("ours.mrcs");
    const table = parseStar(readFileSync(join(set, "relion/particles.star"), "utf8"), "relion").table(
      "particles",
    );
    const names = table.strings("rlnImageName");
    expect(names.length).toBe(ours.shape[0]);
    const [x, y] = [table.numbers("rlnCoordinateX"), table.numbers("rlnCoordinateY")];
    const stacks = new Map<string, ReturnType<typeof read>>();
    const pixels = BOX * BOX;
    let compared = 0;
    for (const [i, name] of names.entries()) {
      if (!boxIsInside([SIZE, SIZE], x[i]!, y[i]!, BOX)) continue;
      const [index, file] = name.split("@") as [string, string];
      if (!stacks.has(file)) stacks.set(file, read(file));
      const theirs = stacks.get(file)!.data.subarray((Number(index) - 1) * pixels, Number(index) * pixels);
      expect(theirs).toBeAllclose(ours.data.subarray(i * pixels, (i + 1) * pixels), {
        relative: 1e-5,
        absolute: 1e-5,
      });
      compared++;
    }
    expect(compared).toBeGreaterThan(100);
  });

  test("relion_reconstruct turns the noise-free particles back into the map: FSC above 0.9 to 2/3 of Nyquist", async () => {
    await run("relion_reconstruct", ["--i", "ours.star", "--o", "map.mrc", "--ctf"]);
    const path = join(set, "map.mrc");
    const map = padOrCropVolume(readVolume(readFileSync(path), path), 40);
    expect(map.voxelSize).toBeCloseTo(4, 4);
    // white protein, which the curve alone would not show
    expect(correlation(map.data, volume.data)).toBeGreaterThan(0.95);
    const { correlation: curve } = fourierShellCorrelation(map, volume);
    const shells = Array.from(curve).slice(1, Math.floor((2 / 3) * 20) + 1);
    expect(shells.length).toBe(13);
    expect(Math.min(...shells)).toBeGreaterThan(0.9);
    // the envelope is divided out again: every shell has the map's amplitude
    for (const ratio of shellRatios(map, volume).slice(1, 14)) {
      expect(ratio).toBeGreaterThan(0.8);
      expect(ratio).toBeLessThan(1.15);
    }
  });
});

describe.skipIf(!hasMrcfile)("mrcfile on a dataset (needs python3-mrcfile)", () => {
  const dir = scratchFolder();

  test("validate finds nothing in micrographs of every mode, nor in stacks", async () => {
    const { context } = jobContext();
    const map = writeToyMap(join(dir, "map.mrc"));
    const paths: string[] = [map];
    for (const mode of ["float32", "float16", "uint8"] as const) {
      const out = join(dir, mode);
      await simulateDataset(
        planSimulation({
          map: [map],
          out,
          size: [96, 120],
          count: 2,
          particles: [2, 0],
          snr: 0.5,
          keepClean: true,
          mode,
        }),
        context,
      );
      for (const kind of ["micrographs", "clean"]) {
        paths.push(...readdirSync(join(out, kind)).map((name) => join(out, kind, name)));
      }
      const stack = join(out, "stack.mrcs");
      await extractParticles(
        { particles: join(out, "particles.star"), box: 24, out: stack, normalise: true },
        context,
      );
      paths.push(stack);
    }
    const script =
      "import sys, mrcfile\nprint([p for p in sys.argv[1:] if not mrcfile.validate(p, print_file=sys.stderr)])";
    const { stdout, stderr } = spawnSync("/usr/bin/python3", ["-c", script, ...paths], {
      encoding: "utf8",
    });
    expect(stdout.trim(), stderr).toBe("[]");
    expect(stderr.match(/appears to be valid/g)?.length).toBe(paths.length);
  });
});
