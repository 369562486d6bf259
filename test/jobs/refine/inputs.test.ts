import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { resampleVolume } from "../../../src/array/fft/resample.js";
import type { Volume } from "../../../src/array/image.js";
import { readVolume } from "../../../src/io/mrc/read.js";
import { writeMrc } from "../../../src/io/mrc/write.js";
import type { ParticleSet } from "../../../src/io/particles/particle.js";
import { writeParticlesStar } from "../../../src/io/particles/star-write.js";
import type { RefineOptions } from "../../../src/jobs/refine/options.js";
import { planRefinement } from "../../../src/jobs/refine/plan.js";
import { readInputs } from "../../../src/jobs/refine/read.js";
import { refineParticles } from "../../../src/jobs/refine/run.js";
import { jobContext } from "../../helpers/job-context.js";
import { scratchFolder } from "../../helpers/scratch.js";
import { TOY_PIXEL, toyRefinement, writeStack } from "./toy-refinement.js";

const folder = scratchFolder();
const box = 24;
const toy = toyRefinement(folder, { count: 24, box });
const at = (name: string): string => join(folder, name);
let made = 0;

function starOf(change: (set: ParticleSet) => ParticleSet): string {
  const path = at(`${made++}.star`);
  writeFileSync(path, writeParticlesStar(change(toy.set)));
  return path;
}

function mapOf(name: string, map: Volume): string {
  writeFileSync(at(name), writeMrc({ ...map, kind: "volume" }));
  return at(name);
}

async function read(more: Partial<RefineOptions>) {
  const { context, ...said } = jobContext();
  const plan = planRefinement({ particles: toy.star, reference: toy.reference, out: at("out"), ...more });
  return { inputs: await readInputs(plan, context), ...said };
}

