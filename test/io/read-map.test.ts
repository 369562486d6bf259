import { readFileSync } from "node:fs";
import { join } from "node:path";
import h5wasm from "h5wasm/node";
import { describe, expect, test } from "vitest";
import { gzip } from "../../src/io/bytes/gunzip.js";
import { writeMrc } from "../../src/io/mrc/write.js";
import { readMap } from "../../src/io/read-map.js";
import { readStructure } from "../../src/io/structure/read.js";
import { scratchFolder } from "../helpers/scratch.js";
import { mrcFixture } from "./mrc/fixture.js";
import { fixture } from "./picture.js";

const data = new Float32Array([1, 2, 3, 4, 5, 6, 7, 8]);

describe("readMap", () => {
  test("takes the voxel size of the file, and the one given only where there is none", async () => {
    const known = writeMrc({ data, shape: [2, 2, 2], voxelSize: 1.5 });
    expect(await readMap(gzip(known), "a.mrc.gz", { voxelSize: 9 })).toEqual({
      data,
      shape: [2, 2, 2],
      voxelSize: 1.5,
    });
    const unknown = mrcFixture({
      counts: [2, 2, 2],
      mode: 0,
      samples: [...data],
      floats: { 11: 0, 12: 0, 13: 0 },
    });
    expect(await readMap(unknown, "a.mrc", { voxelSize: 9 })).toEqual({
      data,
      shape: [2, 2, 2],
      voxelSize: 9,
    });
    await expect(readMap(unknown, "a.mrc")).rejects.toThrow(
      "a.mrc: words 11-13 (CELLA): found [0,0,0], expected a voxel size",
    );
  });

  test("a cube whose header has MZ of 1, as a stack, is a map, as for RELION, with a remark", async () => {
    const cube = { counts: [2, 2, 2] as [number, number, number], mode: 0, samples: [...data] };
    for (const height of [3, 1.5]) {
      const bytes = mrcFixture({
        ...cube,
        ints: { 10: 1 },
        floats: { 11: 3, 12: 3, 13: height, 20: 1, 21: 8 },
      });
      const remarks: string[] = [];
      const map = await readMap(bytes, "a.mrc", { remark: (line) => remarks.push(line) });
      expect(map).toEqual({ data, shape: [2, 2, 2], voxelSize: 1.5 });
      expect(remarks).toEqual([
        "a.mrc: word 10 (MZ) is 1, as of a stack of images; as a cube it is read as a map",
      ]);
      await expect(readMap(bytes, "a.mrcs")).rejects.toThrow('NZ and MZ: found "stack", expected a volume');
    }
    const odd = mrcFixture({ ...cube, ints: { 10: 1 }, floats: { 11: 3, 12: 3, 13: 9 } });
    await expect(readMap(odd, "a.mrc")).rejects.toThrow("expected cubic voxels");
  });

  test("of several volumes of an EMAN2 file the first is read, which is said", async () => {
    await h5wasm.ready;
    const path = join(scratchFolder(), "two.hdf");
    const file = new h5wasm.File(path, "w");
    const images = file.create_group("MDF").create_group("images");
    for (const [n, values] of [data, data.map((value) => -value)].entries()) {
      const group = images.create_group(String(n));
      group.create_attribute("EMAN.apix_x", 1.5, null, "<f4");
      group.create_dataset({ name: "image", data: values, shape: [2, 2, 2], dtype: "<f4" });
    }
    file.close();
    const remarks: string[] = [];
    const map = await readMap(readFileSync(path), "two.hdf", { remark: (line) => remarks.push(line) });
    expect([map.data, map.voxelSize, remarks]).toEqual([
      data,
      1.5,
      ["two.hdf: the first of 2 volumes is read"],
    ]);
  });

  test("an EMAN2 file whose first image has one section is no map", async () => {
    await expect(readMap(fixture("hdf5/eman.hdf"), "a.hdf")).rejects.toThrow(
      "a.hdf: first image, shape: found [1,3,4], expected a volume",
    );
  });

  test("an atomic model in place of a map is told, and a map in place of a model", async () => {
    const model = new TextEncoder().encode(`${"REMARK   1 A MAP IS NOT HERE".padEnd(80)}\n`.repeat(20));
    await expect(readMap(model, "a.pdb")).rejects.toThrow(
      'a.pdb: format: found "text, as of an atomic model", expected a density map, MRC',
    );
    const map = writeMrc({ data, shape: [2, 2, 2], voxelSize: 1.5 });
    for (const bytes of [map, gzip(map)]) {
      expect(() => readStructure(bytes, "a.mrc")).toThrow(
        'a.mrc: text: found "zero bytes, as of a binary file", expected an atomic model, PDB or mmCIF',
      );
    }
    expect(() => readStructure(model, "a.pdb")).toThrow("a.pdb: ATOM records: found 0");
  });
});
