import { describe, expect, test } from "vitest";
import { parseStar } from "../../../src/io/star/parse.js";
import { toRelion30, toRelion31 } from "../../../src/io/star/versions.js";
import { writeStar } from "../../../src/io/star/write.js";

const NEW =
  "data_general\n_rlnTomoSubTomosAre2DStacks 1\n" +
  "data_optics\nloop_\n_rlnOpticsGroup\n_rlnOpticsGroupName\n_rlnVoltage\n_rlnOddZernike\n_rlnImagePixelSize\n" +
  "1 a 300 [0,0.5] 1.5\n2 b 200 [0,0] 2\n" +
  "data_particles\nloop_\n_rlnOriginXAngst\n_rlnOpticsGroup\n3 2\n3 1\n";

describe("between RELION's versions nothing is lost", () => {
  test("what 3.0 has no label for goes into the rows, other blocks stay", () => {
    const [table, general] = toRelion30(parseStar(NEW, "p.star"));
    expect(table!.columns).toEqual({
      ...{ rlnOriginX: [1.5, 2], rlnVoltage: [200, 300], rlnOddZernike: ["[0,0]", "[0,0.5]"] },
      ...{ rlnDetectorPixelSize: [2, 1.5], rlnMagnification: [10_000, 10_000] },
    });
    expect(general).toMatchObject({ name: "general", isLoop: false });
    const back = toRelion31(parseStar(writeStar([table!], "3.0"), "old.star"));
    expect(back[0]!.columns).toMatchObject({
      ...{ rlnVoltage: [200, 300], rlnOddZernike: ["[0,0]", "[0,0.5]"] },
    });
  });

  test("a pixel size that is none, and several blocks with optics, are refused", () => {
    expect(() => toRelion30(parseStar(NEW.replace("] 2\n", "] -2\n"), "p.star"))).toThrow(
      "p.star: data_optics, line 11, rlnImagePixelSize: found -2, expected 0.1 to 50 angstrom",
    );
    const block = (name: string): string =>
      `data_${name}\nloop_\n_rlnVoltage\n_rlnPixelSize\n_rlnCoordinateX\n300 1 5\n`;
    expect(() => toRelion31(parseStar(block("a") + block("b"), "p.star"))).toThrow(
      'p.star: blocks: found ["data_a","data_b"], expected a single block with rlnVoltage',
    );
    const other = "data_other\nloop_\n_a\n1\n";
    const blocks = toRelion31(parseStar(block("a") + other, "p.star"));
    expect(blocks.map(({ name }) => name)).toEqual(["optics", "particles", "other"]);
  });
});
