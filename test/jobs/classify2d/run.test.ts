import { execFileSync } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { irfft2, rfft2 } from "../../../src/array/fft/fft.js";
import { visitFrequencies } from "../../../src/array/spectrum/half.js";
import { standardDeviation } from "../../../src/array/statistics.js";
import type { Files } from "../../../src/core/ports.js";
import { Random } from "../../../src/core/random.js";
import { eulerToMatrix } from "../../../src/core/rotation.js";
import { readMrc } from "../../../src/io/mrc/read.js";
import type { Particle } from "../../../src/io/particles/particle.js";
import { readParticlesStar } from "../../../src/io/particles/star.js";
import { parseStar } from "../../../src/io/star/parse.js";
import type { Classify2dOptions } from "../../../src/jobs/classify2d/options.js";
import { planClassification } from "../../../src/jobs/classify2d/plan.js";
import { classifyParticles } from "../../../src/jobs/classify2d/run.js";
import { ctf } from "../../../src/physics/optics/ctf.js";
import { jobContext } from "../../helpers/job-context.js";
import { killedAgainAndAgain } from "../../helpers/machine/dying-files.js";
import { scratchFolder } from "../../helpers/scratch.js";
import { blobProjection, randomBlobs } from "../../physics/blobs.js";
import { hasProgram } from "../../physics/relion.js";
import { TOY_PIXEL, writeStack, writeStar } from "../refine/toy-refinement.js";

const folder = scratchFolder();
const VIEWS = 3;

/** Images of three bodies, turned in the plane and moved, with CTF and noise; then images of noise alone. */
function toyViews(name: string, { count, empty, box }: { count: number; empty: number; box: number }) {
  const dir = join(folder, name);
  mkdirSync(dir);
  const random = Random.of(3, "toy views");
  const bodies = Array.from({ length: VIEWS }, () => randomBlobs(box, 5, random));
  const optics = { voltage: 300, sphericalAberration: 2.7, amplitudeContrast: 0.1 };
  const images: Float32Array[] = [];
  const particles = Array.from({ length: count + empty }, (_, i): Particle => {
    const mean = random.uniform(8000, 20_000);
    const defocus = { defocusU: mean, defocusV: mean, defocusAngle: 0, phaseShift: 0 };
    const matrix = eulerToMatrix({ rot: 0, tilt: 0, psi: random.uniform(0, 360) });
    const [x, y] = [random.normal(0, 1), random.normal(0, 1)];
    const clean = rfft2(blobProjection(box, bodies[i % VIEWS]!, matrix, x, y));
    const transfer = ctf({ ...optics, ...defocus });
    visitFrequencies([box, box], (at, kx, ky) => {
      const value = transfer(kx / TOY_PIXEL, ky / TOY_PIXEL);
      clean.data[2 * at]! *= value;
      clean.data[2 * at + 1]! *= value;
    });
    const { data } = irfft2(clean);
    const deviation = 1.2 * standardDeviation(data);
    images.push(data.map((value) => (i < count ? value / deviation : 0) + random.normal()));
    return { image: { index: i + 1, stack: "particles.mrcs" }, opticsGroup: 0, defocus, halfSet: 1 };
  });
  writeStack(join(dir, "particles.mrcs"), images, box);
  const star = join(dir, "particles.star");
  writeStar(star, { optics: [{ name: "g", pixelSize: TOY_PIXEL, imageSize: box, ...optics }], particles });
  return star;
}

async function classify(star: string, out: string, more: Partial<Classify2dOptions> = {}, files?: Files) {
  const { context, ...said } = jobContext();
  const plan = planClassification({
    ...{ particles: star, out: join(folder, out), classes: 5, particleDiameter: 120, iterations: 6 },
    ...more,
  });
  const record = await classifyParticles(plan, { ...context, ...(files && { files }) });
  return { record, ...said, at: (name: string): string => join(plan.out, name) };
}

