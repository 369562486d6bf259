import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { type Image, zeros } from "../../../src/array/image.js";
import { mean, standardDeviation } from "../../../src/array/statistics.js";
import { Random } from "../../../src/core/random.js";
import { readMrc } from "../../../src/io/mrc/read.js";
import { writeMrc } from "../../../src/io/mrc/write.js";
import { parseStar } from "../../../src/io/star/parse.js";
import { writeStar } from "../../../src/io/star/write.js";
import { boxIsInside, cutBox, treatBox } from "../../../src/jobs/extract/box.js";
import { type ExtractOptions, extractParticles } from "../../../src/jobs/extract/run.js";
import { jobContext } from "../../helpers/job-context.js";
import { scratchFolder } from "../../helpers/scratch.js";

const dir = scratchFolder();

/** Every pixel is its own number, 100 y + x, so that what was cut can be read off. */
const numbered = (rows: number, columns: number, offset = 0): Image => {
  const image = zeros(rows, columns);
  image.data.forEach((_, i) => {
    image.data[i] = offset + 100 * Math.floor(i / columns) + (i % columns);
  });
  return image;
};

describe("box", () => {
  test.each([4, 5])("the pixel at (x, y) comes to the centre floor(n / 2) of a box of %i", (size) => {
    const cut = cutBox(numbered(40, 50), 20, 30, size, 0);
    const middle = Math.floor(size / 2);
    expect(cut.data[middle * size + middle]).toBe(3020);
    expect(cut.data[0]).toBe(100 * (30 - middle) + 20 - middle);
  });

  test.each([
    [1, 1],
    [49, 1],
    [1, 39],
    [49, 39],
  ])("outside the image at (%i, %i) there is the fill value, inside nothing moved", (x, y) => {
    const image = numbered(40, 50);
    const cut = cutBox(image, x, y, 7, -1);
    for (let v = 0; v < 7; v++) {
      for (let u = 0; u < 7; u++) {
        const [px, py] = [x - 3 + u, y - 3 + v];
        const inside = px >= 0 && py >= 0 && px < 50 && py < 40;
        expect(cut.data[v * 7 + u]).toBe(inside ? 100 * py + px : -1);
      }
    }
  });

  test("a box is inside to the last pixel", () => {
    expect(boxIsInside([40, 50], 2, 2, 4)).toBe(true);
    expect(boxIsInside([40, 50], 1, 2, 4)).toBe(false);
    expect(boxIsInside([40, 50], 48, 38, 4)).toBe(true);
    expect(boxIsInside([40, 50], 49, 38, 4)).toBe(false);
    expect(boxIsInside([40, 50], 48, 39, 4)).toBe(false);
  });

  test("normalised, the background has mean 0 and deviation 1, and inversion changes the sign alone", () => {
    const image = zeros(32, 32);
    const random = Random.of(3, "box");
    image.data.forEach((_, i) => {
      image.data[i] =
        random.normal(500, 20) + (((i % 32) - 16) ** 2 + (Math.floor(i / 32) - 16) ** 2 < 64 ? -900 : 0);
    });
    const treated = treatBox(image, { invert: true, backgroundRadius: 12 });
    const outside = treated.data.filter(
      (_, i) => ((i % 32) - 16) ** 2 + (Math.floor(i / 32) - 16) ** 2 > 144,
    );
    expect(mean(outside)).toBeCloseTo(0, 5);
    expect(standardDeviation(outside)).toBeCloseTo(1, 5);
    expect(treated.data[16 * 32 + 16]!).toBeGreaterThan(30);
    const upright = treatBox(image, { invert: false, backgroundRadius: 12 });
    expect(upright.data).toEqual(treated.data.map((value) => -value));
  });

  test("a background without any noise cannot be normalised", () => {
    expect(() => treatBox(zeros(16, 16), { invert: true, backgroundRadius: 6 })).toThrow(
      "leave out `normalise`",
    );
  });
});

const optics = {
  name: "optics",
  columns: {
    rlnOpticsGroupName: ["g"],
    rlnOpticsGroup: [1],
    rlnMicrographPixelSize: [2],
    rlnVoltage: [300],
    rlnSphericalAberration: [2.7],
    rlnAmplitudeContrast: [0.1],
  },
};
const place = [
  ["mics/b.mrc", 30, 20, 0.5],
  ["mics/a.mrc", 10.4, 11.75, -1],
  ["mics/b.mrc", 1, 20, 0],
] as const;
const particles = {
  name: "particles",
  columns: {
    rlnMicrographName: place.map(([name]) => name),
    rlnCoordinateX: place.map(([, x]) => x),
    rlnCoordinateY: place.map(([, , y]) => y),
    rlnOriginXAngst: place.map(([, , , origin]) => origin),
    rlnDefocusU: [1, 2, 3],
    rlnOpticsGroup: [1, 1, 1],
  },
};

const write = (name: string, bytes: Uint8Array | string): string => {
  writeFileSync(join(dir, name), bytes);
  return join(dir, name);
};

