import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { readMrc } from "../../../src/io/mrc/read.js";
import { writeMrc } from "../../../src/io/mrc/write.js";
import { parseStar } from "../../../src/io/star/parse.js";
import { writeStar } from "../../../src/io/star/write.js";
import { micrographPixelSize } from "../../../src/jobs/extract/pixel-size.js";
import { type ExtractOptions, extractParticles } from "../../../src/jobs/extract/run.js";
import { jobContext } from "../../helpers/job-context.js";
import { scratchFolder } from "../../helpers/scratch.js";

import { numbered } from "./numbered.js";

const dir = scratchFolder();
const write = (name: string, bytes: Uint8Array | string): string => {
  writeFileSync(join(dir, name), bytes);
  return join(dir, name);
};

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

  const voices = {
    star: "p.star",
    sizes: { micrograph: undefined, original: undefined, image: undefined },
    ...{ micrograph: "m.mrc", given: undefined },
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

  test("a header that is none in angstrom does not stand in for it", () => {
    const far = { ...voices, header: 1500 };
    expect(() => micrographPixelSize(far, () => {})).toThrow(
      "m.mrc: pixel size in the header: found 1500, expected 0.1 to 50 angstrom",
    );
    expect(micrographPixelSize({ ...far, given: 1.5 }, () => {})).toBe(1.5);
  });

  test("the table of CTFs says it where nothing else does; where it contradicts, that is said", () => {
    const told: string[] = [];
    const table = { path: "ctf.star", size: 1.06 };
    const size = (header: number, path = table) =>
      micrographPixelSize({ ...voices, header, table: path }, (line) => told.push(line));
    // 1 is what programs write that do not know it
    expect([size(1), size(0), size(1.06)]).toEqual([1.06, 1.06, 1.06]);
    expect(told).toEqual([]);
    expect(size(2.12)).toBe(2.12);
    expect(told).toEqual(["ctf.star: says 1.06 angstrom per pixel of m.mrc; 2.12 is used"]);
  });

  test("a header that disagrees is said, and so is a size that had to be guessed", async () => {
    const { warnings, header } = await sizesOf(starOf({ rlnMicrographPixelSize: 2 }));
    expect([header, warnings]).toEqual([2, [expect.stringMatching(/its header says 1\.06.* 2 is used/)]]);
    const guessed = await sizesOf(starOf({ rlnImagePixelSize: 1.06 }, "unsaid.mrc"));
    expect(guessed).toEqual({
      ...right,
      warnings: [expect.stringMatching(/that of the particle images is used/)],
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

  test("micrographs of two pixel sizes in one optics group are refused before anything is written", async () => {
    write("coarse.mrc", writeMrc({ data, shape: [1, 40, 50], voxelSize: 2.12 }));
    const text = readFileSync(starOf({}), "utf8").trimEnd();
    const last = text.split("\n").at(-1)!;
    const star = write("mixed.star", `${text}\n${last.replace("said.mrc", "coarse.mrc")}\n`);
    const out = join(dir, "mixed-cut.mrcs");
    await expect(extractParticles({ particles: star, box: 8, out }, jobContext().context)).rejects.toThrow(
      /rlnMicrographName: found "coarse\.mrc, of 2\.1\d+ angstrom", expected 1\.0\d+, as of said\.mrc: one pixel size in an optics group/,
    );
    expect(existsSync(out)).toBe(false);
  });
});
