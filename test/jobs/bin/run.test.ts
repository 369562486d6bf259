import { existsSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { Random } from "../../../src/core/random.js";
import { readMrc } from "../../../src/io/mrc/read.js";
import { writeMrc } from "../../../src/io/mrc/write.js";
import { readImage } from "../../../src/io/read-image.js";
import type { BinOptions } from "../../../src/jobs/bin/options.js";
import { planBin } from "../../../src/jobs/bin/plan.js";
import { isBinned, parseBinned } from "../../../src/jobs/bin/records.js";
import { binMicrographs } from "../../../src/jobs/bin/run.js";
import { jobContext } from "../../helpers/job-context.js";
import { scratchFolder } from "../../helpers/scratch.js";

const dir = scratchFolder();

function micrograph(name: string, voxelSize: number, mode: "float32" | "int16" = "float32"): string {
  const random = Random.of(1, "test");
  const data = Float32Array.from({ length: 120 * 90 }, () => Math.round(100 * random.normal()));
  writeFileSync(join(dir, name), writeMrc({ data, shape: [1, 120, 90], voxelSize, mode }));
  return join(dir, name);
}

async function bin(options: Omit<BinOptions, "out"> & { out?: string }) {
  const { context, warnings, notes } = jobContext();
  const record = await binMicrographs(planBin({ out: join(dir, "binned"), ...options }), context);
  return { record, warnings, notes };
}

test("micrographs of any kind are binned once, and again only where their contents changed", async () => {
  const paths = [micrograph("a.v1.1.mrc", 1.1), micrograph("b.mrc", 1.1, "int16")];
  const { record, warnings } = await bin({ micrographs: paths, to: 2.2 });
  expect(warnings).toEqual([]);
  expect(record.micrographs.map(({ binned, binnedShape }) => [binned, binnedShape])).toEqual([
    ["a.v1.1.mrc", [60, 45]],
    ["b.mrc", [60, 45]],
  ]);
  const made = join(dir, "binned/a.v1.1.mrc");
  const { image, pixelSize } = await readImage(readFileSync(made), made);
  expect(image.shape).toEqual([60, 45]);
  expect(pixelSize).toBeCloseTo(2.2, 5);
  expect(parseBinned(readFileSync(join(dir, "binned/binned.json"), "utf8"), "binned.json")).toEqual(record);
  const before = paths.map((path) => statSync(path.replace(dir, join(dir, "binned"))).mtimeMs);
  writeFileSync(paths[1]!, readFileSync(micrograph("c.mrc", 1.1)));
  await bin({ micrographs: paths, to: 2.2 });
  const after = paths.map((path) => statSync(path.replace(dir, join(dir, "binned"))).mtimeMs);
  expect(after[0]).toBe(before[0]);
  expect(after[1]).not.toBe(before[1]);
});

test("hot pixels and dead columns leave no mark in the binned micrograph", async () => {
  const clean = micrograph("clean.mrc", 1.1);
  const { data, shape } = readMrc(readFileSync(clean), clean);
  data[30 * 90 + 20] = 1e6;
  for (let row = 0; row < 120; row++) data[row * 90 + 60] = 0;
  const spoilt = join(dir, "spoilt.mrc");
  writeFileSync(spoilt, writeMrc({ data, shape, voxelSize: 1.1 }));
  await bin({ micrographs: [clean, spoilt], to: 4.4, out: join(dir, "mended") });
  const [one, two] = ["clean.mrc", "spoilt.mrc"].map((name) =>
    readMrc(readFileSync(join(dir, "mended", name)), name),
  );
  const far = two!.data.filter((value, i) => Math.abs(value - one!.data[i]!) > 100);
  expect(far.length).toBe(0);
});

test("what is as coarse already is not copied", async () => {
  const path = micrograph("coarse.mrc", 2.1);
  const { record } = await bin({ micrographs: [path], to: 2.2, out: join(dir, "none") });
  expect(record.micrographs[0]).toMatchObject({ file: path, binned: path, binnedPixelSize: 2.1 });
  expect(existsSync(join(dir, "none/coarse.mrc"))).toBe(false);
});

test("a pixel size that the header does not know is asked for; one that contradicts it is said", async () => {
  const unknown = micrograph("unknown.mrc", 1);
  await expect(bin({ micrographs: [unknown], to: 4, out: join(dir, "ask") })).rejects.toThrow(
    `pixelSize: found 1 in the header of ${unknown}, expected the pixel size`,
  );
  const { warnings } = await bin({
    micrographs: [micrograph("other.mrc", 2)],
    pixelSize: 1.5,
    to: 4,
    out: join(dir, "other"),
  });
  expect(warnings).toEqual([
    expect.stringMatching(/other.mrc: its header says 2 angstrom per pixel, not 1.5/),
  ]);
});

test("a pixel size that is none in angstrom is refused where nothing else says it", async () => {
  const far = micrograph("far.mrc", 1500);
  await expect(bin({ micrographs: [far], to: 4, out: join(dir, "far") })).rejects.toThrow(
    `${far}: pixel size in the header: found 1500, expected 0.1 to 50 angstrom, or \`pixelSize\` in its place`,
  );
  const { warnings } = await bin({ micrographs: [far], pixelSize: 1.5, to: 4, out: join(dir, "near") });
  expect(warnings).toEqual([expect.stringMatching(/its header says 1500 angstrom per pixel, not 1.5/)]);
});

test("micrographs of one name are refused", async () => {
  await expect(bin({ micrographs: ["a/m.mrc", "b/m.tif"], to: 4 })).rejects.toThrow(
    "micrographs: found a/m.mrc and b/m.tif, expected different names",
  );
});

test("headers that depart from the format are said, each kind once", async () => {
  const paths = ["odd1.mrc", "odd2.mrc", "odd3.mrc"].map((name) => micrograph(name, 1.1));
  for (const path of paths.slice(1)) writeFileSync(path, readFileSync(path).fill(0, 212, 216));
  const { notes } = await bin({ micrographs: paths, to: 2.2, out: join(dir, "odd") });
  expect(notes).toEqual([
    `2 of 3 micrographs: word 54 (MACHST) is 00 00 00 00; mode and sizes say little endian (${paths[1]}, ${paths[2]})`,
  ]);
});

test("whether a micrograph was binned goes by its sizes, since a raw one in the working folder has the same name", () => {
  const made = {
    ...{ file: "a.mrc", sha256: "", shape: [64, 96], pixelSize: 1.5 },
    ...{ binned: "a.mrc", binnedPixelSize: 3 },
  } as const;
  expect(isBinned({ ...made, shape: [64, 96], binnedShape: [32, 48] })).toBe(true);
  expect(isBinned({ ...made, shape: [64, 96], binnedShape: [64, 96] })).toBe(false);
});
