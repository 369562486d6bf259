import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { readBox, writeBox } from "../../../src/io/picks/box.js";
import { readCbox, writeCbox } from "../../../src/io/picks/cbox.js";
import { readCoco, writeCoco } from "../../../src/io/picks/coco.js";
import { readPointsCsv } from "../../../src/io/picks/csv.js";
import { flipPickRows, micrographStem, type Pick } from "../../../src/io/picks/pick.js";
import { readTopaz, writeTopaz } from "../../../src/io/picks/topaz.js";

const coordinate = fc.integer({ min: -1e6, max: 1e7 }).map((n) => n / 1000);
const picks = fc.array(
  fc.record({
    micrograph: fc.constantFrom("a", "b.c", "007"),
    x: coordinate,
    y: coordinate,
    score: fc.integer({ min: 0, max: 1000 }).map((n) => n / 1000),
    boxSize: fc.integer({ min: 1, max: 600 }),
  }),
);

/** Compares picks to within a thousandth of a pixel. */
function expectSame(found: readonly Pick[], expected: readonly Pick[], keys: readonly (keyof Pick)[]): void {
  expect(found.length).toBe(expected.length);
  for (const key of keys) {
    const column = (list: readonly Pick[]) => list.map((pick) => pick[key]);
    if (key === "micrograph") expect(column(found)).toEqual(column(expected));
    else
      expect(column(found) as number[]).toBeAllclose(column(expected) as number[], {
        relative: 1e-9,
        absolute: 1.1e-3,
      });
  }
}

const runs = { numRuns: 200, seed: 1 };
test("picks survive every format that can be written", () => {
  fc.assert(
    fc.property(picks, (list) => {
      const named = list.map((pick) => ({ ...pick, micrograph: `${pick.micrograph}.mrc` }));
      expectSame(readTopaz(writeTopaz(named), "a.txt"), list, [
        "micrograph",
        "x",
        "y",
        ...(list.length ? ["score" as const] : []),
      ]);
      const same = list.map((pick) => ({ ...pick, micrograph: "m" }));
      const keys = ["micrograph", "x", "y", "score", "boxSize"] as const;
      expectSame(readBox(writeBox(same, 100), "a.box", "m"), same, keys);
      expectSame(readCbox(writeCbox(same, 100), "a.cbox", "m"), same, keys);
      const images = ["a", "b.c", "007"].map((fileName) => ({ fileName, shape: [10, 20] as const }));
      expect(readCoco(writeCoco(images, [], 9), "a.json").images).toEqual(images);
      expectSame(readCoco(writeCoco(images, list, 100), "a.json").picks, list, keys);
    }),
    runs,
  );
});

describe("Topaz", () => {
  test("columns are found by name, others left out", () => {
    const text = "source\timage_name\tx_coord\ty_coord\n0\t007\t12\t3.5\n";
    expect(readTopaz(text, "a.txt")).toEqual([{ micrograph: "007", x: 12, y: 3.5 }]);
  });
  test("names lose folders and ending, whole numbers stay whole", () => {
    expect(writeTopaz([{ micrograph: "dir/x.y.mrc", x: 1, y: 2.5 }])).toBe(
      "image_name\tx_coord\ty_coord\nx.y\t1\t2.5\n",
    );
    expect(micrographStem(".hidden")).toBe(".hidden");
  });
  test.each([
    ["image_name,x_coord\n", "a.txt: line 1: found"],
    ["", "a.txt: line 1: found"],
    ["image_name\tx_coord\ty_coord\na\t1\n", 'a.txt: line 2, y_coord: found "nothing", expected a number'],
    ["image_name\tx_coord\ty_coord\n\na\tx\t1\n", 'a.txt: line 3, x_coord: found "x", expected a number'],
  ])("%j is refused", (text, message) => expect(() => readTopaz(text, "a.txt")).toThrow(message));
});

