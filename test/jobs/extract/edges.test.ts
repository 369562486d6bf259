import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { readMrc } from "../../../src/io/mrc/read.js";
import { writeMrc } from "../../../src/io/mrc/write.js";
import { writeStar } from "../../../src/io/star/write.js";
import { extractParticles } from "../../../src/jobs/extract/run.js";
import { jobContext } from "../../helpers/job-context.js";
import { scratchFolder } from "../../helpers/scratch.js";

import { numbered } from "./numbered.js";

const dir = scratchFolder();
const write = (name: string, bytes: Uint8Array | string): string => {
  writeFileSync(join(dir, name), bytes);
  return join(dir, name);
};

test("places in one corner of their micrographs are told: those of binned ones lie so", async () => {
  write("wide.mrc", writeMrc({ data: numbered(200, 300).data, shape: [1, 200, 300], voxelSize: 2 }));
  const warningsOf = async (scale: number, count: number): Promise<readonly string[]> => {
    const rows = Array.from({ length: count }, (_, i) => i);
    const columns = {
      rlnMicrographName: rows.map(() => "wide.mrc"),
      // to 280 and 192 of 300 and 200 pixels
      rlnCoordinateX: rows.map((i) => Math.floor(scale * (280 - 7 * i))),
      rlnCoordinateY: rows.map((i) => Math.floor(scale * (12 + 5 * i))),
    };
    const particles = write("corner.star", writeStar([{ name: "particles", columns }]));
    const told = jobContext();
    await extractParticles(
      { particles, box: 8, out: join(dir, "corner-cut.mrcs"), pixelSize: 2 },
      told.context,
    );
    return told.warnings;
  };
  expect(await warningsOf(1, 37)).toEqual([]);
  expect(await warningsOf(0.5, 37)).toEqual([
    expect.stringMatching(
      /corner\.star: all 37 places lie within 4\d % of the sides of their micrographs, from the upper left: are they of micrographs that were binned\?$/,
    ),
  ]);
  // few may lie so by chance
  expect(await warningsOf(0.5, 20)).toEqual([]);
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
