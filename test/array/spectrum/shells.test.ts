import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { irfft3, rfft3 } from "../../../src/array/fft/fft.js";
import type { Volume } from "../../../src/array/image.js";
import {
  filterRadially,
  lowPassAt,
  shellCount,
  shellOf,
  shellSums,
  visitHalfSpectrum,
} from "../../../src/array/spectrum/shells.js";
import { Random } from "../../../src/core/random.js";
import { readVolume } from "../../../src/io/mrc/read.js";
import { writeMrc } from "../../../src/io/mrc/write.js";
import { scratchFolder } from "../../helpers/scratch.js";
import { hasProgram } from "../../physics/relion.js";

const noise = (size: number, seed: number): Volume => ({
  data: Random.of(seed).fillNormal(new Float32Array(size ** 3)),
  shape: [size, size, size],
  voxelSize: 2,
});

describe("visitHalfSpectrum", () => {
  test.each([4, 5])("gives each stored coefficient of a cube of %i its frequencies", (size) => {
    const wave = noise(size, 0);
    const [fx, fy, fz] = [1, -1, size === 5 ? -2 : 1];
    for (let i = 0; i < wave.data.length; i++) {
      const [x, y, z] = [i % size, Math.floor(i / size) % size, Math.floor(i / size ** 2)];
      wave.data[i] = Math.cos((2 * Math.PI * (fx * x + fy * y + fz * z)) / size);
    }
    const { data } = rfft3(wave);
    const found: number[][] = [];
    visitHalfSpectrum(size, (at, squared, kx, ky, kz) => {
      if (Math.abs(data[at]!) > 1e-3) found.push([kx, ky, kz, squared]);
    });
    expect(found).toEqual([[fx, fy, fz, fx ** 2 + fy ** 2 + fz ** 2]]);
  });
});

describe("shellSums", () => {
  test.each([6, 7])("over the whole spectrum are the sums over all %i³ frequencies (Parseval)", (size) => {
    const [a, b] = [rfft3(noise(size, 1)), rfft3(noise(size, 2))];
    const sums = shellSums(a, b, "whole spectrum");
    // a filter that keeps one shell leaves in real space the energy of that shell
    for (let shell = 0; shell < shellCount(size); shell++) {
      const copies = [a, b].map((spectrum) => ({ ...spectrum, data: spectrum.data.slice() }));
      for (const copy of copies) filterRadially(copy, (radius) => (shellOf(radius ** 2) === shell ? 1 : 0));
      const [p, q] = copies.map((copy) => irfft3(copy, 2).data);
      const energy = (u: Float32Array, v: Float32Array): number =>
        u.reduce((sum, value, i) => sum + value * v[i]!, 0) * size ** 3;
      expect(sums.product[shell]).toBeCloseTo(energy(p!, q!), 1);
      expect(sums.first[shell]! / energy(p!, p!)).toBeCloseTo(1, 4);
      expect(sums.second[shell]! / energy(q!, q!)).toBeCloseTo(1, 4);
    }
  });

  test("over the stored half count the plane kx = 0 double against the rest", () => {
    const a = { data: new Float32Array(2 * 8 * 8 * 5).fill(1), shape: [8, 8, 8] as const };
    const whole = shellSums(a, a, "whole spectrum");
    const half = shellSums(a, a, "stored half");
    expect(whole.first[1]).toBe(2 * 18); // 18 frequencies round to 1: 6 faces, 12 edges
    expect(half.first[1]).toBe(2 * (8 + 5)); // all 8 with kx = 0, and half of the other 10
  });
});

describe("lowPassAt", () => {
  test("is 1 within, 0.5 on its shell and 0 beyond the edge", () => {
    const filter = lowPassAt(10, 4);
    expect([0, 8, 9, 10, 11, 12, 12.1].map(filter).map((v) => Number(v.toFixed(4)))).toEqual([
      1, 1, 0.8536, 0.5, 0.1464, 0, 0,
    ]);
  });

  const withRelion = hasProgram("relion_image_handler") ? test : test.skip;
  withRelion("filters as RELION does with --lowpass (needs relion_image_handler)", () => {
    const folder = scratchFolder();
    const map = noise(24, 3);
    writeFileSync(join(folder, "in.mrc"), writeMrc({ ...map, kind: "volume" }));
    const args = ["--i", "in.mrc", "--o", "out.mrc", "--angpix", "2", "--lowpass", "7"];
    execFileSync("relion_image_handler", args, { cwd: folder, stdio: "pipe" });
    const expected = readVolume(readFileSync(join(folder, "out.mrc")), "out.mrc");
    const spectrum = rfft3(map);
    filterRadially(spectrum, lowPassAt(Math.round((24 * 2) / 7)));
    expect(irfft3(spectrum, 2).data).toBeAllclose(expected.data, { relative: 0, absolute: 1e-5 });
  });
});
