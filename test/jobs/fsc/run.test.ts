import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { eulerToMatrix, rotationAngle } from "../../../src/core/rotation.js";
import { TurnableMap } from "../../../src/evaluate/maps/turnable-map.js";
import { readVolume } from "../../../src/io/mrc/read.js";
import { writeMrc } from "../../../src/io/mrc/write.js";
import { compareMaps, fscText } from "../../../src/jobs/fsc/run.js";
import { computePotential } from "../../../src/jobs/potential/run.js";
import { lcg } from "../../evaluate/realism/lcg.js";
import { jobContext } from "../../helpers/job-context.js";
import { scratchFolder } from "../../helpers/scratch.js";
import { toyVolume, writeToyMap } from "../../helpers/toys/map.js";
import { casePath, hasSharedCases } from "../../io/shared-data.js";

const dir = scratchFolder();
const { context } = jobContext();
const SIZE = 24;

function writeMap(name: string, value: (x: number, y: number, z: number, i: number) => number): string {
  const data = new Float32Array(SIZE ** 3);
  for (let i = 0; i < data.length; i++) {
    data[i] = value(i % SIZE, Math.floor(i / SIZE) % SIZE, Math.floor(i / SIZE ** 2), i);
  }
  const path = join(dir, `${name}.mrc`);
  writeFileSync(path, writeMrc({ data, shape: [SIZE, SIZE, SIZE], voxelSize: 4, kind: "volume" }));
  return path;
}

const blob = (x: number, y: number, z: number): number =>
  Math.exp(-((x - 12) ** 2 + (y - 11) ** 2 + (z - 13) ** 2) / 4);
const [first, second] = [1, 2].map((seed) => {
  const noise = lcg(SIZE ** 3, seed);
  return writeMap(`half${seed}`, (x, y, z, i) => blob(x, y, z) + 0.2 * (noise[i]! - 0.5));
});
const mask = writeMap("mask", (x, y, z) => Math.min(1, 2 * Math.sqrt(blob(x, y, z))));

