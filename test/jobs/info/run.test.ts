import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import type { Progress } from "../../../src/core/ports.js";
import { writePart } from "../../../src/dataset/part.js";
import { readMrc } from "../../../src/io/mrc/read.js";
import { type NpyColumn, writeNpyTable } from "../../../src/io/npy/read.js";
import { describeFile, describeFolder } from "../../../src/jobs/info/run.js";
import { computePotential } from "../../../src/jobs/potential/run.js";
import { mapDiameter, readDensityMap } from "../../../src/jobs/shared/maps/density-map.js";
import { planSimulation } from "../../../src/jobs/simulate/plan.js";
import { simulateDataset } from "../../../src/jobs/simulate/run.js";
import { nodeFiles } from "../../../src/runtime/files.js";
import { add, compile, constant, input } from "../../../src/tensor/index.js";
import { jobContext } from "../../helpers/job-context.js";
import { scratchFolder } from "../../helpers/scratch.js";
import { writeToyMap } from "../../helpers/toy-map.js";
import { fixture } from "../../io/picture.js";
import { hasSharedData, sharedPath } from "../../io/shared-data.js";

const dir = scratchFolder();
const { context } = jobContext();

/** Two carbons 20 angstrom apart on x, and the same once more 12 angstrom up, by the assembly. */
const PDB = `REMARK 350 BIOMOLECULE: 1
REMARK 350 APPLY THE FOLLOWING TO CHAINS: A
REMARK 350   BIOMT1   1  1.000000  0.000000  0.000000        0.00000
REMARK 350   BIOMT2   1  0.000000  1.000000  0.000000        0.00000
REMARK 350   BIOMT3   1  0.000000  0.000000  1.000000        0.00000
REMARK 350   BIOMT1   2  1.000000  0.000000  0.000000        0.00000
REMARK 350   BIOMT2   2  0.000000  1.000000  0.000000        0.00000
REMARK 350   BIOMT3   2  0.000000  0.000000  1.000000       12.00000
ATOM      1  CA  ALA A   1     -10.000   0.000   0.000  1.00 20.00           C
ATOM      2  CA  ALA A   2      10.000   0.000   0.000  1.00 20.00           C
HETATM    3  O   HOH A   3       0.000   5.000   0.000  1.00 20.00           O
END
`;

