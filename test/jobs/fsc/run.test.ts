import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { writeMrc } from "../../../src/io/mrc/write.js";
import { compareMaps, fscText } from "../../../src/jobs/fsc/run.js";
import { nodeFiles } from "../../../src/runtime/files.js";
import { lcg } from "../../evaluate/realism/lcg.js";
import { scratchFolder } from "../../helpers/scratch.js";
import { casePath, hasSharedCases } from "../../io/shared-data.js";

const dir = scratchFolder();
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
  test("a mask without the noise around the particle raises the curve", async () => {
    const plain = await compareMaps(
      { map: first!, other: second!, mask: undefined, out: undefined },
      nodeFiles,
    );
    const masked = await compareMaps({ map: first!, other: second!, mask, out: undefined }, nodeFiles);
    expect(masked.area).toBeGreaterThan(plain.area + 0.1);
    expect(plain.at05.resolution).toBeGreaterThan(plain.at0143.resolution);
    expect(fscText(plain)).toContain(`${plain.at05.resolution.toFixed(2)} angstrom`);
  });

  test("writes curve and figure, and says when it never falls below", async () => {
    const out = join(dir, "same");
    const same = await compareMaps({ map: first!, other: first!, mask: undefined, out }, nodeFiles);
    const lines = readFileSync(`${out}.csv`, "utf8").trim().split("\n");
    expect(lines[0]).toBe("frequency_per_angstrom,fsc");
    expect(lines).toHaveLength(1 + SIZE / 2 + 1);
    expect(Number(lines.at(-1)!.split(",")[0])).toBeCloseTo(1 / 8, 10);
    expect(readFileSync(`${out}.svg`, "utf8")).toMatch(/^<svg /);
    expect(same.at0143).toEqual({ resolution: 8, crossed: false });
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
      compareMaps({ map: first!, other: second!, mask: small, out: undefined }, nodeFiles),
    ).rejects.toThrow(/small.mrc: found shape \[2,2,2\], expected 24 x 24 x 24 as .*half1.mrc/);
  });

  const withMask = (path: string) =>
    compareMaps({ map: first!, other: second!, mask: path, out: undefined }, nodeFiles);

  test.each([
    ["bytes read as signed", -128, -127, '"-128 to -127", expected values from 0 to 1'],
    ["0 to 255", 0, 255, '"0 to 255", expected values from 0 to 1'],
    ["1 everywhere", 1, 1, "1, expected a mask: not one value everywhere"],
    ["0 everywhere", 0, 0, "0, expected a mask: not one value everywhere"],
  ])("refuses a mask of %s", async (name, low, high, found) => {
    const path = writeMap(`mask ${name}`, (x) => (x > 8 ? high : low));
    await expect(withMask(path)).rejects.toThrow(`.mrc: densities: found ${found}`);
  });

  test("packed maps are read as they are", async () => {
    const packed = `${first!}.gz`;
    writeFileSync(packed, gzipSync(readFileSync(first!)));
    const plain = await withMask(mask);
    const same = await compareMaps({ map: packed, other: second!, mask, out: undefined }, nodeFiles);
    expect([...same.correlation]).toEqual([...plain.correlation]);
  });
});

describe.skipIf(!hasSharedCases)("a mask that was taken (needs ../shared/cases)", () => {
  const at = (name: string) => casePath(`mask-range/${name}`);
  test("signed bytes are refused; the same mask in floats gives 5.20 angstrom", async () => {
    const plan = { map: at("half1.mrc"), other: at("half2.mrc"), out: undefined };
    await expect(compareMaps({ ...plan, mask: at("mask-signed-imod.mrc") }, nodeFiles)).rejects.toThrow(
      'mask-signed-imod.mrc: densities: found "-128 to -127", expected values from 0 to 1',
    );
    const { at0143 } = await compareMaps({ ...plan, mask: at("mask-float.mrc") }, nodeFiles);
    expect(at0143.resolution).toBeCloseTo(5.2, 2);
  });
});
