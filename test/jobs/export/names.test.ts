import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { readPointsCsv } from "../../../src/io/picks/csv.js";
import { toyExport } from "./toy-export.js";

const { at, run, warnings } = toyExport();

describe("names that are hard to write", () => {
  const star = (micrograph: string): string =>
    `data_\n\nloop_\n_rlnMicrographName\n_rlnCoordinateX\n_rlnCoordinateY\n"${micrograph}" 5 6\n`;

  test.each(["a,b.mrc", "=cmd.mrc", "@x,y.mrc", "-1.mrc", "+a.mrc", "it's.mrc", "#1.mrc"])(
    "%s goes to CSV, where no spreadsheet runs it, and comes back",
    async (name) => {
      writeFileSync(at("odd.star"), star(name));
      await run(at("odd.star"), "odd.csv");
      const text = readFileSync(at("odd.csv"), "utf8");
      expect(text.split("\n")[1]).not.toMatch(/^"?[=+\-@]/);
      expect(readPointsCsv(text, "odd.csv", "m")).toEqual([{ micrograph: name, x: 5, y: 6 }]);
    },
  );

  test.each(["topaz", "csv", "box"] as const)("a line break is refused before %s is written", async (to) => {
    const coco = {
      images: [{ id: 1, file_name: "a\nb.mrc", width: 10, height: 10 }],
      annotations: [{ id: 1, image_id: 1, bbox: [1, 1, 4, 4] }],
    };
    writeFileSync(at("broken.json"), JSON.stringify(coco));
    await expect(run(at("broken.json"), `broken-${to}`, { to })).rejects.toThrow(
      /broken.json: micrograph "a\\nb.mrc": found a line break or another control character/,
    );
    expect(existsSync(at(`broken-${to}`))).toBe(false);
  });
});

test("a name whose bytes are not UTF-8 is refused, since no file has it", async () => {
  writeFileSync(
    at("latin.star"),
    Buffer.from(
      "data_\nloop_\n_rlnMicrographName\n_rlnCoordinateX\n_rlnCoordinateY\nK\xe4fig.mrc 5 6\n",
      "latin1",
    ),
  );
  await expect(run(at("latin.star"), "latin.csv")).rejects.toThrow(
    'latin.star: micrograph "K\ufffdfig.mrc": found letters that are not in UTF-8 in its name, expected none',
  );
});

test("places outside the micrograph are told of where its size is known", async () => {
  const csv = "micrograph,x,y\na.mrc,5,6\na.mrc,50,6\na.mrc,-2,6\n";
  writeFileSync(at("outside.csv"), csv);
  await run(at("outside.csv"), "outside.json", { box: 4, micrographSize: [20, 20] });
  expect(warnings).toEqual([
    `${at("outside.csv")}: 1 of 3 places are negative, left of their micrographs or above them`,
    `${at("outside.csv")}: 2 of 3 places lie outside their micrographs`,
  ]);
});

test("places that stand twice, and picks of which only some have a score, are told of", async () => {
  writeFileSync(at("twice.box"), "10 20 30 30 0.5\n11 20 30 30\n10 20 30 30 0.5\n");
  await run(at("twice.box"), "twice.csv");
  expect(warnings.slice(-2)).toEqual([
    `${at("twice.box")}: 1 of 3 places stand in it a second time, in the same micrograph`,
    `${at("twice.box")}: 1 of 3 picks have no score, others do`,
  ]);
});
