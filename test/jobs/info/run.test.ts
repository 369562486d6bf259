import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { encode } from "fast-png";
import { describe, expect, test } from "vitest";
import { writePart } from "../../../src/dataset/part.js";
import { writeMrc } from "../../../src/io/mrc/write.js";
import { type NpyColumn, writeNpyTable } from "../../../src/io/npy/read.js";
import { readImage } from "../../../src/io/read-image.js";
import { describeFile, describeFolder } from "../../../src/jobs/info/run.js";
import { planSimulation } from "../../../src/jobs/simulate/plan.js";
import { simulateDataset } from "../../../src/jobs/simulate/run.js";
import { nodeFiles } from "../../../src/runtime/files.js";
import { add, compile, constant, input } from "../../../src/tensor/index.js";
import { jobContext } from "../../helpers/job-context.js";
import { scratchFolder } from "../../helpers/scratch.js";
import { writeToyMap } from "../../helpers/toys/map.js";
import { fixture } from "../../io/picture.js";
import { hasSharedData, sharedPath } from "../../io/shared-data.js";
import { TWO_CARBONS } from "../potential/two-carbons.js";

const dir = scratchFolder();
const { context } = jobContext();

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
  writeFileSync(join(dir, "two.pdb"), TWO_CARBONS);
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
    writeFileSync(join(dir, "eman"), fixture("hdf5/eman-map.hdf"));
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
    const movies = [["movie_blob/path", blob[0]![1]]] as typeof blob;
    expect(await describeFile(nodeFiles, write("movies.cs", movies))).toEqual({
      what: "cryoSPARC movies",
      rows: 2,
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

  test("of what cannot be used: impossible optics are refused, the rest is shown with the reason", async () => {
    const star = readFileSync(join(out, "particles.star"), "utf8");
    const write = (name: string, text: string): string => {
      writeFileSync(join(dir, name), text);
      return join(dir, name);
    };
    const describeText = (text: string) => describeFile(nodeFiles, write("odd.star", text));
    expect(Object.keys(await describeText(star))).not.toContain("doubts");
    const row = /^(.*\b)300(\.0+)?( +)2\.7(0*)( .*)$/m;
    expect(star).toMatch(row);
    for (const [damaged, message] of [
      [star.replace(row, "$10$3 2.7$5"), "rlnVoltage: found 0, expected 60 to 1000 kV"],
      [star.replace(row, "$1300$3 270$5"), "rlnSphericalAberration: found 270, expected -10 to 10 mm"],
      ["", 'odd.star: blocks: found "none", expected data_ and a table'],
    ] as const) {
      await expect(describeText(damaged)).rejects.toThrow(message);
    }
    expect(await describeText(star.replace(row, "$1300$3 -2.7$5"))).toMatchObject({
      doubts: "the spherical aberration is negative, -2.7 mm",
    });
    const [defocus] = /\b\d{4,5}\.\d+\b/.exec(star.slice(star.indexOf("data_particles")))!;
    expect(await describeText(star.replace(defocus, "nan"))).toMatchObject({
      "defocus U": expect.stringMatching(/^\d+ to \d+ A/),
      doubts: "1 of 4 particles have a defocus that is no number",
      "refused as particles": expect.stringContaining('rlnDefocusU: found "nan", expected a number'),
    });
    expect(await describeText(star.replaceAll("rlnAnglePsi", "rlnAnglePsiPrior"))).toMatchObject({
      "refused as particles": 'data_particles: found "no rlnAnglePsi", expected this label',
    });
  });

  test("says that no command makes grey of a colour picture", async () => {
    const picture = join(dir, "colour.png");
    writeFileSync(
      picture,
      encode({ width: 2, height: 1, data: Uint8Array.of(1, 2, 3, 4, 5, 6), channels: 3 }),
    );
    expect(await describeFile(nodeFiles, picture)).toMatchObject({
      samples: "colour, 8 bits",
      refused: "every command expects a grey picture, and none makes grey of colours",
    });
    await expect(readImage(readFileSync(picture), picture)).rejects.toThrow('found "colour", expected grey');
    expect(await describeFile(nodeFiles, join(out, "masks/000001.png"))).not.toHaveProperty("refused");
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

  test("voxels that can hardly be meant are told", async () => {
    const told = async (bytes: Uint8Array) => {
      writeFileSync(join(dir, "voxels.mrc"), bytes);
      return (await describeFile(nodeFiles, join(dir, "voxels.mrc")))["voxel size"];
    };
    const image = (voxelSize: number) =>
      writeMrc({ data: Float32Array.of(1, 2, 3, 4), shape: [1, 2, 2], voxelSize });
    expect(await told(image(2))).toBe("2 x 2 x 2 A");
    expect(await told(image(1500))).toBe("1500 x 1500 x 1500 A (expected 0.1 to 50 angstrom)");
    expect(await told(image(1))).toBe("1 x 1 x 1 A (as programs also write that do not know it)");
    const skewed = Uint8Array.from(readFileSync(map));
    // words 14-16 are the cell's angles
    new DataView(skewed.buffer).setFloat32(14 * 4, 105, true);
    expect(await told(skewed)).toBe("4 x 4 x 4 A (cell angles 90, 105, 90 degrees)");
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
