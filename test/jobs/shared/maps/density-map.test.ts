import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import type { Volume } from "../../../../src/array/image.js";
import { correlation, moments } from "../../../../src/array/statistics.js";
import { Random } from "../../../../src/core/random.js";
import { createMask } from "../../../../src/evaluate/maps/mask.js";
import { writeMrc } from "../../../../src/io/mrc/write.js";
import { coarsen, mapDiameter, readDensityMap } from "../../../../src/jobs/shared/maps/density-map.js";
import { contrastDoubt } from "../../../../src/jobs/shared/maps/map-contrast.js";
import { project } from "../../../../src/physics/projection/project.js";
import { prepareProjector } from "../../../../src/physics/projection/projector.js";
import { jobContext } from "../../../helpers/job-context.js";
import { scratchFolder } from "../../../helpers/scratch.js";
import { toyVolume } from "../../../helpers/toys/map.js";
import { fixture } from "../../../io/picture.js";
import { casePath, hasSharedCases, hasSharedData, sharedPath } from "../../../io/shared-data.js";

const dir = scratchFolder();
const IDENTITY = [1, 0, 0, 0, 1, 0, 0, 0, 1] as const;

/** How alike projections are, with the map coarsened first and without. */
function agreement(volume: Volume, pixelSize: number): number {
  const of = (each: Volume) => project(prepareProjector(each, { pixelSize }), IDENTITY);
  const [coarse, fine] = [of(coarsen(volume, pixelSize)), of(volume)];
  expect(coarse.shape).toEqual(fine.shape);
  return correlation(coarse.data, fine.data);
}

describe("a map is coarsened for speed, at any ratio and size", () => {
  const random = Random.of(1, "coarse");
  const cases = Array.from({ length: 14 }, (): [number, number] => [
    8 + random.integer(24),
    random.uniform(1.25, 4),
  ]);
  test("and the projections stay the same", () => {
    for (const [box, ratio] of cases) {
      // the same object at the same extent, whatever the sampling
      const volume = toyVolume(box, 144 / box);
      expect(agreement(volume, ratio * volume.voxelSize), `${box} voxels, ${ratio}`).toBeGreaterThan(0.998);
    }
  });

  test("the voxel size is the wanted one or the next finer one that a box allows, and stays true", () => {
    for (const [box, ratio] of cases) {
      const { voxelSize } = coarsen({ ...toyVolume(box, 1), voxelSize: 1 }, ratio);
      expect(voxelSize).toBeLessThanOrEqual(ratio * 1.001);
      expect(voxelSize).toBeGreaterThan(ratio * 0.7);
    }
  });

  test.skipIf(!hasSharedCases)("48 voxels of 1.5 at 3.54 angstrom (needs ../shared/cases)", async () => {
    const volume = await readDensityMap(jobContext().context, casePath("coarse-map/map-48-1.5.mrc"));
    expect(agreement(volume, 3.54)).toBeGreaterThan(0.9999);
  });
});

describe("an inverted map is warned of", () => {
  const volume = toyVolume();
  const inverted = { ...volume, data: volume.data.map((value) => 3 - value) };
  const write = (name: string, map: Volume): string => {
    const path = join(dir, name);
    writeFileSync(path, writeMrc({ ...map, kind: "volume" }));
    return path;
  };

  test("by its densities, which reach further below the solvent than above", async () => {
    const { context, warnings } = jobContext();
    await readDensityMap(context, write("inverted.mrc", inverted));
    expect(warnings).toHaveLength(1);
    expect(warnings[0]).toContain("inverted.mrc: the map is probably inverted, its particle darker than");
    expect(warnings[0]).toContain("Multiply it by -1");
  });

  test("neither a map as it should be nor one of noise is", async () => {
    const { context, warnings } = jobContext();
    await readDensityMap(context, write("good.mrc", volume));
    expect(warnings).toEqual([]);
    const noise = Random.of(2, "noise").fillNormal(new Float32Array(24 ** 3));
    expect(Math.abs(moments(noise).skewness)).toBeLessThan(0.1);
    expect(contrastDoubt({ ...volume, data: noise.map((value) => value - 0.5) }, "x")).toBeUndefined();
  });
});

test("a mask in place of a map is warned of, with a hard edge or a soft one", async () => {
  const map = toyVolume();
  const [hard, soft] = [
    map.data.map((value) => (value > 0.2 ? 1 : 0)),
    createMask(map, { threshold: 0.2, extend: 2, softEdge: 5 }).data,
  ];
  for (const [name, data] of Object.entries({ hard, soft })) {
    const { context, warnings } = jobContext();
    const path = join(dir, `${name}-mask.mrc`);
    writeFileSync(path, writeMrc({ ...map, data, kind: "volume" }));
    await readDensityMap(context, path);
    expect(warnings).toEqual([
      expect.stringMatching(/-mask\.mrc: \d+ voxels have its greatest density, as in a mask/),
    ]);
  }
});