describe("a refinement refuses", () => {
  const without = (key: "image" | "defocus" | "angles") =>
    starOf(({ optics, particles }) => ({
      optics,
      particles: particles.map(({ [key]: _, ...rest }) => rest),
    }));

  test("maps that the machine's memory cannot hold, before an image is read", async () => {
    const { context } = jobContext();
    const plan = planRefinement({ particles: toy.star, reference: toy.reference, out: at("large") });
    await expect(refineParticles(plan, { ...context, memory: 2 ** 20 })).rejects.toThrow(
      /particles: found images of 24 x 24 pixels in .*particles\.mrcs, about .* of memory/,
    );
    expect(existsSync(at("large"))).toBe(false);
  });

  test("particles without images, CTF, optics or enough of them", async () => {
    await expect(read({ particles: without("image") })).rejects.toThrow(
      /no rlnImageName", expected the images/,
    );
    await expect(read({ particles: without("defocus") })).rejects.toThrow(
      /no rlnDefocusU", expected the CTF .* which `cryogem extract --ctf` adds/,
    );
    await expect(read({ particles: without("angles"), givenPoses: true })).rejects.toThrow(/no rlnAngleRot/);
    const text = readFileSync(toy.star, "utf8");
    writeFileSync(at("no-voltage.star"), text.replace("_rlnVoltage", "_rlnSomething"));
    await expect(read({ particles: at("no-voltage.star") })).rejects.toThrow(/no rlnVoltage/);
    const few = starOf(({ optics, particles }) => ({ optics, particles: particles.slice(0, 5) }));
    await expect(read({ particles: few })).rejects.toThrow(/particles: found 5, expected at least 20/);
  });

  test("particles to which no CTF was fitted: a defocus of 0, without a phase plate", async () => {
    const inFocus = (phaseShift: number, amplitudeContrast: number) =>
      starOf(({ optics, particles }) => ({
        optics: optics.map((group) => ({ ...group, amplitudeContrast })),
        particles: particles.map((particle) => ({
          ...particle,
          defocus: { defocusU: 0, defocusV: 0, defocusAngle: 0, phaseShift },
        })),
      }));
    await expect(read({ particles: inFocus(0, 0.1) })).rejects.toThrow(
      /\.star: defocus of every particle: found 0, expected that of its micrograph, in angstrom/,
    );
    for (const star of [inFocus(90, 0.1), inFocus(0, 1)]) {
      expect((await read({ particles: star })).warnings).toEqual([]);
    }
  });

  test("halves of which one is empty", async () => {
    const star = starOf(({ optics, particles }) => ({
      optics,
      particles: particles.map((particle) => ({ ...particle, halfSet: 1 as const })),
    }));
    await expect(read({ particles: star })).rejects.toThrow(
      /rlnRandomSubset: found "24 particles in 1 and 0 in 2"/,
    );
  });

  test("images of another size than the optics say, more particles than images, images that are not square", async () => {
    const other = starOf(({ optics, particles }) => ({
      optics: [{ ...optics[0]!, imageSize: 48 }],
      particles,
    }));
    await expect(read({ particles: other })).rejects.toThrow(
      /rlnImageSize of optics group group1: found 48, expected 24, as in .*particles\.mrcs/,
    );
    const beyond = starOf(({ optics, particles }) => ({
      optics,
      particles: particles.map((particle, i) =>
        i === 7 ? { ...particle, image: { index: 99, stack: "particles.mrcs" } } : particle,
      ),
    }));
    await expect(read({ particles: beyond })).rejects.toThrow(
      /image of particle 8: found 99, expected 1 to 24/,
    );
    const data = new Float32Array(24 * 24 * 26).fill(1);
    writeFileSync(
      at("oblong.mrcs"),
      writeMrc({ data, shape: [24, 26, 24], voxelSize: TOY_PIXEL, kind: "stack" }),
    );
    const oblong = starOf(({ optics, particles }) => ({
      optics,
      particles: particles.map((particle) => ({
        ...particle,
        image: { ...particle.image!, stack: "oblong.mrcs" },
      })),
    }));
    await expect(read({ particles: oblong })).rejects.toThrow(/expected square images/);
  });

  test("a mask of another size, a group of symmetry that there is none of, a diameter beyond the box", async () => {
    const reference = readVolume(readFileSync(toy.reference), "reference");
    const mask = mapOf("mask.mrc", resampleVolume(reference, 2 * TOY_PIXEL, 12));
    await expect(read({ mask })).rejects.toThrow(/found shape \[12,12,12\], expected 24 x 24 x 24/);
    await expect(read({ symmetry: "Q3" })).rejects.toThrow(/symmetry: found "Q3"/);
    await expect(read({ initialLowPass: 300 })).rejects.toThrow(
      /initialLowPass: found 300, expected at most 72, half the side/,
    );
    const nothing = mapOf("nothing.mrc", { ...reference, data: reference.data.map(() => 0) });
    await expect(read({ reference: nothing })).rejects.toThrow(
      /nothing\.mrc: densities: found "none above 0", expected a map/,
    );
    await expect(read({ particleDiameter: 200 })).rejects.toThrow(/expected at most the 144 angstrom/);
    await expect(read({ out: toy.star })).rejects.toThrow(/out: found that of `particles`/);
  });

  test("an image with a value that is no number, naming the stack", async () => {
    writeStack(at("nan.mrcs"), toy.images, box);
    const bytes = readFileSync(at("nan.mrcs"));
    bytes.writeFloatLE(Number.NaN, 1024 + 4 * (9 * box * box + 100));
    writeFileSync(at("nan.mrcs"), bytes);
    const star = starOf(({ optics, particles }) => ({
      optics,
      particles: particles.map((particle) => ({
        ...particle,
        image: { ...particle.image!, stack: "nan.mrcs" },
      })),
    }));
    const { context } = jobContext();
    const plan = planRefinement({ particles: star, reference: toy.reference, out: at("nan") });
    await expect(refineParticles(plan, context)).rejects.toThrow(/nan\.mrcs: image 10, pixel 100: found NaN/);
  });
});