describe("classifyParticles", () => {
  const count = 60;
  const box = 24;

  test("puts each view, and images without a particle, into classes of their own", async () => {
    const star = toyViews("views", { count, empty: 16, box });
    const { record, at, warnings } = await classify(star, "views-out");
    expect(warnings).toEqual([]);
    const table = parseStar(readFileSync(at("run_data.star"), "utf8"), "star").table("particles");
    const classes = table.integers("rlnClassNumber");
    // in each class nearly all images have one origin
    const kinds = Array.from(classes, (_, i) => (i < count ? i % VIEWS : VIEWS));
    let pure = 0;
    for (const [k, { particles }] of record.classes.entries()) {
      const own = kinds.filter((_, i) => classes[i] === k + 1);
      expect(own).toHaveLength(particles);
      pure += Math.max(...[0, 1, 2, 3].map((kind) => own.filter((each) => each === kind).length));
    }
    expect(pure / kinds.length).toBeGreaterThan(0.93);
    expect(new Set(kinds.map((kind, i) => `${kind} ${classes[i]}`)).size).toBeGreaterThanOrEqual(4);
    // what the file had is kept
    expect(table.integers("rlnRandomSubset").every((half) => half === 1)).toBe(true);
    const { shape } = readMrc(readFileSync(at("classes.mrcs")), "classes");
    expect(shape).toEqual([record.classes.length, box, box]);
    const sizes = record.classes.map(({ particles }) => particles);
    expect(sizes).toEqual([...sizes].sort((a, b) => b - a));
    // a class of noise has no detail
    const mostly = (k: number): number =>
      kinds.filter((kind, i) => classes[i] === k && kind === VIEWS).length;
    for (const [k, { particles, resolution }] of record.classes.entries()) {
      if (mostly(k + 1) > particles / 2) expect(resolution ?? 1e3).toBeGreaterThan(60);
      else expect(resolution).toBeLessThan(40);
    }
    expect(readFileSync(at("classes.svg"), "utf8")).toContain(`${count + 16} particles in`);
    const model = parseStar(readFileSync(at("run_model.star"), "utf8"), "model").table("model_classes");
    expect(model.numbers("rlnClassDistribution").reduce((a, b) => a + b, 0)).toBeCloseTo(1, 5);
  });

  test("goes on after a kill at any change of a file, to the same bytes", async () => {
    const star = toyViews("small", { count: 24, empty: 0, box: 20 });
    const options = { classes: 3, iterations: 2, particleDiameter: 100 };
    const whole = await classify(star, "whole", options);
    const killed = await killedAgainAndAgain("half", async (files) => {
      await classify(star, "killed", options, files);
    });
    expect(killed).toBeGreaterThan(6);
    for (const name of readdirSync(whole.at(""), { recursive: true }) as string[]) {
      const [expected, found] = [whole.at(name), join(folder, "killed", name)];
      if (!statSync(expected).isFile() || name === "run_model.star") continue;
      expect(readFileSync(found).equals(readFileSync(expected)), name).toBe(true);
    }
    await expect(classify(star, "killed", { ...options, seed: 2 })).rejects.toThrow(
      /other inputs or options/,
    );
    await expect(classify(star, "many", { ...options, classes: 7 })).rejects.toThrow(
      /found 7 for 24 particles, expected at most 6/,
    );
    const plan = planClassification({ particles: star, out: join(folder, "large"), ...options });
    await expect(classifyParticles(plan, { ...jobContext().context, memory: 2 ** 18 })).rejects.toThrow(
      /classes: found 3 classes of 20 x 20 pixels, about .* of memory/,
    );
    await expect(classify(star, "wide", { ...options, particleDiameter: 200 })).rejects.toThrow(
      /at most the 120/,
    );
  });

  const relion = hasProgram("relion_project");
  test.skipIf(!relion)(
    `RELION reads the classes and takes their particles${relion ? "" : " (no RELION)"}`,
    async () => {
      const star = toyViews("relion", { count: 24, empty: 0, box: 20 });
      const { at, record } = await classify(star, "relion-out", {
        classes: 3,
        iterations: 1,
        particleDiameter: 100,
      });
      const print = (file: string, table: string, ...labels: string[]): string[] =>
        execFileSync("relion_star_printtable", [file, table, ...labels], { encoding: "utf8" })
          .trim()
          .split("\n");
      expect(print(at("run_data.star"), "data_particles", "_rlnClassNumber", "_rlnAnglePsi")).toHaveLength(
        24,
      );
      const shares = print(at("run_model.star"), "data_model_classes", "_rlnClassDistribution").map(Number);
      expect(shares).toHaveLength(record.classes.length);
      const { particles } = readParticlesStar(readFileSync(at("run_data.star")), "star");
      expect(particles).toHaveLength(24);
      // relion_stack_create takes the particles of a STAR file with their angles: it reads every label it needs
      execFileSync(
        "relion_stack_create",
        ["--i", at("run_data.star"), "--o", at("aligned"), "--apply_transformation"],
        {
          cwd: join(folder, "relion"),
          stdio: "pipe",
        },
      );
      expect(readMrc(readFileSync(at("aligned.mrcs")), "aligned").shape).toEqual([24, 20, 20]);
    },
  );
});
