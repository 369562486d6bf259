import { describe, expect, test } from "vitest";
import { readNpyTable, writeNpyTable } from "../../../src/io/npy/read.js";
import { readParticlesCs } from "../../../src/io/particles/cs.js";
import { readMicrographCtfs } from "../../../src/io/particles/micrograph-ctf.js";
import { fixture } from "../picture.js";

const bytes = fixture("particles/particles.cs");

describe("values that a column cannot mean are refused with the row", () => {
  const damaged = (name: string, value: number, dtype?: string): Uint8Array => {
    const table = readNpyTable(bytes, "particles.cs");
    // what the fixture lacks is one number a row
    const column = table.columns.get(name) ?? table.columns.get("blob/psize_A")!;
    const values = Float64Array.from(column.values as Float64Array);
    values[0] = value;
    const columns = new Map(table.columns).set(name, { ...column, ...(dtype && { dtype }), values });
    return writeNpyTable({ rows: table.rows, columns });
  };

  test.each([
    ["blob/psize_A", 0, undefined, "0.1 to 50 angstrom"],
    ["alignments3D/psize_A", -1.5, undefined, "0.1 to 50 angstrom"],
    ["ctf/df_angle_rad", 45, undefined, "radians, -6.28 to 6.28"],
    ["ctf/phase_shift_rad", 90, undefined, "radians, -6.28 to 6.28"],
    ["ctf/df1_A", 2e9, undefined, "angstrom, as 21000"],
    ["blob/idx", -1, "<i4", "a whole number from 0 to 2147483648"],
    ["alignments3D/split", 2, undefined, "a whole number from 0 to 1"],
    ["location/center_x_frac", 120, undefined, "a share of the micrograph's side, 0 to 1"],
    ["ctf/scale", 0, undefined, "another factor than 0: 1 where none was measured"],
    ["blob/sign", 0, undefined, "1 or -1"],
  ])("%s of %d", (name, value, dtype, expected) => {
    expect(() => readParticlesCs(damaged(name, value, dtype), "p.cs")).toThrow(
      `p.cs: ${name}, row 1: found ${value}, expected ${expected}`,
    );
  });

  test("a pose in degrees", () => {
    expect(() => readParticlesCs(damaged("alignments3D/pose", 120), "p.cs")).toThrow(
      /^p\.cs: alignments3D\/pose, row 1: found \[120,.*\], expected a rotation vector, whose length is an angle in radians$/,
    );
  });

  test("a row without the name of its micrograph or stack", () => {
    for (const name of ["blob/path", "location/micrograph_path"]) {
      const { rows, columns } = readNpyTable(bytes, "particles.cs");
      const column = columns.get(name)!;
      const values = [">", ...(column.values as readonly string[]).slice(1)];
      const table = writeNpyTable({ rows, columns: new Map(columns).set(name, { ...column, values }) });
      expect(() => readParticlesCs(table, "p.cs")).toThrow(
        `p.cs: ${name}, row 1: found ">", expected the name of a file`,
      );
    }
  });

  test("text where exposures have numbers, numbers where they have text", () => {
    const { rows, columns } = readNpyTable(bytes, "particles.cs");
    const path = columns.get("blob/psize_A")!;
    const exposures = writeNpyTable({ rows, columns: new Map(columns).set("micrograph_blob/path", path) });
    expect(() => readMicrographCtfs(exposures, "e.cs")).toThrow(
      `e.cs: micrograph_blob/path: found "${path.dtype}", expected text`,
    );
  });
});

test("strengths that differ much are told as unused, and classes count from 1", () => {
  const { rows, columns } = readNpyTable(bytes, "particles.cs");
  const read = (alpha: (row: number) => number) => {
    const added = new Map(columns);
    for (const [name, value] of [
      ["alignments3D/alpha", alpha],
      ["alignments3D/class", (row: number) => row],
    ] as const) {
      const values = Float64Array.from({ length: rows }, (_, row) => value(row));
      added.set(name, { dtype: "<f4", shape: [], values });
    }
    return readParticlesCs(writeNpyTable({ rows, columns: added }), "p.cs");
  };
  expect(read((row) => 1 + 2 * row).unused).toEqual(["alignments3D/alpha"]);
  // as nearly every refinement writes them
  expect(read((row) => 1 + row / 8).unused).toBeUndefined();
  expect(read(() => 1).unused).toBeUndefined();
  expect(read(() => 1).particles.map(({ classNumber }) => classNumber)).toEqual([1, 2, 3]);
});

test("filaments and the poses of several classes are told as unused", () => {
  const { rows, columns } = readNpyTable(bytes, "p.cs");
  const read = (name: string, without: string): readonly string[] | undefined => {
    const values = new Float64Array(2 * rows).fill(1);
    const added = new Map(columns).set(name, { dtype: "<f4", shape: [2], values });
    const kept = [...added].filter(([each]) => !each.startsWith(without));
    return readParticlesCs(writeNpyTable({ rows, columns: new Map(kept) }), "p.cs").unused;
  };
  expect(read("filament/filament_uid", "-")).toEqual(["filament/filament_uid"]);
  expect(read("alignments3D_multi/pose", "alignments3D/")).toEqual(["alignments3D_multi/pose"]);
  expect(read("alignments3D_multi/pose", "-")).toBeUndefined();
});

test("shifts of a 2D classification are told as unused, unless a refinement found later ones", () => {
  const { rows, columns } = readNpyTable(bytes, "particles.cs");
  const read = (shift: number, without?: string) => {
    const values = new Float64Array(2 * rows).fill(shift);
    const added = new Map(columns).set("alignments2D/shift", { dtype: "<f4", shape: [2], values });
    const kept = [...added].filter(([name]) => without === undefined || !name.startsWith(without));
    return readParticlesCs(writeNpyTable({ rows, columns: new Map(kept) }), "p.cs").unused;
  };
  expect(read(2, "alignments3D/")).toEqual(["alignments2D/shift"]);
  expect([read(0, "alignments3D/"), read(2)]).toEqual([undefined, undefined]);
});