describe("fsc of map files", () => {
  test("says how the headers of both maps and of the mask depart from the format", async () => {
    const odd = (path: string, name: string): string => {
      const out = join(dir, `${name}-odd.mrc`);
      writeFileSync(out, readFileSync(path).fill(0, 212, 216));
      return out;
    };
    const { context: job, notes } = jobContext();
    const paths = [odd(first!, "first"), odd(mask, "mask"), odd(second!, "second")];
    await compareMaps({ map: paths[0]!, mask: paths[1]!, other: paths[2]! }, job);
    expect(notes).toEqual(
      paths.map((path) => `${path}: word 54 (MACHST) is 00 00 00 00; mode and sizes say little endian`),
    );
  });

  test("a map of one value is refused; one compared with itself, of the other contrast or placed elsewhere is said", async () => {
    const flat = writeMap("flat", () => 3);
    await expect(compareMaps({ map: first!, other: flat }, context)).rejects.toThrow(
      'flat.mrc: densities: found "3 everywhere", expected a map',
    );
    const warningsOf = async (other: string): Promise<readonly string[]> => {
      const told = jobContext();
      await compareMaps({ map: first!, other }, told.context);
      return told.warnings;
    };
    const noise = lcg(SIZE ** 3, 2);
    const dark = writeMap("dark", (x, y, z, i) => -blob(x, y, z) + 0.2 * (noise[i]! - 0.5));
    const moved = readVolume(readFileSync(second!), second!);
    const elsewhere = join(dir, "elsewhere.mrc");
    writeFileSync(elsewhere, writeMrc({ ...moved, kind: "volume", start: [7, 0, 0] }));
    expect(await warningsOf(second!)).toEqual([]);
    expect(await warningsOf(first!)).toEqual([expect.stringContaining("its densities are those of")]);
    expect(await warningsOf(dark)).toEqual([expect.stringContaining("correlates negatively")]);
    expect(await warningsOf(elsewhere)).toEqual([expect.stringContaining("places it elsewhere than")]);
  });

  test("two maps that were masked before are said", async () => {
    const told = jobContext();
    const [a, b] = [1, 2].map((seed) => {
      const noise = lcg(SIZE ** 3, seed);
      return writeMap(`masked${seed}`, (x, y, z, i) =>
        blob(x, y, z) < 0.01 ? 0 : blob(x, y, z) + 0.2 * (noise[i]! - 0.5),
      );
    });
    await compareMaps({ map: a!, other: b! }, told.context);
    expect(told.warnings).toEqual([expect.stringMatching(/are 0 in the same \d+ % of the voxels/)]);
  });

  test("a mask without the noise around the particle raises the curve", async () => {
    const plain = await compareMaps(
      { map: first!, other: second!, mask: undefined, out: undefined },
      context,
    );
    const masked = await compareMaps({ map: first!, other: second!, mask, out: undefined }, context);
    expect(masked.area).toBeGreaterThan(plain.area + 0.1);
    expect(plain.at05.resolution).toBeGreaterThan(plain.at0143.resolution);
    expect(fscText(plain)).toContain(`${plain.at05.resolution.toFixed(2)} angstrom`);
  });

  test("writes curve and figure, and says when it never falls below", async () => {
    const out = join(dir, "same");
    const same = await compareMaps({ map: first!, other: first!, mask: undefined, out }, context);
    const lines = readFileSync(`${out}.csv`, "utf8").trim().split("\n");
    expect(lines[0]).toBe("frequency_per_angstrom,fsc");
    expect(lines).toHaveLength(1 + SIZE / 2 + 1);
    expect(Number(lines.at(-1)!.split(",")[0])).toBeCloseTo(1 / 8, 10);
    expect(readFileSync(`${out}.svg`, "utf8")).toMatch(/^<svg /);
    expect(same.at0143).toEqual({ resolution: 8, crossed: false, lastGoodShell: 8 });
    expect(fscText(same)).toContain("8.00 angstrom (Nyquist; the curve stays above)");
  });

  test("refuses a mask of another size", async () => {
    const small = join(dir, "small.mrc");
    writeFileSync(
      small,
      writeMrc({
        data: Float32Array.of(0, 1, 0, 0, 0, 0, 0, 0),
        shape: [2, 2, 2],
        voxelSize: 4,
        kind: "volume",
      }),
    );
    await expect(
      compareMaps({ map: first!, other: second!, mask: small, out: undefined }, context),
    ).rejects.toThrow(/small.mrc: found shape \[2,2,2\], expected 24 x 24 x 24 as .*half1.mrc/);
  });

  const withMask = (path: string) =>
    compareMaps({ map: first!, other: second!, mask: path, out: undefined }, context);

  test.each([
    ["bytes read as signed", -128, -127, '"-128 to -127", expected values from 0 to 1'],
    ["0 to 255", 0, 255, '"0 to 255", expected values from 0 to 1'],
    ["1 everywhere", 1, 1, "1, expected a mask: not one value everywhere"],
    ["0 everywhere", 0, 0, "0, expected a mask: not one value everywhere"],
  ])("refuses a mask of %s", async (name, low, high, found) => {
    const path = writeMap(`mask ${name}`, (x) => (x > 8 ? high : low));
    await expect(withMask(path)).rejects.toThrow(`.mrc: densities: found ${found}`);
  });

  test("refuses a mask that keeps the corners of the box", async () => {
    const inverted = writeMap("inverted", (x) => (x > 8 && x < 16 ? 0 : 1));
    await expect(withMask(inverted)).rejects.toThrow(
      ".mrc: the eight corners: found [1,1,1,1,1,1,1,1], expected 0 there: is the mask inverted?",
    );
    // half of the box has four corners
    await expect(withMask(writeMap("half", (x) => (x > 8 ? 1 : 0)))).resolves.toBeDefined();
  });

  test("packed maps are read as they are", async () => {
    const packed = `${first!}.gz`;
    writeFileSync(packed, gzipSync(readFileSync(first!)));
    const plain = await withMask(mask);
    const same = await compareMaps({ map: packed, other: second!, mask, out: undefined }, context);
    expect([...same.correlation]).toEqual([...plain.correlation]);
  });
});

