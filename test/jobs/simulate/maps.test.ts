import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { readMrc } from "../../../src/io/mrc/read.js";
import { writeMrc } from "../../../src/io/mrc/write.js";
import { scratchFolder } from "../../helpers/scratch.js";
import { toyVolume, writeToyMap } from "../../helpers/toys/map.js";
import { particlesOf, toySimulation } from "./toy-simulation.js";

const dir = scratchFolder();
const { map, simulate } = toySimulation(dir);

describe("maps", () => {
  test("a map is brought to the pixel size asked for", async () => {
    const { manifest } = await simulate("resampled", {
      pixelSize: 7,
      size: [100, 100],
      count: 1,
      particles: [3, 0],
    });
    expect(manifest.optics.pixelSize).toBe(7);
    const header = readMrc(readFileSync(join(dir, "resampled/micrographs/000001.mrc")), "m");
    expect(header.voxelSize[0]).toBeCloseTo(7, 5);
  });

  test("a map without voxel size is refused unless the pixel size is given", async () => {
    const bytes = writeMrc({ ...toyVolume(), kind: "volume" });
    new DataView(bytes.buffer).setFloat32(40, 0, true);
    new DataView(bytes.buffer).setFloat32(44, 0, true);
    new DataView(bytes.buffer).setFloat32(48, 0, true);
    const bare = join(dir, "bare.mrc");
    writeFileSync(bare, bytes);
    await expect(simulate("bare", { map: [bare] })).rejects.toThrow(
      "bare.mrc: words 11-13 (CELLA): found [0,0,0], expected a voxel size, in the file or given beside it",
    );
    const { manifest } = await simulate("bare", { map: [bare], pixelSize: 4, count: 1 });
    expect(manifest.optics.pixelSize).toBe(4);
    rmSync(join(dir, "bare"), { recursive: true });
  });

  test("a constant background of the map does not show", async () => {
    const { data, ...rest } = toyVolume();
    const lifted = writeToyMap(join(dir, "lifted.mrc"), { ...rest, data: data.map((value) => value + 5) });
    await simulate("flat", { count: 1 });
    await simulate("lifted", { map: [lifted], count: 1 });
    const read = (name: string) =>
      readMrc(readFileSync(join(dir, name, "micrographs/000001.mrc")), name).data;
    const flat = read("flat");
    const highest = Math.max(...flat.map(Math.abs));
    expect(read("lifted")).toBeAllclose(flat, { absolute: 1e-4 * highest, relative: 0 });
  });

  test("several maps come in their ratio", async () => {
    const dataset = await simulate("mixed", {
      map: [map, map],
      ratios: [1, 3],
      particles: [12, 0],
      collapseRatio: 0.5,
      count: 8,
    });
    const structures = (await particlesOf(dataset)).map(({ structure }) => structure);
    const share = structures.filter((each) => each === 1).length / structures.length;
    expect(structures.length).toBe(96);
    expect(share).toBeGreaterThan(0.6);
    expect(share).toBeLessThan(0.9);
  });
});
