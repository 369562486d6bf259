import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { mean } from "../../../src/array/statistics.js";
import { readMrc } from "../../../src/io/mrc/read.js";
import { writeMrc } from "../../../src/io/mrc/write.js";
import { parseStar } from "../../../src/io/star/parse.js";
import { writeStar } from "../../../src/io/star/write.js";
import { type ExtractOptions, extractParticles } from "../../../src/jobs/extract/run.js";
import { jobContext } from "../../helpers/job-context.js";
import { scratchFolder } from "../../helpers/scratch.js";

import { numbered } from "./numbered.js";

const dir = scratchFolder();

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
    rlnOriginYAngst: place.map(() => 0),
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

  test.each([".cs", ".txt", ".box"])("asks for a STAR file where a %s file is given", async (ending) => {
    await expect(extract(write(`picked${ending}`, "1\t2\t3\t4\n"))).rejects.toThrow(
      `picked${ending}: found a ${ending} file, expected a STAR file, as \`export\` writes of it`,
    );
  });

  test("names the particle that lies in a blank part of its micrograph", async () => {
    const data = numbered(40, 50, 0).data.map((value, i) => (i % 50 < 25 ? 0 : value));
    write("mics/blank.mrc", writeMrc({ data, shape: [1, 40, 50], voxelSize: 2 }));
    const columns = { ...particles.columns, rlnMicrographName: place.map(() => "mics/blank.mrc") };
    const star = write("blank.star", writeStar([optics, { name: "particles", columns }]));
    await expect(extract(star, { normalise: true })).rejects.toThrow(
      /^mics\/blank\.mrc, box of 8 pixels around \d+, \d+: standard deviation of the background: found 0/,
    );
  });

  test("does not say of its images that they are multiplied by their CTF, as those were that the table came with", async () => {
    const multiplied = { ...optics.columns, rlnCtfDataAreCtfPremultiplied: [1] };
    const before = write("multiplied.star", writeStar([{ ...optics, columns: multiplied }, particles]));
    const { context, notes } = jobContext();
    await extractParticles({ particles: before, box: 8, out: join(dir, "anew.mrcs") }, context);
    const star = readFileSync(join(dir, "anew.star"), "utf8");
    expect(star).toContain("_rlnAmplitudeContrast");
    expect(star).not.toContain("Premultiplied");
    expect(notes).toEqual([
      `${before}: rlnCtfDataAreCtfPremultiplied is left out: the images are cut out of the micrographs, without their CTF applied`,
    ]);
  });

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

  test("a second origin, in pixels, does not stay beside the one that is written anew", async () => {
    const { rlnOriginXAngst } = particles.columns;
    const inPixels = { rlnOriginX: rlnOriginXAngst.map((value) => value / 2), rlnOriginY: [0, 0, 0] };
    const both = { ...particles, columns: { ...particles.columns, ...inPixels } };
    const labels = (await extract(write("both.star", writeStar([optics, both])))).star.table(
      "particles",
    ).labels;
    expect(labels).toContain("rlnOriginXAngst");
    expect(labels).not.toContain("rlnOriginX");
    const other = { ...both, columns: { ...both.columns, rlnOriginX: [9, 9, 9] } };
    await expect(extract(write("other.star", writeStar([optics, other])))).rejects.toThrow(
      "rlnOriginX: found 9, expected",
    );
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
