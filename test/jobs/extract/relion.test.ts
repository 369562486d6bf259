import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { Random } from "../../../src/core/random.js";
import { readMrc } from "../../../src/io/mrc/read.js";
import { writeMrc } from "../../../src/io/mrc/write.js";
import { parseStar, type StarFile } from "../../../src/io/star/parse.js";
import { writeStar } from "../../../src/io/star/write.js";
import { type ExtractOptions, extractParticles } from "../../../src/jobs/extract/run.js";
import { relion } from "../../evaluate/maps/relion.js";
import { jobContext } from "../../helpers/job-context.js";
import { scratchFolder } from "../../helpers/scratch.js";
import { hasProgram } from "../../physics/relion.js";

const withRelion = hasProgram("relion_preprocess") ? describe : describe.skip;
const dir = scratchFolder();
/** Micrographs of odd and unlike sizes and of two pixel sizes. */
const MICROGRAPHS = [
  { name: "mics/a.mrc", rows: 301, columns: 257, group: 1, pixelSize: 1.4 },
  { name: "mics/b.mrc", rows: 240, columns: 333, group: 2, pixelSize: 1.1 },
] as const;
const PLACES = 12;

const star = (labels: readonly string[], rows: readonly (readonly (string | number)[])[]) =>
  Object.fromEntries(labels.map((label, i) => [label, rows.map((row) => row[i]!)]));

/** The optics of two groups; of particles, which were cut at twice the micrographs' pixels. */
const optics = (ofParticles: boolean) => ({
  name: "optics",
  columns: star(
    [
      ...["rlnOpticsGroup", "rlnOpticsGroupName", "rlnMicrographPixelSize", "rlnVoltage"],
      ...["rlnSphericalAberration", "rlnAmplitudeContrast"],
      ...(ofParticles ? ["rlnImagePixelSize", "rlnImageSize", "rlnImageDimensionality"] : []),
    ],
    MICROGRAPHS.map(({ group, pixelSize }) => [
      ...[group, `g${group}`, pixelSize, 300, 2.7, 0.1],
      ...(ofParticles ? [2 * pixelSize, 64, 2] : []),
    ]),
  ),
});

/** A micrograph's CTF; astigmatism and phase shift differ. */
const CTFS = star(
  ["rlnDefocusU", "rlnDefocusV", "rlnDefocusAngle", "rlnPhaseShift", "rlnCtfMaxResolution"],
  [
    [15_000, 14_000, 20, 0, 4.5],
    [21_000, 20_500, -35, 90, 5.5],
  ],
);

interface Place {
  readonly micrograph: string;
  readonly group: number;
  readonly x: number;
  readonly y: number;
  readonly originX: number;
  readonly originY: number;
}

/** Places with and without fractions, some with boxes over the edges; noise on a steep gradient with bright and dark pixels. */
function makeMicrographs(): Place[] {
  mkdirSync(join(dir, "mics"), { recursive: true });
  const random = Random.of(4, "extract relion");
  const places: Place[] = [];
  for (const { name, rows, columns, group, pixelSize } of MICROGRAPHS) {
    const data = Float32Array.from({ length: rows * columns }, (_, i) => {
      const [x, y] = [i % columns, Math.floor(i / columns)];
      return 1000 + 3 * x - 2 * y + random.normal(0, 25) + (random.uniform() < 1e-3 ? 400 : 0);
    });
    writeFileSync(join(dir, name), writeMrc({ data, shape: [1, rows, columns], voxelSize: pixelSize }));
    for (let i = 0; i < PLACES; i++) {
      const fraction = i % 2 ? random.uniform() : 0;
      places.push({
        ...{ micrograph: name, group },
        x: Math.floor(random.uniform(10, columns - 10)) + fraction,
        y: Math.floor(random.uniform(10, rows - 10)) + fraction / 2,
        originX: random.normal(0, 6),
        originY: random.normal(0, 6),
      });
    }
    const coordinates = places.filter(({ micrograph }) => micrograph === name).map(({ x, y }) => [x, y]);
    const block = { name: "", columns: star(["rlnCoordinateX", "rlnCoordinateY"], coordinates) };
    writeFileSync(join(dir, name.replace(".mrc", "_picked.star")), writeStar([block]));
  }
  const micrographs = star(
    ["rlnMicrographName", "rlnOpticsGroup"],
    MICROGRAPHS.map(({ name, group }) => [name, group]),
  );
  writeFileSync(
    join(dir, "micrographs.star"),
    writeStar([optics(false), { name: "micrographs", columns: micrographs }]),
  );
  writeFileSync(
    join(dir, "micrographs_ctf.star"),
    writeStar([optics(false), { name: "micrographs", columns: { ...micrographs, ...CTFS } }]),
  );
  for (const refined of [false, true]) {
    const labels = ["rlnMicrographName", "rlnOpticsGroup", "rlnCoordinateX", "rlnCoordinateY"];
    const rows = places.map(({ micrograph, group, x, y, originX, originY }, i) => [
      ...[micrograph, group, x, y],
      ...(refined ? [originX, originY, `${i + 1}@old.mrcs`] : []),
    ]);
    const all = refined ? [...labels, "rlnOriginXAngst", "rlnOriginYAngst", "rlnImageName"] : labels;
    const block = { name: "particles", columns: star(all, rows) };
    writeFileSync(join(dir, refined ? "refined.star" : "picked.star"), writeStar([optics(refined), block]));
  }
  return places;
}

