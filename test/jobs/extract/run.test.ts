import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { type Image, zeros } from "../../../src/array/image.js";
import { mean, standardDeviation } from "../../../src/array/statistics.js";
import { Random } from "../../../src/core/random.js";
import { readMrc } from "../../../src/io/mrc/read.js";
import { writeMrc } from "../../../src/io/mrc/write.js";
import { parseStar } from "../../../src/io/star/parse.js";
import { writeStar } from "../../../src/io/star/write.js";
import { boxIsInside, cutBox } from "../../../src/jobs/extract/box.js";
import { type ExtractOptions, extractParticles } from "../../../src/jobs/extract/run.js";
import { rescaleBox, treatBox } from "../../../src/jobs/extract/treat.js";
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
    const cut = cutBox(numbered(40, 50), 20, 30, size);
    const middle = Math.floor(size / 2);
    expect(cut.data[middle * size + middle]).toBe(3020);
    expect(cut.data[0]).toBe(100 * (30 - middle) + 20 - middle);
  });

  test.each([
    [1, 1],
    [49, 1],
    [1, 39],
    [49, 39],
  ])("outside the image at (%i, %i) there is the nearest pixel, inside nothing moved", (x, y) => {
    const image = numbered(40, 50);
    const cut = cutBox(image, x, y, 7);
    for (let v = 0; v < 7; v++) {
      for (let u = 0; u < 7; u++) {
        const [px, py] = [x - 3 + u, y - 3 + v];
        const [nearX, nearY] = [Math.min(49, Math.max(0, px)), Math.min(39, Math.max(0, py))];
        expect(cut.data[v * 7 + u]).toBe(100 * nearY + nearX);
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
    const treated = treatBox(image, { invert: true, background: { radius: 12, ramp: false } });
    const outside = treated.data.filter(
      (_, i) => ((i % 32) - 16) ** 2 + (Math.floor(i / 32) - 16) ** 2 > 144,
    );
    expect(mean(outside)).toBeCloseTo(0, 5);
    expect(standardDeviation(outside)).toBeCloseTo(1, 5);
    expect(treated.data[16 * 32 + 16]!).toBeGreaterThan(30);
    const upright = treatBox(image, { invert: false, background: { radius: 12, ramp: false } });
    expect(upright.data).toEqual(treated.data.map((value) => -value));
  });

  test("a background without any noise cannot be normalised", () => {
    const background = { radius: 6, ramp: true };
    expect(() => treatBox(zeros(16, 16), { invert: true, background })).toThrow("leave out `normalise`");
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

describe("rescaleBox", () => {
  test.each([
    [32, 24],
    [24, 32],
  ])("of a wave from %i to %i pixels is the wave at the new pixels", (from, to) => {
    const wave = (n: number): Image => {
      const image = zeros(n, n);
      image.data.forEach((_, i) => {
        const [x, y] = [(i % n) / n, Math.floor(i / n) / n];
        image.data[i] = 3 + Math.cos(2 * Math.PI * (5 * x - 3 * y) + 0.4);
      });
      return image;
    };
    expect(rescaleBox(wave(from), to).data).toBeAllclose(wave(to).data, { absolute: 1e-5 });
  });
});

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
    expect([centreOf(0), centreOf(1), centreOf(2)]).toEqual([-52_030, -1110, -52_001]);
    const table = star.table("particles");
    expect(table.strings("rlnImageName")).toEqual([1, 2, 3].map((i) => `00000${i}@${out}`));
    expect([...table.numbers("rlnCoordinateX")]).toEqual([30, 10, 1]);
    expect([...table.numbers("rlnCoordinateY")]).toEqual([20, 11, 20]);
    // the particle truly sits at 10.4 px + 1 A / 2 A/px: 10 - origin / 2 = 10.9, so the origin is -1.8 A
    expect(table.numbers("rlnOriginXAngst")[1]).toBeCloseTo(-1.8, 6);
    expect(table.numbers("rlnOriginYAngst")[1]).toBeCloseTo(-1.5, 6);
    expect(table.numbers("rlnOriginXAngst")[0]).toBeCloseTo(0.5, 6);
    expect([...table.numbers("rlnDefocusU")]).toEqual([1, 2, 3]);
    const group = star.table("optics");
    expect([...group.numbers("rlnImagePixelSize"), ...group.integers("rlnImageSize")]).toEqual([2, 8]);
    expect(stack.header.statistics.max).toBe(Math.max(...stack.data));
    expect(stack.header.statistics.mean).toBeCloseTo(mean(stack.data), 1);
  });

  test("at an edge a box is filled with the nearest pixels, or the particle left out", async () => {
    const padded = (await extract(coordinates, { invert: false })).stack;
    expect(padded.data.slice(2 * 64, 2 * 64 + 5)).toEqual(
      new Float32Array([51_600, 51_600, 51_600, 51_600, 51_601]),
    );
    const { result, star, stack } = await extract(coordinates, { edges: "skip" });
    expect([result.particles, result.skipped, stack.shape[0]]).toEqual([2, 1, 2]);
    expect([...star.table("particles").numbers("rlnDefocusU")]).toEqual([1, 2]);
  });

  test("rescaled images have their pixel size in both files; odd sizes are refused", async () => {
    const { stack, star } = await extract(coordinates, { box: 12, rescale: 8, edges: "skip" });
    expect([stack.shape, stack.voxelSize[0]]).toEqual([[2, 8, 8], 3]);
    const table = star.table("optics");
    expect([table.numbers("rlnImagePixelSize")[0], table.numbers("rlnImageSize")[0]]).toEqual([3, 8]);
    expect(table.numbers("rlnMicrographPixelSize")[0]).toBe(2);
    await expect(extract(coordinates, { rescale: 9 })).rejects.toThrow(
      "rescale: found 9 pixels, expected an even",
    );
    await expect(extract(coordinates, { box: 9, rescale: 8 })).rejects.toThrow("box: found 9 pixels");
    await expect(extract(coordinates, { normalise: true, radius: 5 })).rejects.toThrow(
      "radius: found 5 pixels, expected at most 4",
    );
  });

  test("recentred boxes follow the refined origins", async () => {
    const moved = {
      ...particles,
      columns: { ...particles.columns, rlnOriginXAngst: [-4.9, 3, 0], rlnOriginYAngst: [7, 0, 0] },
    };
    const star = write("moved.star", writeStar([optics, moved]));
    const made = await extract(star, { recentre: true });
    const table = made.star.table("particles");
    // 2 A a pixel: -2.45 and 3.5 pixels of the first are 2 to the right and 4 up
    expect([...table.numbers("rlnCoordinateX")]).toEqual([32, 8, 1]);
    expect([...table.numbers("rlnCoordinateY")]).toEqual([16, 11, 20]);
    expect(table.numbers("rlnOriginXAngst")).toBeAllclose([-0.9, -1 - 0.8, 0], { absolute: 1e-5 });
    expect(table.numbers("rlnOriginYAngst")).toBeAllclose([-1, -1.5, 0], { absolute: 1e-5 });
    expect(made.stack.data[4 * 8 + 4]).toBe(-51_632);
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
      "rlnCoordinateY: found 400, expected a box of 8 pixels that meets the micrograph of 50 x 40",
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
      () => extract(coordinates, { box: 48, edges: "skip" }),
      "particles to extract: found 0",
    ],
  ])("%s is refused", async (_name, action, message) => {
    await expect(action()).rejects.toThrow(message);
  });
});