describe("a refinement takes", () => {
  test("a reference of another box and voxel size, resampled", async () => {
    const wide = mapOf("wide.mrc", resampleVolume(toy.truth, 4, 48));
    const { inputs, notes } = await read({ reference: wide });
    expect(notes.join()).toMatch(/48 voxels of 4 angstrom become 24 of 6/);
    expect(inputs.reference.shape).toEqual([24, 24, 24]);
    let [ab, aa, bb] = [0, 0, 0];
    inputs.reference.data.forEach((value, i) => {
      ab += value * toy.truth.data[i]!;
      aa += value ** 2;
      bb += toy.truth.data[i]! ** 2;
    });
    expect(ab / Math.sqrt(aa * bb)).toBeGreaterThan(0.999);
  });

  test("an inverted reference, with warnings", async () => {
    const reference = readVolume(readFileSync(toy.reference), "reference");
    const dark = mapOf("dark.mrc", { ...reference, data: reference.data.map((value) => -value) });
    const { context, warnings } = jobContext();
    const plan = planRefinement({
      ...{ particles: toy.star, reference: dark, out: at("dark") },
      iterations: 1,
      initialLowPass: 30,
    });
    await expect(refineParticles(plan, context)).resolves.toBeDefined();
    expect(warnings.join("\n")).toMatch(/probably inverted/);
    expect(warnings.join("\n")).toMatch(/inverted, it fits the particles better/);
  });

  test("an image that two particles have, with a warning", async () => {
    const { warnings } = await read({
      particles: starOf(({ optics, particles }) => ({
        optics,
        particles: particles.map((particle, i) =>
          i === 5 ? { ...particle, image: particles[2]!.image } : particle,
        ),
      })),
    });
    expect(warnings.join()).toMatch(
      /particles with the image of another one: 1, .* image 3 of .*particles\.mrcs/,
    );
    expect((await read({})).warnings).toEqual([]);
  });

  test("a defocus of 0 or less of some particles, with a warning", async () => {
    const star = starOf(({ optics, particles }) => ({
      optics,
      particles: particles.map((particle, i) => {
        const factor = i < 3 ? 0 : i < 8 ? -1 : 1;
        const { defocusU, defocusV, ...rest } = particle.defocus!;
        return {
          ...particle,
          defocus: { ...rest, defocusU: factor * defocusU, defocusV: factor * defocusV },
        };
      }),
    }));
    expect((await read({ particles: star })).warnings).toEqual([
      `${star}: 3 of 24 particles have a defocus of 0, so no CTF was fitted to them; 5 of 24 particles have a negative defocus, ` +
        "which is overfocus: underfocus is positive here",
    ]);
  });

  test("a first filter finer than the pixels, with a warning", async () => {
    expect((await read({ initialLowPass: 2 })).warnings).toEqual([
      `\`initialLowPass\`: found 2, expected at least ${2 * TOY_PIXEL} angstrom, twice the pixel size: there is no finer detail`,
    ]);
  });

  test("dark images, and a reference without the symmetry that is asked for, with warnings", async () => {
    const dark = toyRefinement(join(folder, "dark"), { count: 60, box, noise: 0.5 });
    writeStack(
      dark.stack,
      dark.images.map((image) => image.map((value) => -value)),
      box,
    );
    const { context, warnings } = jobContext();
    const plan = planRefinement({
      ...{ particles: dark.star, reference: dark.reference, out: at("dark-images"), symmetry: "D2" },
      ...{ iterations: 1, initialLowPass: 30 },
    });
    await expect(refineParticles(plan, context)).resolves.toBeDefined();
    expect(warnings.join("\n")).toMatch(/the particles are darker than their background/);
    expect(warnings.join("\n")).toMatch(/reference\.mrc correlates -?0\.\d+ with itself turned by D2/);
  });
});
