import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { rfft2 } from "../../../src/array/fft/fft.js";
import { type Image, zeros } from "../../../src/array/image.js";
import { radialPowerSpectrum } from "../../../src/array/spectrum/power.js";
import { correlation, mean, standardDeviation } from "../../../src/array/statistics.js";
import { Random } from "../../../src/core/random.js";
import { readMrc } from "../../../src/io/mrc/read.js";
import { writeMrc } from "../../../src/io/mrc/write.js";
import { MICROGRAPH_KINDS } from "../../../src/jobs/control/kinds.js";
import { chanceOf } from "../../../src/jobs/control/loop.js";
import { spoilMicrographs, spoilt } from "../../../src/jobs/control/micrographs.js";
import {
  controlOf,
  planMicrographControl,
  planParticleControl,
  planProjectControl,
} from "../../../src/jobs/control/plan.js";
import { jobContext } from "../../helpers/job-context.js";
import { scratchFolder } from "../../helpers/scratch.js";

const dir = scratchFolder();

/** Dark discs on noise, as particles in a micrograph. */
function micrograph(size = 256): Image {
  const image = zeros(size, size);
  const random = Random.of(3, "control test");
  random.fillNormal(image.data);
  const centres = Array.from(
    { length: 16 },
    () => [random.uniform(0, size), random.uniform(0, size)] as const,
  );
  for (let i = 0; i < image.data.length; i++) {
    const [x, y] = [i % size, Math.floor(i / size)];
    const isInside = centres.some(([cx, cy]) => (x - cx) ** 2 + (y - cy) ** 2 < 100);
    image.data[i] = 50 + image.data[i]! - (isInside ? 4 : 0);
  }
  return image;
}
const image = micrograph();

const ABOUT = { pixelSize: 3, particleDiameter: 60 };

test.each(["random-phases", "matched-noise"] as const)(
  "%s keeps mean and power, and nothing of where the particles are",
  (kind) => {
    const made = spoilt(image, kind, Random.of(1, kind), ABOUT);
    expect(mean(made.data) / mean(image.data)).toBeCloseTo(1, 2);
    const [before, after] = [image, made].map((each) => radialPowerSpectrum(each, 64).value);
    // zero frequency is the mean
    const ratios = Array.from(before!.subarray(1), (power, i) => after![i + 1]! / power);
    expect(mean(ratios)).toBeGreaterThan(0.8);
    expect(mean(ratios)).toBeLessThan(1.25);
    expect(Math.abs(correlation(made.data, image.data))).toBeLessThan(0.1);
  },
);

test("noise of the background has the power between the particles: white here, and most of what discs add is gone", () => {
  const made = spoilt(image, "background-noise", Random.of(1), ABOUT);
  expect(standardDeviation(made.data)).toBeGreaterThan(0.85);
  expect(standardDeviation(made.data)).toBeLessThan(1.3);
  expect(standardDeviation(image.data)).toBeGreaterThan(1.4);
  expect(Math.abs(correlation(made.data, image.data))).toBeLessThan(0.1);
});

test("random phases leave every amplitude as it is", () => {
  const amplitudes = (each: Image) => {
    const { data } = rfft2(each);
    return Array.from({ length: data.length / 2 }, (_, i) => Math.hypot(data[2 * i]!, data[2 * i + 1]!));
  };
  const [before, after] = [image, spoilt(image, "random-phases", Random.of(1), ABOUT)].map(amplitudes);
  const worst = Math.max(...before!.map((value, i) => Math.abs(value - after![i]!)));
  expect(worst).toBeLessThan(1e-3 * Math.max(...before!.slice(1)));
});

test("micrographs are written under their names with their pixel size; a seed gives the same again", async () => {
  mkdirSync(join(dir, "raw"));
  for (const name of ["a", "b"]) {
    const bytes = writeMrc({ data: image.data, shape: [1, 256, 256], voxelSize: 3 });
    writeFileSync(join(dir, "raw", `${name}.mrc`), bytes);
  }
  const micrographs = ["a", "b"].map((name) => join(dir, "raw", `${name}.mrc`));
  const plan = { kind: "matched-noise", micrographs, seed: 4 } as const;
  await spoilMicrographs({ ...plan, out: join(dir, "noise") }, jobContext().context);
  const read = (folder: string, name: string) => readFileSync(join(dir, folder, `${name}.mrc`));
  const first = readMrc(read("noise", "a"), "a.mrc");
  expect(first.header.voxelSize[0]).toBeCloseTo(3, 5);
  // two micrographs of the same pixels get noise of their own
  expect(Math.abs(correlation(first.data, readMrc(read("noise", "b"), "b.mrc").data))).toBeLessThan(0.1);
  await spoilMicrographs({ ...plan, out: join(dir, "again") }, jobContext().context);
  expect(read("again", "a").equals(read("noise", "a"))).toBe(true);
});

test("the chance of a shell is that of as many independent numbers", () => {
  // 4 pi 10^2 coefficients, 24 rotations: 52 numbers
  expect(chanceOf(10, { operators: 24, share: 1 })).toBeCloseTo(1 / Math.sqrt(52.36), 4);
  // in a quarter of the box, twice the deviation
  expect(chanceOf(10, { operators: 24, share: 0.25 })).toBeCloseTo(2 / Math.sqrt(52.36), 4);
  expect(chanceOf(1, { operators: 24, share: 1 })).toBe(1);
});

test("what is asked for is one control, with the options that it takes", () => {
  expect(controlOf({ project: "p.yaml" })).toBe("project");
  expect(() => controlOf({ project: "p.yaml", particles: "a.star" })).toThrow(
    "control: found `particles` and `project`, expected one of",
  );
  expect(() => controlOf({})).toThrow("found none of them");
  expect(planProjectControl({ project: "p.yaml" }).kinds).toEqual(MICROGRAPH_KINDS);
  expect(() => planProjectControl({ project: "p.yaml", kind: "noise" })).toThrow(
    /kind.*found noise with `project`, expected random-phases or matched-noise/,
  );
  expect(() => planMicrographControl({ micrographs: ["a.mrc"], out: "x" })).toThrow(/kind.*found none/);
  const background = { micrographs: ["a.mrc"], kind: "background-noise", out: "x" } as const;
  expect(() => planMicrographControl(background)).toThrow(
    /particleDiameter.*found none, expected it with background-noise/,
  );
  expect(() => planMicrographControl({ ...background, kind: "random-phases", particleDiameter: 60 })).toThrow(
    /particleDiameter.*found it, expected none with random-phases/,
  );
  expect(() => planMicrographControl({ micrographs: ["a.mrc"], kind: "random-phases" })).toThrow(
    /out.*found none, expected a folder/,
  );
  expect(() => planParticleControl({ particles: "a.star", kind: "random-phases", out: "b.star" })).toThrow(
    /kind.*found random-phases with `particles`, expected shuffled-poses or noise/,
  );
});
