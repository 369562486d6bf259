import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { irfft2, rfft2 } from "../../../src/array/fft/fft.js";
import type { Volume } from "../../../src/array/image.js";
import { visitFrequencies } from "../../../src/array/spectrum/half.js";
import { Random } from "../../../src/core/random.js";
import { eulerToMatrix, uniformRotation } from "../../../src/core/rotation.js";
import { writeMrc } from "../../../src/io/mrc/write.js";
import type { Particle } from "../../../src/io/particles/particle.js";
import { writeParticlesStar } from "../../../src/io/particles/star-write.js";
import type { ReconstructOptions } from "../../../src/jobs/reconstruct/options.js";
import { planReconstruction } from "../../../src/jobs/reconstruct/plan.js";
import { reconstructMap } from "../../../src/jobs/reconstruct/run.js";
import { project } from "../../../src/physics/projection/project.js";
import { prepareProjector } from "../../../src/physics/projection/projector.js";
import { jobContext } from "../../helpers/job-context.js";
import { scratchFolder } from "../../helpers/scratch.js";

const folder = scratchFolder();
const [box, pixelSize, count, bFactor] = [40, 2, 1600, 250];

/** A ball of white noise: its power is the same at all frequencies, as the formula has it. */
function whiteBall(random: Random): Volume {
  const data = Float32Array.from({ length: box ** 3 }, (_, i) => {
    const place = [i % box, Math.floor(i / box) % box, Math.floor(i / box ** 2)];
    const inside = place.reduce((sum, v) => sum + (v - box / 2) ** 2, 0) < (0.35 * box) ** 2;
    return inside ? random.normal() : 0;
  });
  return { data, shape: [box, box, box], voxelSize: pixelSize };
}

/** Images of the ball, their amplitudes times exp(-B k² / 4), with white noise; CTF 1 everywhere. */
function writeParticles(): void {
  const random = Random.of(3, "by number");
  const projector = prepareProjector(whiteBall(random));
  const stack = new Float32Array(count * box * box);
  const particles = Array.from({ length: count }, (_, i): Particle => {
    const angles = uniformRotation(random);
    const spectrum = rfft2(project(projector, eulerToMatrix(angles)));
    visitFrequencies([box, box], (at, kx, ky) => {
      const decay = Math.exp((-bFactor * (kx * kx + ky * ky)) / (4 * pixelSize ** 2));
      spectrum.data[2 * at]! *= decay;
      spectrum.data[2 * at + 1]! *= decay;
    });
    const { data } = irfft2(spectrum);
    stack.set(
      data.map((value) => value + 8 * random.normal()),
      i * box * box,
    );
    return {
      image: { index: i + 1, stack: "ball.mrcs" },
      ...{ opticsGroup: 0, angles, origin: { x: 0, y: 0 }, halfSet: i % 2 === 0 ? 1 : 2 },
    };
  });
  const optics = { voltage: 300, sphericalAberration: 2.7, amplitudeContrast: 0.1 };
  const set = { optics: [{ name: "g", pixelSize, imageSize: box, ...optics }], particles };
  const shape = [count, box, box] as const;
  writeFileSync(
    join(folder, "ball.mrcs"),
    writeMrc({ data: stack, shape, voxelSize: pixelSize, kind: "stack" }),
  );
  writeFileSync(join(folder, "ball.star"), writeParticlesStar(set));
}

async function run(out: string, more: Partial<ReconstructOptions> = {}) {
  const { context, progress, warnings } = jobContext();
  const plan = planReconstruction({
    ...{ particles: join(folder, "ball.star"), out: join(folder, out), ctf: false, skipGridding: true },
    ...{ byNumber: 3, ...more },
  });
  return { record: await reconstructMap(plan, context), progress, warnings };
}

describe("the resolution over the number of particles", () => {
  beforeAll(writeParticles);

  test("tells the B factor of images that were made with it", async () => {
    const { record, progress, warnings } = await run("whole");
    expect(warnings).toEqual([]);
    const { found, fit } = record.byNumber!;
    // halves of 800 are halved five times, in three orders, and there are all particles
    expect(found).toHaveLength(16);
    expect(found.filter(({ order }) => order === 2).map(({ particles }) => particles)).toEqual([
      50, 100, 200, 400, 800,
    ]);
    expect(found.at(-1)).toMatchObject({ order: 0, particles: count, crossed: true });
    expect(Math.abs(fit!.bFactor / bFactor - 1)).toBeLessThan(0.15);
    expect(fit!.plainBFactor).toBeGreaterThan(fit!.bFactor);
    expect(progress).toContainEqual({
      ...{ stage: "subsets of the particles", done: 15, total: 15, unit: "subsets" },
    });
    const csv = readFileSync(join(folder, "whole", "by_number.csv"), "utf8")
      .trim()
      .split("\n");
    expect(csv[0]).toBe("order,particles,resolution_angstrom,crossed");
    expect(csv).toHaveLength(17);
    expect(readFileSync(join(folder, "whole", "by_number.svg"), "utf8")).toContain(
      `B = ${fit!.bFactor.toFixed(0)} Å²`,
    );
  });

  test("other orders find other resolutions, and about the same B factor; a mask is taken", async () => {
    const data = Float32Array.from({ length: box ** 3 }, (_, i) => {
      const place = [i % box, Math.floor(i / box) % box, Math.floor(i / box ** 2)];
      const beyond = Math.sqrt(place.reduce((sum, v) => sum + (v - box / 2) ** 2, 0)) - 0.37 * box;
      return Math.min(1, Math.max(0, 1 - beyond / 3));
    });
    const mask = join(folder, "mask.mrc");
    writeFileSync(mask, writeMrc({ data, shape: [box, box, box], voxelSize: pixelSize, kind: "volume" }));
    const { record } = await run("masked", { mask, seed: 2 });
    const plain = (await run("plain", { byNumber: 1 })).record.byNumber!;
    const { found, fit } = record.byNumber!;
    // less noise under the mask: finer
    expect(found.at(-1)!.resolution).toBeLessThan(plain.found.at(-1)!.resolution);
    expect(found[0]!.resolution).not.toBe(plain.found[0]!.resolution);
    expect(Math.abs(fit!.bFactor / bFactor - 1)).toBeLessThan(0.25);
  });

  test("is refused without half sets, or with a mask and no question", async () => {
    await expect(run("half", { half: "1" })).rejects.toThrow(/byNumber: found without both half maps/);
    expect(() => planReconstruction({ particles: "p.star", out: "o", mask: "m.mrc" })).toThrow(
      /mask: found without `byNumber`/,
    );
  });
});