describe("EMAN boxes", () => {
  test("the place is the corner plus half the size; -3 is no score", () => {
    expect(readBox("10 20 100 100 -3\n-5\t0\t30\t30\t0.25\n", "a.box", "m")).toEqual([
      { micrograph: "m", x: 60, y: 70, boxSize: 100 },
      { micrograph: "m", x: 10, y: 15, boxSize: 30, score: 0.25 },
    ]);
    expect(writeBox([{ micrograph: "m", x: 60, y: 70 }], 100)).toBe("10\t20\t100\t100\n");
  });
  test("a line too short and a box without size are refused", () => {
    expect(() => readBox("1 2 3\n", "a.box", "m")).toThrow('a.box: line 1, height: found "nothing"');
    expect(() => readBox("1 2 0 3\n", "a.box", "m")).toThrow("width and height: found [0,3]");
  });
});

test("COCO boxes are measured from the corner of the first pixel", () => {
  const images = [{ fileName: "m.png", shape: [10, 20] as const }];
  const text = writeCoco(images, [{ micrograph: "m.png", x: 0, y: 3 }], 1);
  expect(JSON.parse(text).annotations[0]).toMatchObject({
    bbox: [0, 3, 1, 1],
    area: 1,
    image_id: 1,
    category_id: 1,
  });
  expect(() => writeCoco(images, [{ micrograph: "n.png", x: 0, y: 0 }], 1)).toThrow('found "n.png"');
  expect(() => readCoco("{", "a.json")).toThrow("a.json: JSON: found");
  expect(() => readCoco(text.replace('"image_id":1', '"image_id":2'), "a.json")).toThrow(
    "annotations[0], image_id: found 2",
  );
  expect(() => readCoco(text.replace('"bbox":[0,', '"bbox":['), "a.json")).toThrow("annotations[0], bbox");
});

test("a cbox names the version of its format", () => {
  const text = writeCbox([{ micrograph: "m", x: 50, y: 60, score: 0.5 }], 100);
  expect(text).toMatch(/data_global[\s\S]*_cbox_format_version +1\.0[\s\S]*data_cryolo\n/);
  expect(() => readCbox("data_x\n", "a.cbox", "m")).toThrow(
    'a.cbox: blocks: found ["data_x"], expected data_cryolo',
  );
});

describe("lists of points", () => {
  const point = { micrograph: "m", x: 1.5, y: 2 };
  test.each([
    ["x,y\n1.5,2\n", point],
    ["1.5,2\n", point],
    ["y, x, score\n2,1.5,0.5\n", { ...point, score: 0.5 }],
    ["X-Coordinate,Y-Coordinate,Diameter\n1.5,2,90\n", { ...point, boxSize: 90 }],
    ["x_px,y_px_from_top (1240x1200 frame, 1.5 A/px)\n1.5,2\n", point],
    ["x_px,y_px_from_top,mask_radius_px (recovered)\n1.5,2,45\n", { ...point, boxSize: 90 }],
  ])("%j", (text, expected) => expect(readPointsCsv(text, "a.csv", "m")).toEqual([expected]));
  test("refusals", () => {
    expect(() => readPointsCsv("a,b\n1,2\n", "a.csv", "m")).toThrow(
      'a.csv: line 1: found ["a","b"], expected columns named x and y',
    );
    expect(() => readPointsCsv("x,y\n1,z\n", "a.csv", "m")).toThrow(
      'a.csv: line 2, y: found "z", expected a number',
    );
    expect(readPointsCsv("", "a.csv", "m")).toEqual([]);
  });
});

test("turning the rows over twice changes nothing; the first row becomes the last", () => {
  const pick = { micrograph: "m", x: 3, y: 0 };
  expect(flipPickRows([pick], 10)).toEqual([{ ...pick, y: 9 }]);
  expect(flipPickRows(flipPickRows([pick], 10), 10)).toEqual([pick]);
});
