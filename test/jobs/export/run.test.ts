import { spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { type NpyColumn, readNpyTable, writeNpyTable } from "../../../src/io/npy/read.js";
import { readParticlesCs } from "../../../src/io/particles/cs.js";
import { readParticlesStar } from "../../../src/io/particles/star.js";
import { parseStar } from "../../../src/io/star/parse.js";
import type { ExportOptions } from "../../../src/jobs/export/run.js";
import { hasProgram } from "../../physics/relion.js";
import { OLD, toyExport } from "./toy-export.js";

const { dir, at, run, warnings } = toyExport();
/** What is warned of while a file is made. */
async function warningsOf(input: string, out: string): Promise<readonly string[]> {
  const before = warnings.length;
  await run(input, out);
  return warnings.slice(before);
}
const bytes = (name: string): Uint8Array => new Uint8Array(readFileSync(at(name)));

const old = at("old.star");
writeFileSync(old, OLD);

describe("STAR", () => {
  test("of RELION 3.0 becomes 3.1: groups of equal optics, origins in angstrom, every other label kept", async () => {
    await run(old, "new.star");
    const file = parseStar(readFileSync(at("new.star"), "utf8"), "new.star");
    const optics = file.table("optics");
    expect([...optics.numbers("rlnImagePixelSize")]).toEqual([2, 1]);
    expect([...optics.numbers("rlnVoltage")]).toEqual([300, 200]);
    const particles = file.table("particles");
    expect([...particles.integers("rlnOpticsGroup")]).toEqual([1, 1, 2]);
    expect([...particles.numbers("rlnOriginXAngst")]).toEqual([-3, 0, 4]);
    expect([...particles.numbers("rlnOriginYAngst")]).toEqual([4, 0.5, -2]);
    expect([...particles.integers("rlnGroupNumber")]).toEqual([7, 7, 8]);
    for (const gone of ["rlnVoltage", "rlnOriginX", "rlnMagnification"])
      expect(particles.has(gone)).toBe(false);
    expect(readParticlesStar(readFileSync(at("new.star")), "new.star").particles).toEqual(
      readParticlesStar(OLD, "old.star").particles,
    );
  });

  test("and back again", async () => {
    await run(at("new.star"), "again.star", { to: "star30" });
    const text = readFileSync(at("again.star"), "utf8");
    expect(text).not.toContain("version");
    const [before, after] = [OLD, text].map((each) => readParticlesStar(each, "x.star"));
    expect(after!.particles).toEqual(before!.particles);
    expect(after!.optics.map(({ pixelSize, voltage }) => [pixelSize, voltage])).toEqual([
      [2, 300],
      [1, 200],
    ]);
  });

  test("keeps a 3.1 file as it is, table by table", async () => {
    await run(at("new.star"), "same.star");
    expect(readFileSync(at("same.star"), "utf8")).toBe(readFileSync(at("new.star"), "utf8"));
  });

  const hasRelion = hasProgram("relion_convert_star");
  test.skipIf(!hasRelion)("another program makes the same of it (needs relion_convert_star)", async () => {
    spawnSync("relion_convert_star", ["--i", "old.star", "--o", "theirs.star"], { cwd: dir });
    const [theirs, ours] = ["theirs.star", "new.star"].map((name) => {
      const set = readParticlesStar(readFileSync(at(name)), name);
      return set.particles.map(({ opticsGroup, origin, ...rest }) => ({
        ...rest,
        origin: [origin!.x, origin!.y],
        pixelSize: set.optics[opticsGroup]!.pixelSize,
      }));
    });
    expect(ours).toEqual(theirs);
  });
});

test("values that are no numbers keep their text from STAR to STAR, both ways", async () => {
  const text = OLD.replaceAll(/^(m\/a\.mrc 100.*)$/gm, "$1 inf")
    .replaceAll(/^(m\/a\.mrc 20.*)$/gm, "$1 -nan")
    .replaceAll(/^(m\/b\.mrc.*)$/gm, "$1 4.1")
    .replace("_rlnRandomSubset #19", "_rlnRandomSubset #19\n_rlnCtfMaxResolution #20");
  writeFileSync(at("inf.star"), text);
  await run(at("inf.star"), "inf31.star");
  await run(at("inf31.star"), "inf30.star", { to: "star30" });
  for (const name of ["inf31.star", "inf30.star"]) {
    const table = parseStar(readFileSync(at(name), "utf8"), name).tables.at(-1)!;
    expect(table.carried("rlnCtfMaxResolution")).toEqual(["inf", "-nan", 4.1]);
    expect(() => table.numbers("rlnCtfMaxResolution")).toThrow('found "inf", expected a number');
  }
});

describe("particles", () => {
  test("to cryoSPARC and back: images, CTF, poses, places", async () => {
    writeFileSync(
      at("sized.star"),
      readFileSync(at("new.star"), "utf8")
        .replace("_rlnImagePixelSize #6", "_rlnImagePixelSize #6\n_rlnImageSize #7")
        .replaceAll(/^(opticsGroup.*)$/gm, "$1 64"),
    );
    await run(at("sized.star"), "out.cs", { micrographSize: [100, 200] });
    const there = readParticlesCs(bytes("out.cs"), "out.cs");
    await run(at("out.cs"), "fromcs.star");
    const back = readParticlesStar(readFileSync(at("fromcs.star")), "fromcs.star");
    const first = readParticlesStar(OLD, "old.star");
    for (const set of [there, back]) {
      for (const [i, { x, y, angles, origin, image, defocus }] of set.particles.entries()) {
        const wanted = first.particles[i]!;
        expect(image).toEqual(wanted.image);
        expect([x, y]).toBeAllclose([wanted.x!, wanted.y!], { absolute: 1e-4 });
        expect([origin!.x, origin!.y]).toBeAllclose([wanted.origin!.x, wanted.origin!.y], { absolute: 1e-5 });
        expect(defocus!.defocusU).toBeCloseTo(wanted.defocus!.defocusU, 2);
        expect(angles!.tilt).toBeCloseTo(wanted.angles!.tilt, 3);
      }
    }
  });

  test("keep scale, B factor and contrast in .cs files; what STAR files do not hold is told", async () => {
    const dark = readNpyTable(bytes("out.cs"), "out.cs");
    const columns = new Map(dark.columns);
    const set = (name: string, value: number, width = 1): void => {
      const values = new Float64Array(dark.rows * width).fill(value);
      columns.set(name, { dtype: "<f4", shape: width === 1 ? [] : [width], values });
    };
    set("ctf/scale", 0.5);
    set("ctf/bfactor", 80);
    set("blob/sign", -1);
    set("ctf/tilt_A", 0.25, 2);
    writeFileSync(at("dark.cs"), writeNpyTable({ rows: dark.rows, columns }));
    await run(at("dark.cs"), "again.cs", { micrographSize: [100, 200] });
    const again = readParticlesCs(bytes("again.cs"), "again.cs");
    expect(again.particles[0]!.defocus).toMatchObject({ scale: 0.5, bFactor: 80 });
    expect(again.optics[0]!.isDark).toBe(true);
    expect(await warningsOf(at("dark.cs"), "dark.star")).toEqual([
      `${at("dark.cs")}: left out, as STAR files are written without: ctf/tilt_A, blob/sign of -1 (dark particles)`,
    ]);
    const { particles } = readParticlesStar(readFileSync(at("dark.star")), "dark.star");
    expect(particles[0]!.defocus).toMatchObject({ scale: 0.5, bFactor: 80 });
    expect(await warningsOf(at("out.cs"), "plain.star")).toEqual([]);
  });

  test("without images go to .cs by their places, and need the micrographs' size for it", async () => {
    const text = OLD.replaceAll(/^_rlnImageName.*\n/gm, "").replaceAll(/ 00000\d@s.mrcs/g, "");
    const renumbered = text.replaceAll(/ #\d+$/gm, "");
    writeFileSync(at("places.star"), renumbered);
    await expect(run(at("places.star"), "places.cs")).rejects.toThrow(
      "micrograph m/a.mrc: found no such file, expected `micrographs` with its folder, or `micrographSize`",
    );
    await run(at("places.star"), "places.cs", { micrographSize: [100, 200], flipY: 100 });
    const { particles, optics } = readParticlesCs(bytes("places.cs"), "places.cs");
    expect(particles[0]).toMatchObject({ micrograph: "m/a.mrc" });
    expect(particles.map(({ y }) => y)).toBeAllclose([49, 91, 97], { absolute: 1e-4 });
    expect(optics.map(({ pixelSize }) => pixelSize)).toEqual([2, 1]);
  });
});

describe("cryoSPARC's particles in two files", () => {
  const column = (dtype: string, values: readonly number[], shape: readonly number[] = []) => ({
    ...{ dtype, shape, values: Float64Array.from(values) },
  });
  const text = (...values: string[]) => ({ dtype: "|S0", shape: [], values });
  const uid = (...values: bigint[]) => ({ dtype: "<u8", shape: [], values: BigUint64Array.from(values) });
  const cs = (name: string, columns: Parameters<typeof writeNpyTable>[0]["columns"]): string => {
    writeFileSync(at(name), writeNpyTable({ rows: 2, columns }));
    return at(name);
  };
  const job = new Map<string, NpyColumn>([
    ["uid", uid(5n, 9n)],
    ["blob/path", text("s.mrc", "s.mrc")],
    ["blob/idx", column("<u4", [0, 1])],
    ["blob/shape", column("<u4", [64, 64, 64, 64], [2])],
    ["blob/psize_A", column("<f4", [2, 2])],
    ["ctf/accel_kv", column("<f4", [300, 300])],
    ["ctf/cs_mm", column("<f4", [2, 2])],
    ["ctf/amp_contrast", column("<f4", [0.5, 0.5])],
    ["alignments3D/pose", column("<f4", [0, 0, 0, 0, 0, 0], [3])],
    ["alignments3D/shift", column("<f4", [2, -1, 0, 0], [2])],
    ["alignments3D/psize_A", column("<f4", [2, 2])],
  ]);
  const places = new Map<string, NpyColumn>([
    ["uid", uid(9n, 5n)],
    ["location/micrograph_path", text("b.mrc", "a.mrc")],
    ["location/micrograph_shape", column("<u4", [100, 200, 100, 200], [2])],
    ["location/center_x_frac", column("<f4", [0.25, 0.5])],
    ["location/center_y_frac", column("<f4", [0.25, 0.5])],
    ["location/micrograph_psize_A", column("<f4", [1, 1])],
  ]);
  const inputs = [cs("J30_particles.cs", job), cs("J30_passthrough_particles.cs", places)];

  test("become one set", async () => {
    await run(inputs, "joined.star");
    const { particles } = readParticlesStar(readFileSync(at("joined.star")), "joined.star");
    expect(particles.map(({ micrograph, x, y, image }) => [micrograph, x, y, image!.index])).toEqual([
      ["a.mrc", 100, 50, 1],
      ["b.mrc", 50, 25, 2],
    ]);
    await run(inputs, "joined.csv");
    // the shift of 2, -1 pixels of 2 angstrom is one of 4, -2 pixels of the micrograph
    expect(readFileSync(at("joined.csv"), "utf8")).toBe("micrograph,x,y\na.mrc,96,52\nb.mrc,50,25\n");
  });

  test("alone, places need no optics, and particles without places are refused as coordinates", async () => {
    await run(inputs[1]!, "places.csv");
    expect(readFileSync(at("places.csv"), "utf8")).toBe("micrograph,x,y\nb.mrc,50,25\na.mrc,100,50\n");
    await expect(run(inputs[0]!, "none.csv")).rejects.toThrow('columns: found "no location/micrograph_path"');
    await expect(run(inputs[1]!, "none.cs")).rejects.toThrow("expected particles with their optics");
  });
});

test.each<[string, string, Partial<ExportOptions>, string]>([
  ["old.star", "x.mrc", {}, "found labels, expected images to write mrc"],
  ["old.star", "x", {}, 'found "'],
  ["old.star", "x.txt", { mode: "int8" }, "mode: found labels, which it does not apply to"],
])("%s to %s with %j is refused", async (input, out, more, message) => {
  await expect(run(at(input), out, more)).rejects.toThrow(message);
});