describe("pixel sizes", () => {
  const { data } = numbered(40, 50);
  write("said.mrc", writeMrc({ data, shape: [1, 40, 50], voxelSize: 1.06 }));
  write("unsaid.mrc", writeMrc({ data, shape: [1, 40, 50], voxelSize: 1 }));
  /** A particle at 20.25, 20.5 with an origin of 1.06, -2.12 angstrom. */
  const starOf = (sizes: Readonly<Record<string, number>>, micrograph = "said.mrc"): string => {
    const group = {
      rlnOpticsGroup: [1],
      ...Object.fromEntries(Object.entries(sizes).map(([k, v]) => [k, [v]])),
    };
    const own = {
      ...{ rlnMicrographName: [micrograph], rlnOpticsGroup: [1], rlnImageName: ["1@old.mrcs"] },
      ...{ rlnCoordinateX: [20.25], rlnCoordinateY: [20.5] },
      ...{ rlnOriginXAngst: [1.06], rlnOriginYAngst: [-2.12] },
    };
    return write(
      "sizes.star",
      writeStar([
        { name: "optics", columns: group },
        { name: "particles", columns: own },
      ]),
    );
  };
  const sizesOf = async (star: string, more: Partial<ExtractOptions> = {}) => {
    const told = jobContext();
    const out = join(dir, "sizes-cut.mrcs");
    await extractParticles({ particles: star, box: 8, out, ...more }, told.context);
    const file = parseStar(readFileSync(join(dir, "sizes-cut.star"), "utf8"), "sizes-cut.star");
    const table = file.table("particles");
    return {
      header: readMrc(readFileSync(out), out).voxelSize[0],
      image: file.table("optics").numbers("rlnImagePixelSize")[0],
      origins: [table.numbers("rlnOriginXAngst")[0], table.numbers("rlnOriginYAngst")[0]],
      warnings: told.warnings,
    };
  };
  // 1.06 - 0.25 * 1.06 and -2.12 + 0.5 * 1.06: the coordinate goes to 20, 21
  const right = {
    header: expect.closeTo(1.06, 5),
    image: expect.closeTo(1.06, 5),
    origins: [0.795, -2.65],
    warnings: [],
  };

  test.each([
    [
      "the micrograph's",
      { rlnMicrographPixelSize: 1.06, rlnMicrographOriginalPixelSize: 0.53, rlnImagePixelSize: 2.12 },
    ],
    [
      "not the movie's: the header's, after extraction",
      { rlnMicrographOriginalPixelSize: 0.53, rlnImagePixelSize: 1.06 },
    ],
    [
      "not the images': the header's, after binning",
      { rlnMicrographOriginalPixelSize: 0.53, rlnImagePixelSize: 2.12 },
    ],
    ["not the movie's alone", { rlnMicrographOriginalPixelSize: 0.53 }],
  ])("%s", async (_name, sizes) => {
    expect(await sizesOf(starOf(sizes))).toEqual(right);
  });

  test("a user's is taken where the STAR file says none, and refused where it says another", async () => {
    const lost = { rlnMicrographOriginalPixelSize: 0.53, rlnImagePixelSize: 2.12 };
    expect(await sizesOf(starOf(lost, "unsaid.mrc"), { pixelSize: 1.06 })).toEqual(right);
    await expect(sizesOf(starOf({ rlnMicrographPixelSize: 1.06 }), { pixelSize: 1.3 })).rejects.toThrow(
      "found 1.3 angstrom, expected 1.06",
    );
    await expect(sizesOf(starOf(lost, "unsaid.mrc"))).rejects.toThrow("expected it as `pixelSize`");
  });

  test("a header that disagrees is said, and so is a size that had to be guessed", async () => {
    const { warnings, header } = await sizesOf(starOf({ rlnMicrographPixelSize: 2 }));
    expect([header, warnings]).toEqual([2, [expect.stringMatching(/its header says 1\.06.* taken is 2/)]]);
    const guessed = await sizesOf(starOf({ rlnImagePixelSize: 1.06 }, "unsaid.mrc"));
    expect(guessed).toEqual({
      ...right,
      warnings: [expect.stringMatching(/taken is that of the particle images/)],
    });
  });

  test("RELION 3.0's origins in pixels of binned images become pixels of the micrograph", async () => {
    const columns = {
      ...{
        rlnMicrographName: ["said.mrc"],
        rlnImageName: ["1@old.mrcs"],
        rlnCoordinateX: [20.25],
        rlnCoordinateY: [20.5],
      },
      ...{ rlnOriginX: [0.5], rlnOriginY: [-1], rlnDetectorPixelSize: [2.12], rlnMagnification: [10_000] },
    };
    const star = write("old.star", writeStar([{ name: "", columns }], "3.0"));
    await extractParticles({ particles: star, box: 8, out: join(dir, "new.mrcs") }, jobContext().context);
    const table = parseStar(readFileSync(join(dir, "new.star"), "utf8"), "new.star").tables[0]!;
    const of = (label: string): number => table.numbers(label)[0]!;
    expect([of("rlnOriginX"), of("rlnOriginY")]).toEqual([1 - 0.25, -2 - 0.5]);
    expect((of("rlnDetectorPixelSize") * 1e4) / of("rlnMagnification")).toBeCloseTo(1.06, 5);
  });
});