describe("a second map that has to be aligned", () => {
  const rotation = eulerToMatrix({ rot: 25, tilt: 40, psi: 110 });
  const truth = writeToyMap(join(dir, "truth.mrc"), toyVolume(48, 3));
  const placed = new TurnableMap(toyVolume(36, 4)).placed({ rotation, shift: [1, -2, 0.5], mirrored: false });
  const moved = writeToyMap(join(dir, "moved.mrc"), placed);

  test("another box, voxel size, orientation and place: the map is written on the first one's grid", async () => {
    const out = join(dir, "aligned");
    const found = await compareMaps({ map: moved, other: truth, align: true, out }, context);
    expect(found.alignment!.mirrored).toBe(false);
    expect(found.alignment!.angle).toBeCloseTo(rotationAngle(rotation, [1, 0, 0, 0, 1, 0, 0, 0, 1]), 0);
    expect(found.alignment!.shift[1]).toBeCloseTo(-8, 0);
    expect(Math.min(...found.correlation.subarray(0, 8))).toBeGreaterThan(0.99);
    expect(fscText(found)).toContain("aligned by");
    const { correlation } = await compareMaps({ map: moved, other: `${out}-aligned.mrc` }, context);
    expect(Math.min(...correlation.subarray(0, 8))).toBeGreaterThan(0.99);
  });

  test("a model's potential is compared with the map of that model, turned; the wrong hand is told by its curve", async () => {
    // six heavy atoms without symmetry, as a PDB file's records
    const places = [
      [0, 0, 0],
      [30, 5, -4],
      [-12, 26, 8],
      [4, -20, 22],
      [-24, -16, -18],
      [10, 12, 33],
    ];
    const records = places.map(([x, y, z], i) => {
      const [a, b, c] = [x, y, z].map((each) => each!.toFixed(3).padStart(8));
      return `HETATM${String(i + 1).padStart(5)} ZN    ZN A${String(i + 1).padStart(4)}    ${a}${b}${c}  1.00 20.00          ZN`;
    });
    const model = join(dir, "zinc.pdb");
    writeFileSync(model, `${records.join("\n")}\nEND\n`);
    const own = join(dir, "zinc.mrc");
    await computePotential({ model, out: own, pixelSize: 4, box: 40 }, context);
    const map = new TurnableMap(readVolume(readFileSync(own), own)).placed({
      ...{ rotation, shift: [0, 1, 0], mirrored: false },
    });
    const found = await compareMaps(
      { map: writeToyMap(join(dir, "zinc-turned.mrc"), map), other: model },
      context,
    );
    expect(Math.min(...found.correlation.subarray(0, 12))).toBeGreaterThan(0.98);
    const wrong = await compareMaps(
      { map: join(dir, "zinc-turned.mrc"), other: model, hand: "mirrored" },
      context,
    );
    expect(wrong.area).toBeLessThan(found.area - 0.15);
  });

  test("a hand without an alignment is refused", async () => {
    await expect(compareMaps({ map: first!, other: second!, hand: "same" }, context)).rejects.toThrow(/hand/);
  });
});

describe.skipIf(!hasSharedCases)("a mask that was taken (needs ../shared/cases)", () => {
  const at = (name: string) => casePath(`mask-range/${name}`);
  test("signed bytes are refused; the same mask in floats gives 5.20 angstrom", async () => {
    const plan = { map: at("half1.mrc"), other: at("half2.mrc"), out: undefined };
    await expect(compareMaps({ ...plan, mask: at("mask-signed-imod.mrc") }, context)).rejects.toThrow(
      'mask-signed-imod.mrc: densities: found "-128 to -127", expected values from 0 to 1',
    );
    const { at0143 } = await compareMaps({ ...plan, mask: at("mask-float.mrc") }, context);
    expect(at0143.resolution).toBeCloseTo(5.2, 2);
  });
});
