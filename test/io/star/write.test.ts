import { execFileSync, spawnSync } from "node:child_process";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { starTypeOf } from "../../../src/io/star/labels.js";
import { parseStar } from "../../../src/io/star/parse.js";
import { writeStar } from "../../../src/io/star/write.js";

test("RELION's layout", () => {
  const text = writeStar([
    {
      name: "optics",
      columns: { rlnOpticsGroup: [1], rlnOpticsGroupName: ["opticsGroup1"], rlnVoltage: [300] },
    },
    { name: "general", isLoop: false, columns: { rlnPixelSize: [1.5] } },
  ]);
  expect(text).toBe(
    "\n# version 30001\n\ndata_optics\n\nloop_ \n_rlnOpticsGroup #1 \n_rlnOpticsGroupName #2 \n_rlnVoltage #3 \n" +
      "           1 opticsGroup1   300.000000 \n \n" +
      `\n# version 30001\n\ndata_general\n\n${"_rlnPixelSize".padEnd(40)}     1.500000 \n\n`,
  );
});

const text = fc.oneof(
  fc.string({ unit: "binary" }),
  fc.stringMatching(/^[ "'#;_ad\nx]{0,8}$/),
  fc.constantFrom("data_x", "loop_", "_a", "", " ", "\" '", "\n;", "[1,2]"),
);
const writable = text.filter((value) => !/[\r\0]/.test(value) && !value.includes("\n;"));
const number = fc.double({ min: -1e12, max: 1e12, noNaN: true });

test("whatever is written is read back: text exactly, numbers to 6 decimals or digits", () => {
  const rows = fc.array(fc.tuple(writable, number, fc.maxSafeInteger(), fc.boolean(), writable), {
    maxLength: 5,
  });
  fc.assert(
    fc.property(rows, fc.boolean(), (values, isLoop) => {
      if (!isLoop && values.length !== 1) return;
      const column = <K extends 0 | 1 | 2 | 3 | 4>(k: K) => values.map((row) => row[k]);
      const columns = {
        rlnMicrographName: column(0),
        rlnDefocusU: column(1),
        rlnOpticsGroup: column(2),
        rlnIsHelix: column(3),
        other: column(4),
      };
      const file = parseStar(
        writeStar([
          { name: "x", isLoop, columns },
          { name: "y", columns: { a: ["1"] } },
        ]),
        "p.star",
      );
      const table = file.table("x");
      expect(table.strings("rlnMicrographName")).toEqual(columns.rlnMicrographName);
      expect(table.strings("other")).toEqual(columns.other);
      expect([...table.integers("rlnOpticsGroup")]).toEqual(columns.rlnOpticsGroup.map((value) => value + 0));
      expect(table.booleans("rlnIsHelix")).toEqual(columns.rlnIsHelix);
      expect(table.numbers("rlnDefocusU")).toBeAllclose(columns.rlnDefocusU, {
        relative: 5.1e-7,
        absolute: 5.1e-7,
      });
      expect(file.table("y").strings("a")).toEqual(["1"]);
    }),
    { numRuns: 500, seed: 1 },
  );
});

describe("refusals", () => {
  const write = (columns: Record<string, number[] | string[]>) => () => writeStar([{ name: "x", columns }]);
  test("values", () => {
    expect(write({ rlnDefocusU: [1, Number.NaN] })).toThrow(
      "rlnDefocusU, row 2: found NaN, expected a finite number",
    );
    expect(write({ rlnOpticsGroup: [1.5] })).toThrow(
      "rlnOpticsGroup, row 1: found 1.5, expected a whole number",
    );
    expect(write({ a: ["x\n;y"] })).toThrow("a, row 1");
  });
  test("columns of different lengths", () => {
    expect(write({ a: ["1"], b: ["1", "2"] })).toThrow("data_x: b: found shape [2], expected 1 rows");
  });
});

const hasRelion = spawnSync("relion_refine", ["--version"]).status === 0;
describe.skipIf(!hasRelion)("against RELION (needs relion_refine)", () => {
  test("the label table is RELION's own", () => {
    const listing = execFileSync("relion_refine", ["--print_metadata_labels"], { encoding: "utf8" });
    const rows = [...listing.matchAll(/^\s*(rln\w+) \((\w+)\)\s*:/gm)];
    expect(rows.length).toBeGreaterThan(400);
    const types: Record<string, string> = {
      double: "float",
      int: "integer",
      bool: "boolean",
      string: "text",
    };
    for (const [, label, type] of rows)
      expect([label, starTypeOf(label!)]).toEqual([label, types[type!] ?? "text"]);
  });
});