describe("boxes over the edges", () => {
  const { data } = numbered(40, 50);
  write("edge.mrc", writeMrc({ data, shape: [1, 40, 50], voxelSize: 2 }));
  const starOf = (places: readonly (readonly [number, number])[]): string =>
    write(
      "edges.star",
      writeStar([
        {
          name: "particles",
          columns: {
            rlnMicrographName: places.map(() => "edge.mrc"),
            rlnCoordinateX: places.map(([x]) => x),
            rlnCoordinateY: places.map(([, y]) => y),
          },
        },
      ]),
    );
  // a box of 8 reaches 4 pixels to the left and up, 3 to the right and down
  const centres = [
    [25, 20],
    [-3.2, 20],
    [49.4, 39.4],
    [49.6, 20],
    [53, 20],
    [25, -0.6],
    [25, 43],
  ] as const;
  const run = async (places: readonly (readonly [number, number])[], edges: "pad" | "skip", box = 8) => {
    const out = join(dir, "edges-cut.mrcs");
    const made = await extractParticles(
      { particles: starOf(places), box, out, edges, pixelSize: 2 },
      jobContext().context,
    );
    return { ...made, stack: readMrc(readFileSync(out), out) };
  };

  test("are cut and filled also where their centres lie outside, or left out", async () => {
    const padded = await run(centres, "pad");
    expect([padded.particles, padded.skipped]).toEqual([7, 0]);
    // the last column that the box about x = -3 has of the micrograph is its first
    expect(padded.stack.data[64 + 4 * 8 + 7]).toBe(-2000);
    expect(padded.stack.data[64 + 4 * 8 + 6]).toBe(-2000);
    expect(padded.stack.data[64 + 3 * 8 + 6]).toBe(-1900);
    const skipped = await run(centres, "skip");
    expect([skipped.particles, skipped.skipped]).toEqual([1, 6]);
  });

  test("are refused where nothing of them is inside, unless they are left out", async () => {
    const far = [...centres, [25, 44]] as const;
    await expect(run(far, "pad")).rejects.toThrow(
      "rlnCoordinateY: found 44, expected a box of 8 pixels that meets the micrograph of 50 x 40, or `edges` skip",
    );
    await expect(run([[-4, 20]], "pad")).rejects.toThrow("rlnCoordinateX: found -4");
    await expect(run([[25, 20]], "pad", 52)).rejects.toThrow(
      "box: found 52 pixels, expected at most the 50 x 40",
    );
    expect((await run(far, "skip")).skipped).toBe(7);
  });
});

