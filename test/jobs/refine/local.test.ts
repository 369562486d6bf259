import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { Random } from "../../../src/core/random.js";
import {
  eulerToMatrix,
  matrixToEuler,
  multiplyRotations,
  rotationAngle,
} from "../../../src/core/rotation.js";
import type { Particle } from "../../../src/io/particles/particle.js";
import { readParticlesStar } from "../../../src/io/particles/star.js";
import { writeParticlesStar } from "../../../src/io/particles/star-write.js";
import type { RefineOptions } from "../../../src/jobs/refine/options.js";
import { planRefinement } from "../../../src/jobs/refine/plan.js";
import { scratchFolder } from "../../helpers/scratch.js";
import { refineToy } from "./refine-toy.js";
import { toyRefinement } from "./toy-refinement.js";

const folder = scratchFolder();
const toy = toyRefinement(join(folder, "toy"), { count: 40, box: 28, noise: 0.8 });
const truths = toy.set.particles;

/** A particle as somebody sees it who is off by an angle about some axis in the image. */
function off(particle: Particle, angle: number, random: Random): Particle {
  const rot = random.uniform(-180, 180);
  const away = eulerToMatrix({ rot, tilt: angle, psi: -rot });
  const angles = matrixToEuler(multiplyRotations(away, eulerToMatrix(particle.angles!)));
  return { ...particle, angles, origin: { x: particle.origin!.x + 3, y: particle.origin!.y - 3 } };
}

const random = Random.of(3, "given poses");
const near = truths.map((particle) => off(particle, 13, random));
const far = truths.map((particle) => off(particle, 70, random));

function write(name: string, particles: readonly Particle[]): string {
  const path = join(folder, "toy", name);
  writeFileSync(path, writeParticlesStar({ optics: toy.set.optics, particles }));
  return path;
}

/** Degrees between orientations, particle by particle. */
const angles = (a: readonly Particle[], b: readonly Particle[]): number[] =>
  a.map((each, i) => rotationAngle(eulerToMatrix(each.angles!), eulerToMatrix(b[i]!.angles!)));
const median = (values: readonly number[]): number => [...values].sort((a, b) => a - b)[values.length >> 1]!;

/** What one iteration finds. */
async function found(name: string, star: string, more: Partial<RefineOptions>) {
  const { at, record } = await refineToy({ ...toy, star }, join(folder, name), { iterations: 1, ...more });
  const path = at("run_data.star");
  return { particles: readParticlesStar(readFileSync(path), path).particles, record };
}

test("given poses near the truth come nearer; far ones stay where they are, which a search everywhere brings home", async () => {
  const given = truths.map((_, i) => (i % 2 === 0 ? far[i]! : near[i]!));
  const star = write("given.star", given);
  const even = <T>(all: readonly T[]): T[] => all.filter((_, i) => i % 2 === 0);
  const odd = <T>(all: readonly T[]): T[] => all.filter((_, i) => i % 2 === 1);
  const local = await found("local", star, { givenPoses: true });
  expect(local.record.last.search).toBe("near the last orientations");
  expect(Math.max(...angles(local.particles, given))).toBeLessThan(30);
  expect(median(even(angles(local.particles, truths)))).toBeGreaterThan(40);
  // a reference of 48 angstrom tells no more
  expect(median(odd(angles(local.particles, truths)))).toBeLessThan(10);
  const everywhere = await found("everywhere", star, {});
  expect(everywhere.record.last.search).toBe("everywhere");
  expect(median(even(angles(everywhere.particles, truths)))).toBeLessThan(10);
});

test("of several proposed poses the right one is found, whatever their order and that of the particles", async () => {
  const backwards = truths.map((_, i) => truths.length - 1 - i);
  const rows = backwards.flatMap((i) => [far[i]!, near[i]!]);
  const { particles, record } = await found("proposed", toy.star, { poses: write("proposed.star", rows) });
  expect(record.last.search).toBe("near the last orientations");
  expect(median(angles(particles, truths))).toBeLessThan(10);
});

test("poses that are no help are found out, and all orientations searched", async () => {
  const wrong = await found("wrong", toy.star, { poses: write("wrong.star", far) });
  expect(wrong.record.last.search).toBe("everywhere");
  expect(median(angles(wrong.particles, truths))).toBeLessThan(10);
});

test("poses that are not those of the particles are refused", async () => {
  const poses = write("few.star", near.slice(1));
  await expect(found("few", toy.star, { poses })).rejects.toThrow(
    /few.star: images: found "no 1@particles.mrcs"/,
  );
  const both = { particles: toy.star, reference: toy.reference, out: "x", poses, givenPoses: true };
  expect(() => planRefinement(both)).toThrow(/`givenPoses`/);
});
