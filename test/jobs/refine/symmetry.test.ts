import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { correlation, standardDeviation } from "../../../src/array/statistics.js";
import { Random } from "../../../src/core/random.js";
import { fourierShellCorrelation, resolutionAt } from "../../../src/evaluate/maps/fsc.js";
import { readVolume } from "../../../src/io/mrc/read.js";
import { scratchFolder } from "../../helpers/scratch.js";
import { hasProgram, relionProject } from "../../physics/relion.js";
import { errorsOf, refineToy } from "./refine-toy.js";
import { lowPassed, TOY_PIXEL, toyRefinement, writeStack } from "./toy-refinement.js";

const folder = scratchFolder();

test.each(["D2", "O"])(
  "particles of symmetry %s are found up to the group, and the map has it",
  async (symmetry) => {
    // an octahedral body low-passed further is a ball
    const toy = toyRefinement(join(folder, symmetry), { count: 40, box: 28, symmetry, noise: 0.8, shell: 6 });
    const { at, record } = await refineToy(toy, join(folder, `out-${symmetry}`), {
      symmetry,
      iterations: 3,
      initialLowPass: 28,
    });
    expect(record.options["symmetry"]).toBe(symmetry);
    const { angle, shift } = errorsOf(at("run_data.star"), toy, symmetry);
    expect(angle).toBeLessThan(4);
    expect(shift).toBeLessThan(0.5 * TOY_PIXEL);
    const map = readVolume(readFileSync(at("map.mrc")), "map");
    const before = resolutionAt(fourierShellCorrelation(lowPassed(toy.truth, 6), toy.truth), 0.5).resolution;
    expect(resolutionAt(fourierShellCorrelation(map, toy.truth), 0.5).resolution).toBeLessThan(before);
    // half a turn about z and about x, which both groups have, about the centre of an even box
    const [n, c] = [28, 14];
    for (const turn of [
      (x: number, y: number, z: number) => [-x, -y, z],
      (x: number, y: number, z: number) => [x, -y, -z],
    ]) {
      const own: number[] = [];
      const turned: number[] = [];
      for (let i = 0; i < map.data.length; i++) {
        const [x, y, z] = [(i % n) - c, (Math.floor(i / n) % n) - c, Math.floor(i / n ** 2) - c];
        if (x ** 2 + y ** 2 + z ** 2 > 11 ** 2) continue;
        const [u, v, w] = turn(x, y, z) as [number, number, number];
        own.push(map.data[i]!);
        turned.push(map.data[((w + c) * n + v + c) * n + u + c]!);
      }
      expect(correlation(own, turned)).toBeGreaterThan(0.999);
    }
  },
);

const withRelion = hasProgram("relion_project") ? test : test.skip;
withRelion(
  "particles that RELION made are found, and RELION makes the map from run_data.star (skipped where it is not installed)",
  async () => {
    const box = 28;
    const toy = toyRefinement(join(folder, "relion"), { count: 60, box });
    const clean = relionProject(
      toy.truth,
      toy.set.particles.map(({ angles, origin, defocus }) => ({
        ...angles!,
        ...defocus!,
        ...{ originX: origin!.x, originY: origin!.y, bFactor: 0 },
      })),
      toy.set.optics[0]!,
      ["--ctf"],
    );
    const random = Random.of(6, "noise on images of RELION");
    const noisy = clean.map(({ data }) => {
      const deviation = standardDeviation(data);
      return data.map((value) => value / deviation + random.normal());
    });
    writeStack(toy.stack, noisy, box);
    const { at } = await refineToy(toy, join(folder, "out-relion"), { iterations: 3 });
    const { angle, shift } = errorsOf(at("run_data.star"), toy);
    expect(angle).toBeLessThan(6);
    expect(shift).toBeLessThan(0.5 * TOY_PIXEL);
    const args = ["--i", at("run_data.star"), "--o", at("relion.mrc"), "--ctf", "--skip_gridding"];
    execFileSync("relion_reconstruct", args, { cwd: join(folder, "relion"), stdio: "pipe" });
    const map = readVolume(readFileSync(at("relion.mrc")), "relion.mrc");
    const before = resolutionAt(fourierShellCorrelation(lowPassed(toy.truth, 4), toy.truth), 0.5).resolution;
    expect(resolutionAt(fourierShellCorrelation(map, toy.truth), 0.5).resolution).toBeLessThan(0.8 * before);
  },
);
