import { describe, expect, test } from "vitest";
import { type NpyColumn, type NpyTable, readNpyTable, writeNpyTable } from "../../../src/io/npy/read.js";
import { hasOptics, hasPlaces, particlesOfCs, placesOfCs } from "../../../src/io/particles/cs.js";
import { type CsFile, joinCsFiles } from "../../../src/io/particles/cs-join.js";

const column = (dtype: string, values: readonly number[], shape: readonly number[] = []): NpyColumn => ({
  ...{ dtype, shape, values: Float64Array.from(values) },
});
const uids = (...values: readonly bigint[]): NpyColumn => ({
  ...{ dtype: "<u8", shape: [], values: BigUint64Array.from(values) },
});
const file = (path: string, columns: Readonly<Record<string, NpyColumn>>): CsFile => {
  const rows = Object.values(columns)[0]!.values.length;
  const table: NpyTable = { rows, columns: new Map(Object.entries(columns)) };
  // through the bytes of a file, as a user's comes
  return { path, table: readNpyTable(writeNpyTable(table), path) };
};

/** What a refinement knows of three particles; uids beyond 2⁵³ are told apart. */
const UIDS = [2n ** 60n, 2n ** 60n + 1n, 7n] as const;
const job = file("J30_particles.cs", {
  uid: uids(...UIDS),
  "ctf/accel_kv": column("<f4", [300, 300, 300]),
  "ctf/cs_mm": column("<f4", [2, 2, 2]),
  "ctf/amp_contrast": column("<f4", [0.5, 0.5, 0.5]),
  "blob/psize_A": column("<f4", [3, 3, 3]),
  "alignments3D/pose": column("<f4", new Array(9).fill(0), [3]),
  "alignments3D/shift": column("<f4", [4, -2, 0, 0, 1, 1], [2]),
  "alignments3D/psize_A": column("<f4", [3, 3, 3]),
});
/** What it handed on, in another order; its voltage is out of date. */
const passthrough = file("J30_passthrough_particles.cs", {
  uid: uids(UIDS[2], UIDS[0], UIDS[1]),
  "ctf/accel_kv": column("<f4", [200, 200, 200]),
  "location/micrograph_path": { dtype: "|S7", shape: [], values: [">c.mrc", "a.mrc", "b.mrc"] },
  "location/micrograph_shape": column("<u4", [100, 200, 100, 200, 100, 200], [2]),
  "location/center_x_frac": column("<f4", [0.75, 0.25, 0.5]),
  "location/center_y_frac": column("<f4", [0.75, 0.25, 0.5]),
  "location/micrograph_psize_A": column("<f4", [1.5, 1.5, 1.5]),
});

describe("joinCsFiles", () => {
  test.each([
    ["the job's first", [job, passthrough]],
    ["the passthrough first", [passthrough, job]],
  ])("by uid, in the rows of the job's file, whose columns go before: %s", (_name, files) => {
    const [joined, ...rest] = joinCsFiles(files);
    expect([rest, joined!.path]).toEqual([[], "J30_particles.cs"]);
    const { particles, optics } = particlesOfCs(joined!);
    expect(optics).toMatchObject([{ voltage: 300, pixelSize: 3, micrographPixelSize: 1.5 }]);
    expect(particles.map(({ micrograph, x, y }) => [micrograph, x, y])).toEqual([
      ["a.mrc", 50, 25],
      ["b.mrc", 100, 50],
      ["c.mrc", 150, 75],
    ]);
    expect(placesOfCs(joined!)[0]).toEqual({
      ...{ micrograph: "a.mrc", x: 50, y: 25, origin: { x: 12, y: -6 } },
      pixelSizes: { micrograph: 1.5, original: undefined, image: 3 },
    });
  });

  test("files of other particles stay apart, and so does one file", () => {
    const other = file("J4_picks.cs", { uid: uids(1n), "ctf/cs_mm": column("<f4", [2]) });
    expect(joinCsFiles([job, other]).map(({ path }) => path)).toEqual(["J30_particles.cs", "J4_picks.cs"]);
    expect(joinCsFiles([other])).toEqual([other]);
  });

  test("a particle that one of two files lacks is refused, and so is a uid twice", () => {
    const part = file("part_passthrough.cs", { uid: uids(UIDS[0]), "x/y": column("<f4", [1]) });
    expect(() => joinCsFiles([job, part])).toThrow(
      `part_passthrough.cs: uid: found "nothing", expected ${UIDS[1]}, as in row 2 of J30_particles.cs`,
    );
    const twice = file("twice.cs", { uid: uids(UIDS[0], UIDS[0]) });
    expect(() => joinCsFiles([job, twice])).toThrow(/each uid once, row 1 has it/);
  });
});

test("places need the columns location/… only", () => {
  expect([hasOptics(job), hasPlaces(job)]).toEqual([true, false]);
  const { columns } = passthrough.table;
  const places = new Map([...columns].filter(([name]) => name.startsWith("location/")));
  const picked: CsFile = { path: "picked.cs", table: { rows: 3, columns: places } };
  expect([hasOptics(picked), hasPlaces(picked)]).toEqual([false, true]);
  expect(placesOfCs(picked).map(({ micrograph, x, y }) => [micrograph, x, y])).toEqual([
    ["c.mrc", 150, 75],
    ["a.mrc", 50, 25],
    ["b.mrc", 100, 50],
  ]);
});

test("pickers' scores come with the places; exposures have none, and are told as what they are", () => {
  const scores = { dtype: "<f4", shape: [], values: Float64Array.from([0.5, 0.25, 0.75]) };
  const columns = new Map(passthrough.table.columns).set("pick_stats/ncc_score", scores);
  const picks = placesOfCs({ path: "picked.cs", table: { rows: 3, columns } });
  expect(picks.map(({ score }) => score)).toEqual([0.5, 0.25, 0.75]);
  const names = columns.get("location/micrograph_path")!;
  const blob = new Map([["micrograph_blob/path", names]]);
  expect(() => placesOfCs({ path: "exposures.cs", table: { rows: 3, columns: blob } })).toThrow(
    'exposures.cs: columns: found "micrograph_blob/path, of micrographs", expected those of particles',
  );
});