interface Cut {
  readonly images: readonly Float32Array[];
  readonly star: StarFile;
  readonly pixelSize: number;
}

const readStar = (path: string): StarFile => parseStar(readFileSync(join(dir, path), "utf8"), path);

async function ours(particles: string, options: Partial<ExtractOptions>): Promise<Cut> {
  const given = { box: 64, ...options, particles: join(dir, particles), out: join(dir, "ours.mrcs") };
  await extractParticles(given, jobContext().context);
  const { data, shape, voxelSize } = readMrc(readFileSync(given.out), given.out);
  const size = shape[1] * shape[2];
  const images = Array.from({ length: shape[0] }, (_, i) => data.subarray(i * size, (i + 1) * size));
  return { images, star: readStar("ours.star"), pixelSize: voxelSize[0] };
}

function theirs(name: string, ...args: readonly (string | number)[]): Cut {
  const out = ["--i", "micrographs_ctf.star", "--part_dir", `${name}/`, "--part_star", `${name}/out.star`];
  relion("relion_preprocess", [...out, "--extract", "--extract_size", 64, "--invert_contrast", ...args], dir);
  const found = readStar(`${name}/out.star`);
  let pixelSize = 0;
  const images = found
    .table("particles")
    .strings("rlnImageName")
    .map((image) => {
      const [index, file] = image.split("@") as [string, string];
      const { data, shape, voxelSize } = readMrc(readFileSync(join(dir, file)), file);
      pixelSize ||= voxelSize[0];
      const size = shape[1] * shape[2];
      return data.slice((Number(index) - 1) * size, Number(index) * size);
    });
  return { images, star: found, pixelSize };
}

/** Every pixel to 1e-4 of the deviation of the images. */
function expectSameImages(found: Cut, expected: Cut): void {
  expect(found.images.length).toBe(expected.images.length);
  const deviation = Math.sqrt(
    expected.images.reduce((sum, image) => sum + image.reduce((a, b) => a + b * b, 0) / image.length, 0) /
      expected.images.length,
  );
  for (const [i, image] of expected.images.entries()) {
    expect(found.images[i]!).toBeAllclose(image, { relative: 0, absolute: 1e-4 * deviation });
  }
  for (const label of ["rlnImagePixelSize", "rlnImageSize"]) {
    expect(found.star.table("optics").numbers(label)).toBeAllclose(
      expected.star.table("optics").numbers(label),
    );
  }
  expect(found.pixelSize).toBeCloseTo(expected.pixelSize, 5);
}

withRelion("extract is relion_preprocess --extract (needs relion_preprocess)", () => {
  const places = makeMicrographs();
  const picked = ["--coord_dir", "./", "--coord_suffix", "_picked.star"];

  test.each([
    ["as they are", {}, []],
    ["normalised", { normalise: true, radius: 24 }, ["--norm", "--bg_radius", 24]],
    [
      "normalised by the mean alone",
      { normalise: true, radius: 24, ramp: false },
      ["--norm", "--bg_radius", 24, "--no_ramp"],
    ],
    [
      "rescaled and normalised",
      { rescale: 40, normalise: true, radius: 15 },
      ["--scale", 40, "--norm", "--bg_radius", 15],
    ],
    ["enlarged", { rescale: 90 }, ["--scale", 90]],
  ] as const)("boxes %s", async (name, options, args) => {
    const expected = theirs(name.replaceAll(" ", "-"), ...picked, ...args);
    expectSameImages(await ours("picked.star", options), expected);
  });

  test("particles take the CTFs of their micrographs", async () => {
    const expected = theirs("ctfs", ...picked);
    const found = await ours("picked.star", { ctf: join(dir, "micrographs_ctf.star") });
    const [a, b] = [found.star, expected.star].map((file) => file.table("particles"));
    for (const label of ["rlnDefocusU", "rlnDefocusV", "rlnDefocusAngle", "rlnPhaseShift"]) {
      expect(a!.numbers(label)).toBeAllclose(b!.numbers(label));
    }
  });

  test("boxes about refined positions, of particles that were cut at another pixel size", async () => {
    const refined = ["--reextract_data_star", "refined.star", "--recenter", "--ref_angpix", 2];
    const expected = theirs("recentred", ...refined, "--scale", 32);
    const found = await ours("refined.star", { recentre: true, rescale: 32 });
    expectSameImages(found, expected);
    const [a, b] = [found.star, expected.star].map((file) => file.table("particles"));
    for (const [axis, coordinates] of [
      ["X", places.map(({ x }) => x)],
      ["Y", places.map(({ y }) => y)],
    ] as const) {
      const at = [a!, b!].map((table) => table.numbers(`rlnCoordinate${axis}`));
      const origins = [a!, b!].map((table) => table.numbers(`rlnOrigin${axis}Angst`));
      for (const [i, coordinate] of coordinates.entries()) {
        const { pixelSize } = MICROGRAPHS[i < PLACES ? 0 : 1]!;
        expect(at[0]![i]).toBe(Math.trunc(at[1]![i]!));
        // RELION keeps a fraction in the coordinate that the box does not follow; here it is in the origin
        const fraction = Number.isInteger(coordinate) ? 0 : at[1]![i]! - at[0]![i]!;
        expect(origins[0]![i]).toBeCloseTo(origins[1]![i]! - fraction * pixelSize, 3);
      }
    }
  });
});