describe("potential", () => {
  const model = join(dir, "two.pdb");
  writeFileSync(model, PDB);
  const run = (more: object = {}) =>
    computePotential(
      { model, out: join(dir, "two.mrc"), pixelSize: 1, resolution: 4, box: 48, ...more },
      context,
    );

  test("the assembly is built, without water, about its mean position", async () => {
    expect(await run()).toMatchObject({ atoms: 4, box: 48, resolution: 4 });
    const { data, voxelSize } = readMrc(readFileSync(join(dir, "two.mrc")), "two.mrc");
    expect(voxelSize).toEqual([1, 1, 1]);
    const at = (x: number, y: number, z: number): number => data[((z + 24) * 48 + y + 24) * 48 + x + 24]!;
    const atoms = [at(-10, 0, -6), at(10, 0, -6), at(-10, 0, 6), at(10, 0, 6)];
    for (const value of atoms) expect(value).toBeCloseTo(Math.max(...data), 3);
    expect(Math.abs(at(0, 5, 0))).toBeLessThan(0.02 * atoms[0]!);
  });

  test("none takes the atoms as they are; an unknown assembly is refused with those there are", async () => {
    expect((await run({ assembly: "none" })).atoms).toBe(2);
    await expect(run({ assembly: "7" })).rejects.toThrow('two.pdb: found "7", expected one of 1, or none');
  });

  test("of several models the first is used, with a note; all of them where they make up the assembly", async () => {
    const copies = join(dir, "copies.pdb1");
    const carbon = (x: string) =>
      `ATOM      1  CA  ALA A   1    ${x}   0.000   0.000  1.00 20.00           C`;
    const models = ["  -9.000", "   0.000", "   9.000", "  10.000"].flatMap((x, i) => [
      `MODEL        ${i + 1}`,
      carbon(x),
      "ENDMDL",
    ]);
    writeFileSync(copies, models.join("\n"));
    const { context: own, notes } = jobContext();
    const of = (more: object) =>
      computePotential(
        { model: copies, out: join(dir, "copies.mrc"), pixelSize: 1, resolution: 4, box: 48, ...more },
        own,
      );
    expect((await of({})).atoms).toBe(1);
    expect(notes.join()).toContain("copies.pdb1: model 1 of 4: ");
    expect((await of({ assembly: "models" })).atoms).toBe(4);
    expect(notes.filter((line) => line.includes(" of 4: "))).toHaveLength(1);
    await expect(of({ assembly: "models", modelNumber: 2 })).rejects.toThrow("modelNumber: found `assembly`");
    expect(await describeFile(nodeFiles, copies)).toMatchObject({
      models: "4, of which model 1 is described",
    });
  });

  test("a map that the machine's memory cannot hold is refused before any is taken", async () => {
    const at = { model, out: join(dir, "large.mrc"), pixelSize: 0.1, box: 2048 };
    await expect(computePotential(at, { ...context, memory: 2 ** 34 })).rejects.toThrow(
      "box: found a map of 2048 x 2048 x 2048 voxels at a resolution of 0.2 angstrom, about 310 GB of memory, expected at " +
        "most the 16 GB of this machine: take larger voxels, or a smaller `box`",
    );
  });

  test("stops between its steps when it is asked to, and has written nothing", async () => {
    const controller = new AbortController();
    const steps: Progress[] = [];
    const progress = (step: Progress): void => {
      steps.push(step);
      setTimeout(() => controller.abort());
    };
    const report = { ...context.report, progress };
    const at = { model, out: join(dir, "stopped.mrc"), pixelSize: 1, resolution: 4, box: 48 };
    const stopped = computePotential(at, { ...context, report, signal: controller.signal });
    await expect(stopped).rejects.toThrow(expect.objectContaining({ name: "AbortError" }));
    expect(steps).toEqual([{ stage: "atoms on the grid", done: 4, total: 4, unit: "atoms" }]);
    expect(existsSync(at.out)).toBe(false);
  });

  test("virtual sites are left out, and said to be", async () => {
    const odd = join(dir, "odd.pdb");
    writeFileSync(
      odd,
      `${PDB}HETATM    4  X   XXX A   4       0.000   0.000   0.000  1.00 20.00           X\n`,
    );
    const { context: own, notes } = jobContext();
    const at = { out: join(dir, "odd.mrc"), pixelSize: 1, resolution: 4, box: 48 };
    expect((await computePotential({ model: odd, ...at }, own)).atoms).toBe(4);
    expect(notes).toContain(`${odd}: 1 atom is left out as no known element (X of XXX)`);
  });

  test("occupancies that are no shares are said; where all are 0, as simulations write them, all atoms count", async () => {
    const withOccupancy = async (name: string, occupancy: string) => {
      const path = join(dir, `${name}.pdb`);
      writeFileSync(path, PDB.replaceAll(/^((?:ATOM|HETATM).{0,50}).{6}/gm, `$1${occupancy}`));
      const { context: own, notes, warnings } = jobContext();
      const out = join(dir, `${name}.mrc`);
      const at = { out, pixelSize: 1, resolution: 4, box: 48 };
      await computePotential({ model: path, ...at }, own);
      return { path, bytes: readFileSync(out).toString("base64"), said: [...notes, ...warnings] };
    };
    const whole = await withOccupancy("whole", "  1.00");
    const none = await withOccupancy("none", "  0.00");
    expect(none.bytes).toBe(whole.bytes);
    expect(none.said).toContain(
      `${none.path}: the occupancy of all atoms is 0, as of no structure: taken is 1`,
    );
    const charged = await withOccupancy("charged", " -0.50");
    expect(charged.said).toContainEqual(
      expect.stringMatching(
        /charged.pdb: \d atoms have occupancies outside 0 to 1, as -0.5: the map has them as they stand/,
      ),
    );
    expect(whole.said.filter((line) => line.includes("occupanc"))).toEqual([]);
  });

  test("the box holds the model with room unless told; a wrong ending is refused", async () => {
    const { box, diameter } = await run({ box: undefined });
    expect(box % 2).toBe(0);
    expect(box).toBeGreaterThanOrEqual(1.5 * diameter);
    await expect(run({ out: join(dir, "two.png") })).rejects.toThrow("expected a name that ends in .mrc");
  });
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

describe.skipIf(!hasSharedData)("info of every real file (needs ../shared/data)", () => {
  const folders = [
    "star",
    "particles",
    "maps",
    "misc",
    "bgal-10017/ref_star",
    "bgal-10017/repic_boxes/topaz",
  ];
  test.each([...folders, "bgal-10017/coords_from_mask", "apoferritin-10146/coords-a"])(
    "%s",
    async (folder) => {
      const names = await nodeFiles.list(sharedPath(folder));
      expect(names.length).toBeGreaterThan(0);
      for (const name of names) {
        const facts = await describeFile(nodeFiles, sharedPath(`${folder}/${name}`));
        expect(Object.keys(facts).length, name).toBeGreaterThan(1);
        expect(Object.keys(facts).length, name).toBeLessThan(20);
      }
    },
  );

  test.each<[string, Record<string, unknown>]>([
    [
      "star/aspire_sample_particles_relion30.star",
      {
        what: "STAR, particles, RELION 3.0 or older",
        micrographs: 1,
        optics: "300 kV, Cs 2.7 mm; 200 kV, Cs 2.7 mm",
      },
    ],
    ["star/mtf_k2_300_ec.star", { what: "STAR, MTF curve" }],
    ["star/relion4_ctffind_output.star", { what: "STAR, micrographs, RELION 3.1 or newer", micrographs: 41 }],
    ["misc/Ucsf_stack_1142_DW_autopick.star", { what: "STAR, picks" }],
    ["misc/KLH_xmipp_760x844.tif", { samples: "unsigned, 8 bits, PackBits, strips" }],
    ["star/cryodrgn_cryosparc_P12_J24_001_particles.cs", { particles: 2019, images: "yes", aligned: "yes" }],
    ["maps/ngl_betaGal.mrc", { "voxel size": "3.54 x 3.54 x 3.54 A" }],
  ])("%s", async (name, facts) => {
    expect(await describeFile(nodeFiles, sharedPath(name))).toMatchObject(facts);
  });
});

describe("info", async () => {
  const map = writeToyMap(join(dir, "map.mrc"));
  const out = join(dir, "set");
  await simulateDataset(
    planSimulation({ map: [map], out, size: [64, 80], count: 2, particles: [2, 0] }),
    context,
  );

  test.each<[string, Record<string, unknown>]>([
    ["map.mrc", { what: "MRC, volume of 36 x 36 x 36 voxels (x, y, z)", "voxel size": "4 x 4 x 4 A" }],
    [
      "set/micrographs/000001.mrc",
      { what: "MRC, image of 80 x 64 pixels", samples: "float32, little endian" },
    ],
    ["set/masks/000001.png", { what: "PNG, 80 x 64 pixels", samples: "grey, 8 bits" }],
    [
      "set/particles.star",
      { what: "STAR, particles, RELION 3.1 or newer", micrographs: 2, "half sets": "2 and 2" },
    ],
    ["two.pdb", { what: "atomic model", atoms: "2 without water, of 3", assemblies: "1" }],
  ])("%s", async (name, facts) => {
    expect(await describeFile(nodeFiles, join(dir, name))).toMatchObject(facts);
  });

  test("maps are known by their first bytes too: without an ending, packed under a bare name, of HDF5", async () => {
    const bytes = readFileSync(map);
    writeFileSync(join(dir, "no-ending"), bytes);
    writeFileSync(join(dir, "packed.mrc"), gzipSync(bytes));
    writeFileSync(join(dir, "eman"), fixture("eman-map.hdf"));
    for (const name of ["no-ending", "packed.mrc"]) {
      expect((await describeFile(nodeFiles, join(dir, name)))["what"], name).toContain(
        "volume of 36 x 36 x 36",
      );
    }
    expect(await describeFile(nodeFiles, join(dir, "eman"))).toEqual({
      what: "HDF5 of EMAN2, 1 image of 7 x 6 x 5 voxels",
      "pixel size": "2.5 A",
    });
  });

  test("cryoSPARC's exposures, with a CTF and without; a packed PNG", async () => {
    const numbers = (values: readonly number[]): NpyColumn => ({
      dtype: "<f4",
      shape: [],
      values: Float64Array.from(values),
    });
    const blob: [string, NpyColumn][] = [
      ["micrograph_blob/path", { dtype: "|S9", shape: [], values: ["J1/a.mrc", "J1/b.mrc"] }],
      ["micrograph_blob/psize_A", numbers([1.25, 1.25])],
    ];
    const ctf: [string, NpyColumn][] = [
      ["ctf/accel_kv", numbers([300, 300])],
      ["ctf/cs_mm", numbers([2.5, 2.5])],
      ["ctf/amp_contrast", numbers([0.1, 0.1])],
      ["ctf/df1_A", numbers([10_000, 20_000])],
    ];
    const write = (name: string, columns: [string, NpyColumn][]): string => {
      writeFileSync(join(dir, name), writeNpyTable({ rows: 2, columns: new Map(columns) }));
      return join(dir, name);
    };
    expect(await describeFile(nodeFiles, write("fitted.cs", [...blob, ...ctf]))).toEqual({
      what: "cryoSPARC exposures",
      micrographs: 2,
      optics: "1.25 A, 300 kV, Cs 2.5 mm",
      "defocus U": "10000 to 20000 A, mean 15000",
    });
    expect(await describeFile(nodeFiles, write("raw.cs", blob))).toEqual({
      what: "cryoSPARC exposures",
      micrographs: 2,
      CTF: "not fitted",
    });
    const mask = readFileSync(join(out, "masks/000001.png"));
    writeFileSync(join(dir, "mask.png.gz"), gzipSync(mask));
    expect((await describeFile(nodeFiles, join(dir, "mask.png.gz")))["what"]).toBe("PNG, 80 x 64 pixels");
  });

  test("a dataset, an unfinished one, any folder, an unknown format", async () => {
    expect(await describeFolder(nodeFiles, out)).toMatchObject({
      what: "cryogem dataset",
      micrographs: "2 of 80 x 64 pixels",
      particles: expect.stringMatching(/^4, diameter \d+/),
    });
    const part = { micrograph: { index: 1 }, particles: [] };
    await nodeFiles.write(join(dir, "begun/parts/job.json"), "{}");
    await writePart(nodeFiles, join(dir, "begun"), part as never);
    expect(await describeFolder(nodeFiles, join(dir, "begun"))).toEqual({
      what: "unfinished cryogem dataset",
      "micrographs made": 1,
    });
    mkdirSync(join(dir, "some"));
    writeFileSync(join(dir, "some/a.log"), "");
    writeFileSync(join(dir, "some/b.log"), "");
    expect(await describeFolder(nodeFiles, join(dir, "some"))).toEqual({
      what: "folder",
      names: 2,
      ".log": 2,
    });
    await expect(describeFile(nodeFiles, join(dir, "some/a.log"))).rejects.toThrow("not a known format");
  });

  test("statistics that a header lacks are measured; those it has are shown as they are", async () => {
    const bytes = readFileSync(map);
    const header = new DataView(bytes.buffer, bytes.byteOffset, 1024);
    const given = await describeFile(nodeFiles, map);
    expect(given["values"]).not.toContain("measured");
    const missing = join(dir, "missing.mrc");
    for (const none of [
      [0, 0, 0],
      [0, -1, -2],
    ]) {
      for (const [i, value] of none.entries()) header.setFloat32(4 * (19 + i), value, true);
      writeFileSync(missing, bytes);
      expect(await describeFile(nodeFiles, missing)).toEqual({
        ...given,
        values: `${given["values"]} (measured: not in the header)`,
      });
    }
  });

  test("packed files are described and used as they are", async () => {
    const packed = `${map}.gz`;
    writeFileSync(packed, gzipSync(readFileSync(map)));
    expect(await describeFile(nodeFiles, packed)).toEqual(await describeFile(nodeFiles, map));
    const plan = planSimulation({
      map: [packed],
      out: join(dir, "packed"),
      size: [64, 80],
      count: 2,
      particles: [2, 0],
    });
    const { micrographs } = await simulateDataset(plan, context);
    expect(micrographs.length).toBe(2);
    const first = "micrographs/000001.mrc";
    expect(readFileSync(join(dir, "packed", first))).toEqual(readFileSync(join(out, first)));
  });
});

test("a network in ONNX: what goes in and comes out, and how many operations it has", async () => {
  const x = input("x", [1, 4]);
  const path = join(dir, "network.onnx");
  writeFileSync(path, compile({ y: add(x, constant(Float32Array.of(1, 2, 3, 4), [1, 4])) }).model);
  expect(await describeFile(nodeFiles, path)).toMatchObject({
    what: "ONNX network",
    operations: 1,
    input: "x [1, 4]",
    output: "y [1, 4]",
  });
  writeFileSync(join(dir, "no.onnx"), "neither");
  await expect(describeFile(nodeFiles, join(dir, "no.onnx"))).rejects.toThrow(/no\.onnx: content: found/);
});