async function extract(star: string, more: Partial<ExtractOptions> = {}) {
  const out = join(dir, "out.mrcs");
  const result = await extractParticles({ particles: star, box: 8, out, ...more }, jobContext().context);
  const stack = readMrc(readFileSync(out), out);
  return { result, stack, star: parseStar(readFileSync(join(dir, "out.star"), "utf8"), "out.star"), out };
}

describe("stack", async () => {
  const { mkdirSync } = await import("node:fs");
  mkdirSync(join(dir, "mics"));
  for (const [name, offset] of [
    ["a", 0],
    ["b", 50_000],
  ] as const) {
    const { data } = numbered(40, 50, offset);
    write(`mics/${name}.mrc`, writeMrc({ data, shape: [1, 40, 50], voxelSize: 2 }));
  }
  const coordinates = write("in.star", writeStar([optics, particles]));

  test("keeps the order of the STAR file; coordinates are whole, their rest is in the origin", async () => {
    const { stack, star, out, result } = await extract(coordinates);
    expect(result).toEqual({ stack: out, star: join(dir, "out.star"), particles: 3, skipped: 0 });
    expect([stack.shape, stack.isStack, stack.voxelSize[0]]).toEqual([[3, 8, 8], true, 2]);
    const centreOf = (i: number): number => stack.data[i * 64 + 4 * 8 + 4]!;
    // inverted: minus the numbered pixel
    expect([centreOf(0), centreOf(1), centreOf(2)]).toEqual([-52_030, -1210, -52_001]);
    const table = star.table("particles");
    expect(table.strings("rlnImageName")).toEqual([1, 2, 3].map((i) => `00000${i}@${out}`));
    expect([...table.numbers("rlnCoordinateX")]).toEqual([30, 10, 1]);
    expect([...table.numbers("rlnCoordinateY")]).toEqual([20, 12, 20]);
    // the particle truly sits at 10.4 px + 1 A / 2 A/px: 10 - origin / 2 = 10.9, so the origin is -1.8 A
    expect(table.numbers("rlnOriginXAngst")[1]).toBeCloseTo(-1.8, 6);
    expect(table.numbers("rlnOriginYAngst")[1]).toBeCloseTo(0.5, 6);
    expect(table.numbers("rlnOriginXAngst")[0]).toBeCloseTo(0.5, 6);
    expect([...table.numbers("rlnDefocusU")]).toEqual([1, 2, 3]);
    const group = star.table("optics");
    expect([...group.numbers("rlnImagePixelSize"), ...group.integers("rlnImageSize")]).toEqual([2, 8]);
    expect(stack.header.statistics.max).toBe(Math.max(...stack.data));
    expect(stack.header.statistics.mean).toBeCloseTo(mean(stack.data), 1);
  });

  test("at an edge a box is filled with the micrograph's mean, or the particle left out", async () => {
    const padded = (await extract(coordinates, { invert: false })).stack;
    const level = mean(numbered(40, 50, 50_000).data);
    expect(padded.data[2 * 64]).toBeCloseTo(level, 1);
    const { result, star, stack } = await extract(coordinates, { edges: "skip" });
    expect([result.particles, result.skipped, stack.shape[0]]).toEqual([2, 1, 2]);
    expect([...star.table("particles").numbers("rlnDefocusU")]).toEqual([1, 2]);
  });

  test("float16 stacks are read back the same to three digits", async () => {
    const { stack } = await extract(coordinates, { mode: "float16" });
    expect(stack.header.mode).toBe("float16");
    expect(stack.data[4 * 8 + 4]).toBeCloseTo(-52_030, -2);
  });

  test.each<[string, () => Promise<unknown>, string]>([
    [
      "another ending",
      () => extract(coordinates, { out: join(dir, "x.mrc") }),
      "expected a name that ends in .mrcs",
    ],
    [
      "a missing micrograph",
      () =>
        extract(
          write(
            "lost.star",
            writeStar([
              optics,
              {
                ...particles,
                columns: { ...particles.columns, rlnMicrographName: ["c.mrc", "c.mrc", "c.mrc"] },
              },
            ]),
          ),
        ),
      "c.mrc: found nothing there, expected the micrograph that",
    ],
    [
      "a coordinate outside",
      () =>
        extract(
          write(
            "far.star",
            writeStar([
              optics,
              { ...particles, columns: { ...particles.columns, rlnCoordinateY: [20, 20, 400] } },
            ]),
          ),
        ),
      "rlnCoordinateY: found 400, expected 0 to 39, inside the micrograph",
    ],
    [
      "no coordinates",
      () =>
        extract(
          write(
            "none.star",
            writeStar([
              optics,
              { name: "particles", columns: { rlnMicrographName: ["a"], rlnOpticsGroup: [1] } },
            ]),
          ),
        ),
      "rlnCoordinateX",
    ],
    [
      "nothing inside",
      () => extract(coordinates, { box: 64, edges: "skip" }),
      "particles to extract: found 0",
    ],
  ])("%s is refused", async (_name, action, message) => {
    await expect(action()).rejects.toThrow(message);
  });
});