describe("values that are only carried", () => {
  const text = `data_particles
loop_
_rlnMicrographName
_rlnCoordinateX
_rlnCoordinateY
_rlnCtfMaxResolution
_rlnCtfFigureOfMerit
mics/a.mrc 20 20 4.1 0.12
mics/a.mrc 21 20 inf -nan
`;

  test("keep their text where they are no numbers, as CTFFIND's inf and -nan", async () => {
    const { star } = await extract(write("inf.star", text));
    const table = star.table("particles");
    expect(table.carried("rlnCtfMaxResolution")).toEqual([4.1, "inf"]);
    expect(table.carried("rlnCtfFigureOfMerit")).toEqual([0.12, "-nan"]);
  });

  test("one that is used is refused before anything is written", async () => {
    const bad = write("bad.star", text.replace("21 20", "21 nan"));
    const out = join(dir, "none.mrcs");
    const options = { particles: bad, box: 8, out };
    await expect(extractParticles(options, jobContext().context)).rejects.toThrow(
      'rlnCoordinateY: found "nan"',
    );
    expect(existsSync(out)).toBe(false);
  });
});

test("a stack whose STAR file would replace the coordinates is refused, and they stay", async () => {
  const particles = join(dir, "kept.star");
  writeFileSync(particles, "data_\nloop_\n_rlnMicrographName\n_rlnCoordinateX\n_rlnCoordinateY\nm.mrc 9 9\n");
  const before = readFileSync(particles, "utf8");
  const given = { particles: join(dir, ".", "kept.star"), box: 8, out: `${dir}/./kept.mrcs`, pixelSize: 2 };
  await expect(extractParticles(given, jobContext().context)).rejects.toThrow(
    /out: found .*kept\.star would replace the coordinates of `particles`/,
  );
  expect(readFileSync(particles, "utf8")).toBe(before);
});

test.each([
  [{ radius: 10 }, "radius: found without `normalise`"],
  [{ ramp: false }, "ramp: found without `normalise`"],
  [{ radius: 17, normalise: true }, "radius: found 17 pixels, expected at most 16, half the images' side"],
])("%j is refused before anything is read", async (more, message) => {
  const given = { particles: join(dir, "nowhere.star"), box: 32, out: join(dir, "refused.mrcs"), ...more };
  await expect(extractParticles(given, jobContext().context)).rejects.toThrow(message);
});