describe("a particle that is not where maps have it is warned of", () => {
  /** Moves the density along all axes; what leaves the box comes in at the other side. */
  const moved = ({ data, shape, voxelSize }: Volume, by: number): Volume => {
    const n = shape[0];
    const place = (i: number): number => (i + by + n) % n;
    const out = new Float32Array(data.length);
    for (let z = 0, i = 0; z < n; z++)
      for (let y = 0; y < n; y++)
        for (let x = 0; x < n; x++, i++) out[(place(z) * n + place(y)) * n + place(x)] = data[i]!;
    return { data: out, shape, voxelSize };
  };
  const read = async (name: string, map: Volume) => {
    const path = join(dir, name);
    writeFileSync(path, writeMrc({ ...map, kind: "volume" }));
    const { context, warnings, notes } = jobContext();
    await readDensityMap(context, path);
    return { warnings, notes };
  };

  test("in the corners, as some programs have their origin", async () => {
    const { warnings } = await read("corner.mrc", moved(toyVolume(), 18));
    expect(warnings).toEqual([
      expect.stringMatching(/corner.mrc: \d+ % of the density touches the faces of the box/),
    ]);
  });

  test("off the centre, by how much: the toy's own centre of mass is told too", async () => {
    expect((await read("centred.mrc", toyVolume())).warnings).toEqual([]);
    const { warnings } = await read("off.mrc", moved(toyVolume(60), 10));
    const [, angstrom] = /centre of mass lies (\d+) angstrom off the centre/.exec(warnings[0]!) ?? [];
    // ten voxels of 4 angstrom along each axis, and a little for the toy's own unevenness
    expect(Math.abs(Number(angstrom) - 40 * Math.sqrt(3))).toBeLessThan(12);
  });

  test("a header of 1 angstrom per voxel is said, a particle of less than 10 angstrom refused", async () => {
    const { notes } = await read("one.mrc", { ...toyVolume(), voxelSize: 1 });
    expect(notes).toEqual([expect.stringMatching(/one.mrc: its header says 1 angstrom per voxel/)]);
    await expect(read("nanometres.mrc", { ...toyVolume(), voxelSize: 0.2 })).rejects.toThrow(
      /nanometres.mrc: size of the particle: found .* at 0.2 angstrom per voxel", expected at least 10 angstrom/,
    );
  });
});

describe("what simulate and pick run read as a map", () => {
  const volume = toyVolume(12, 12);
  const bytes = writeMrc({ ...volume, kind: "volume" });
  const read = (path: string, voxelSize?: number) => readDensityMap(jobContext().context, path, voxelSize);

  test("MRC under any name, packed or not", async () => {
    const bare = await read(writeAs("bare.map", bytes));
    expect(await read(writeAs("packed.mrc.gz", gzipSync(bytes)))).toEqual(bare);
    expect(await read(writeAs("no-ending", bytes))).toEqual(bare);
  });

  test("HDF5 of EMAN2, old and new", async () => {
    // of 12 and 20 images the first is a picture, so it is refused by what is in it, not by its format
    for (const name of ["eman.hdf", "eman-latest.hdf"]) {
      await expect(read(writeAs(name, fixture(`hdf5/${name}`)))).rejects.toThrow(
        `${name}: first image, shape: found [1,3,4], expected a volume`,
      );
    }
    const { shape, voxelSize } = await read(writeAs("map.hdf", fixture("hdf5/eman-map.hdf")));
    expect([...shape, voxelSize]).toEqual([5, 6, 7, 2.5]);
  });

  test("what is odd about a file is noted", async () => {
    const odd = bytes.slice();
    odd.set([0x11, 0x11], 212);
    const { context, notes } = jobContext();
    await readDensityMap(context, writeAs("odd.mrc", odd));
    expect(notes[0]).toMatch(/odd.mrc: word 54 \(MACHST\) is 11 11 00 00; mode and sizes say little endian/);
  });

  function writeAs(name: string, content: Uint8Array): string {
    const path = join(dir, name);
    writeFileSync(path, content);
    return path;
  }
});

describe.skipIf(!hasSharedData)("diameter of real maps (needs ../shared/data)", () => {
  test.each([
    ["maps/cryojax_ribosome_4ug0_potential_cistem.mrc", 290, 330],
    ["maps/ngl_betaGal.mrc", 170, 195],
    ["maps/emd_5625.map", 200, 225],
  ])("%s is %i to %i angstrom", async (name, low, high) => {
    const diameter = mapDiameter(await readDensityMap(jobContext().context, sharedPath(name)));
    expect(diameter).toBeGreaterThan(low);
    expect(diameter).toBeLessThan(high);
  });
});
