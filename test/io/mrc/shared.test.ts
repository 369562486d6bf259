import { spawnSync } from "node:child_process";
import { describe, expect, test } from "vitest";
import { readMrc, readVolume } from "../../../src/io/mrc/read.js";
import { hasSharedData, sharedBytes, sharedNames, sharedPath } from "../shared-data.js";
import { hasMrcfile } from "./oracle.js";

const names = ["maps", "particles", "misc"].flatMap((folder) =>
  [".mrc", ".mrcs", ".map"].flatMap((extension) => sharedNames(folder, extension)),
);

/** Shape, extremes, mean and one sample, with the axes brought to z, y, x by numpy. */
const SCRIPT = `
import sys, json, warnings, numpy, mrcfile
warnings.simplefilter("ignore")
m = mrcfile.open(sys.argv[1], permissive=True)
h = m.header
d = m.data.reshape((int(h.nz), int(h.ny), int(h.nx))).astype("f8")
places = [int(h.maps), int(h.mapr), int(h.mapc)]
d = d.transpose([places.index(axis) for axis in (3, 2, 1)])
z, y, x = d.shape[0] // 2, d.shape[1] // 3, d.shape[2] // 4
print(json.dumps([d.shape, d.min(), d.max(), d.mean(), d[z, y, x]]))
`;

describe.skipIf(!hasSharedData || !hasMrcfile)(
  "real MRC files (needs ../shared/data and python3-mrcfile)",
  () => {
    test.each(names)("%s as mrcfile reads it", (name) => {
      const { data, shape } = readMrc(sharedBytes(name), name);
      const { stdout } = spawnSync("/usr/bin/python3", ["-c", SCRIPT, sharedPath(name)], {
        encoding: "utf8",
      });
      const [expectedShape, ...expected] = JSON.parse(stdout) as [number[], number, number, number, number];
      let [min, max, sum] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 0];
      for (const value of data) {
        min = Math.min(min, value);
        max = Math.max(max, value);
        sum += value;
      }
      expect(shape).toEqual(expectedShape);
      const [z, y, x] = [shape[0] >> 1, Math.floor(shape[1] / 3), shape[2] >> 2];
      const sample = data[(z * shape[1] + y) * shape[2] + x]!;
      expect([min, max, sum / data.length, sample]).toBeAllclose(expected, {
        relative: 1e-6,
        absolute: 1e-9,
      });
    });
  },
);

describe.skipIf(!hasSharedData)("real headers (needs ../shared/data)", () => {
  test.each([
    ["maps/ngl_betaGal.mrc", "volume", 3.54],
    ["maps/cryojax_ribosome_4ug0_potential_cistem.mrc", "volume", 4],
    ["maps/emd_5625.map", "volume", 4.23],
    ["particles/aspire_sample_17x200.mrcs", "stack", 0],
    ["particles/spider_nat_part_5x130.mrcs", "stack", 0],
    ["particles/cryodrgn_relion31_5x256.mrcs", "stack", 1],
    ["misc/leginon_findem_07jan05b_512.mrc", "image", 1],
  ])("%s is a %s of voxels of %d angstrom", (name, kind, size) => {
    const { header } = readMrc(sharedBytes(name), name);
    expect(header.kind).toBe(kind);
    expect(header.voxelSize[0]).toBeCloseTo(size, 5);
  });

  test("a map whose cell is not rectangular is refused as a density to project", () => {
    expect(() => readVolume(sharedBytes("maps/EMD-3001.map"), "EMD-3001.map")).toThrow("rectangular cell");
  });
});
