import { describe, expect, test } from "vitest";
import { parseStar } from "../../../src/io/star/parse.js";
import { writeStar } from "../../../src/io/star/write.js";
import { hasSharedData, sharedNames, sharedText } from "../shared-data.js";

const names = [
  ...sharedNames("star", ".star"),
  ...sharedNames("misc", ".star"),
  ...sharedNames("bgal-10017", ".star"),
];

describe.skipIf(!hasSharedData)("real STAR files (needs ../shared/data)", () => {
  test("there are some", () => expect(names.length).toBeGreaterThan(15));

  test.each(names)("%s: every value has its label's type, and survives writing", (name) => {
    const file = parseStar(sharedText(name), name);
    expect(file.tables.length).toBeGreaterThan(0);
    const blocks = file.tables.map((table) => ({
      name: table.name,
      isLoop: table.isLoop,
      columns: Object.fromEntries([...table.columns].map(([label, { values }]) => [label, values])),
    }));
    const again = parseStar(writeStar(blocks), name);
    for (const table of file.tables) {
      for (const [label, { values }] of table.columns) {
        const back = again.table(table.name);
        if (typeof values[0] === "number") {
          expect(back.numbers(label)).toBeAllclose(table.numbers(label), {
            relative: 5.1e-7,
            absolute: 5.1e-7,
          });
        } else expect(back.strings(label)).toEqual(table.strings(label));
      }
    }
  });

  test("numbers of rows and a value counted by hand", () => {
    const sta = parseStar(sharedText("star/cryodrgn_sta_testing_bin8.star"), "sta.star").table("");
    expect([sta.rows, sta.numbers("rlnDefocusU")[0], sta.strings("rlnImageName")[0]]).toEqual([
      219,
      20061.7,
      "000001@ay19102021_L3_position6_ribo_it09_bin8_1.82A.mrcs",
    ]);
    const groups = parseStar(sharedText("star/cryodrgn_relion31.6opticsgroups.star"), "six.star").table(
      "optics",
    );
    expect([...groups.integers("rlnOpticsGroup")]).toEqual([1, 2, 3, 4, 5, 6]);
  });
});
