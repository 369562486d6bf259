import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { readBox, writeBox } from "../../../src/io/picks/box.js";
import { readCbox, writeCbox } from "../../../src/io/picks/cbox.js";
import { readCoco, writeCoco } from "../../../src/io/picks/coco.js";
import { readPointsCsv } from "../../../src/io/picks/csv.js";
import { pickFormatOf } from "../../../src/io/picks/formats.js";
import { flipPickRows, micrographStem, type Pick } from "../../../src/io/picks/pick.js";
import { readPicksStar } from "../../../src/io/picks/star.js";
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
    ["image_name\tx_coord\ty_coord\tx_coord\n", 'found ["x_coord","x_coord"], expected one column of each'],
    ["image_name\tx_coord\ty_coord\na\t1\t2\t3\n", "a.txt: line 2, cells: found 4, expected at most 3"],
    ["image_name\tx_coord\ty_coord\n#a\t1\t2\n", 'a.txt: line 2: found "#a", expected a name without #'],
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
  test("the ends of helices are no particles", () => {
    expect(() => readBox("1 2 9 9 -1\n5 6 9 9 -2\n", "a.box", "m")).toThrow(
      'a.box: line 1, score: found "-1", expected boxes of single particles',
    );
    expect(() => readBox("1 2 9 9 0.5\n1 2 9 9 -1\n5 6 9 9 -2\n", "a.box", "m")).toThrow(
      "a.box: line 2, score",
    );
    expect(readBox("1 2 9 9 -1\n5 6 9 9 -1\n", "a.box", "m")).toHaveLength(2);
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

describe("COCO files that would lose or mix boxes are refused", () => {
  const images = [1, 2].map((id) => ({ id, file_name: `${id}.png`, width: 9, height: 9 }));
  const box = { image_id: 1, category_id: 1, bbox: [1, 2, 3, 4] };
  const read = (more: object) =>
    readCoco(JSON.stringify({ images, annotations: [box], ...more }), "a.json").picks;
  test.each<[string, object, string]>([
    ["two images of one id", { images: [images[0], { ...images[1], id: 1 }] }, "images[1], id: found 1"],
    ["an image without id", { images: [{ ...images[0], id: undefined }] }, "images[0], id: found undefined"],
    ["two images of one name", { images: [images[0], { ...images[0], id: 2 }] }, "file_name: found"],
    ["a box of negative width", { annotations: [{ ...box, bbox: [1, 2, -3, 4] }] }, "annotations[0], bbox"],
    ["no list of images, as in EMAN2's JSON", { images: undefined }, 'a.json: images: found "nothing"'],
    ["a score that is text", { annotations: [{ ...box, score: "1" }] }, "annotations[0], score"],
    [
      "boxes of two categories",
      { annotations: [box, { ...box, category_id: 2 }] },
      "a.json: annotations[1], category_id: found 2, expected 1 as before it: boxes of one category, particles; take the boxes",
    ],
    [
      "boxes of two categories with names, which the message lists",
      {
        categories: [
          { id: 1, name: "particle" },
          { id: 2, name: "ice" },
        ],
        annotations: [box, { ...box, category_id: 2 }],
      },
      "(the file lists 1 particle, 2 ice)",
    ],
    [
      "a box of a group",
      { annotations: [{ ...box, iscrowd: 1 }] },
      "annotations[0], iscrowd: found 1, expected 0",
    ],
  ])("%s", (_, more, message) => {
    expect(read({})).toEqual([{ micrograph: "1.png", x: 2, y: 3.5, boxSize: 4 }]);
    expect(() => read(more)).toThrow(message);
  });
});

test("a cbox of crYOLO's earlier versions has bare rows: corner, size, confidence, estimated size", () => {
  expect(readCbox("80\t60\t40\t40\t0.91\t38.1\t37.7\n130 70 40 40 0.35\n", "a.cbox", "m")).toEqual([
    { micrograph: "m", x: 100, y: 80, boxSize: 40, score: 0.91 },
    { micrograph: "m", x: 150, y: 90, boxSize: 40, score: 0.35 },
  ]);
  expect(readCbox("80 60 40 40 38 37\n", "a.cbox", "m")).toEqual([
    { micrograph: "m", x: 100, y: 80, boxSize: 40 },
  ]);
  expect(() => readCbox("80 60 40 40\n", "a.cbox", "m")).toThrow(
    'a.cbox: line 1, confidence: found "nothing", expected a number',
  );
  expect(() => readCbox("80 60 0 40 0.9\n", "a.cbox", "m")).toThrow("a.cbox: line 1, width and height");
});

test("a cbox names the version of its format", () => {
  const text = writeCbox([{ micrograph: "m", x: 50, y: 60, score: 0.5 }], 100);
  expect(text).toMatch(/data_global[\s\S]*_cbox_format_version +1\.0[\s\S]*data_cryolo\n/);
  expect(() => readCbox("data_x\n", "a.cbox", "m")).toThrow(
    'a.cbox: blocks: found ["data_x"], expected data_cryolo',
  );
  expect(() => readCbox(text.replaceAll(" 100.000000", " 0.000000"), "a.cbox", "m")).toThrow(
    /Width: found 0, expected a size above 0/,
  );
  const [row] = text.split("\n").filter((line) => line.includes("<NA>"));
  const slices = text.replace(row!, `${row!.replace("<NA>", "7")}\n${row!.replace("<NA>", "8")}`);
  expect(() => readCbox(slices, "a.cbox", "m")).toThrow('CoordinateZ: found "8", expected 7: boxes of one');
});

describe("lists of points", () => {
  const point = { micrograph: "m", x: 1.5, y: 2 };
  test.each([
    ["x,y\n1.5,2\n", point],
    ["1.5,2\n", point],
    ["y, x, score\n2,1.5,0.5\n", { ...point, score: 0.5 }],
    ["x_center,y_center,width,height\n1.5,2,80,90\n", { ...point, boxSize: 90 }],
    ["CentreX,CentreY,w\n1.5,2,80\n", { ...point, boxSize: 80 }],
    ["X-Coordinate,Y-Coordinate,Diameter\n1.5,2,90\n", { ...point, boxSize: 90 }],
    ["x_px,y_px_from_top (1240x1200 frame, 1.5 A/px)\n1.5,2\n", point],
    ["x_px,y_px_from_top,mask_radius_px (recovered)\n1.5,2,45\n", { ...point, boxSize: 90 }],
  ])("%j", (text, expected) => expect(readPointsCsv(text, "a.csv", "m")).toEqual([expected]));
  test.each<[string, string, string]>([
    ["decimal commas", "x,y\n1,5,2,5\n", "line 2, cells: found 4, expected at most 2"],
    [
      "columns without names",
      "10,20,100,100\n",
      "line 1, cells: found 4, expected 2, x and y, or a first line",
    ],
    ["two columns of x", "x,y,x_px\n1,2,3\n", 'line 1: found ["x","x_px"], expected one column of each'],
    ["corners", "x,y,width,height\n1,2,9,9\n", "expected x_center and y_center beside width"],
    ["angstroms", "x (Å),y (Å)\n1,2\n", 'line 1: found "(Å)", expected x and y in pixels'],
    ["rows from below", "x,y (from bottom)\n1,2\n", "rows counted from the top"],
    ["semicolons", "x;y\n1;2\n", 'found ["x;y"], expected columns named x and y, with commas between'],
    ["several sections", "x,y,z\n1,2,3\n4,5,60\n", 'line 3, z: found "60", expected 3 as in the rows before'],
    [
      "several kinds of things",
      "x,y,Class\n1,2,ice\n4,5,particle\n",
      'line 3, Class: found "particle", expected ice as in the rows before: particles alone',
    ],
    ["two sizes", "x,y,radius,diameter\n1,2,10,10\n", "line 2, diameter: found 10, expected 20, twice"],
    ["a size below 0", "x,y,radius\n1,2,-3\n", "line 2, radius: found -3, expected above 0 pixels"],
    [
      "a quote that is not closed",
      'micrograph,x,y\n"a,1,2\n',
      'line 2, quotes: found "\\"a", expected a cell',
    ],
    ["a row without name", "micrograph,x,y\na,1,2\n,3,4\n", 'line 3, micrograph: found "nothing"'],
  ])("%s are refused", (_, text, message) => {
    expect(() => readPointsCsv(text, "a.csv", "m")).toThrow(message);
  });
  test.each(["micrograph", "micrograph_path", "Image", "image_name", "filename", "file_path"])(
    "a column named %s says the micrograph",
    (name) => {
      const picks = readPointsCsv(`${name},x,y\na.mrc,1,2\nb.mrc,3,4\n`, "p.csv", "m");
      expect(picks.map(({ micrograph }) => micrograph)).toEqual(["a.mrc", "b.mrc"]);
    },
  );

  test("names of images in another column are not passed over", () => {
    expect(() => readPointsCsv("Source,x,y\na.mrc,1,2\nb.mrc,3,4\n", "p.csv", "m")).toThrow(
      'p.csv: line 3, Source: found "b.mrc", expected a.mrc as in the rows before, or the column to be named micrograph',
    );
    expect(readPointsCsv("x,y,Source\n1,2,a.mrc\n3,4,a.mrc\n", "p.csv", "m")).toHaveLength(2);
    expect(readPointsCsv("x,y,note\n1,2,good\n3,4,bad\n", "p.csv", "m")).toHaveLength(2);
  });

  test("names after a #, as numpy's savetxt writes them, say which column is which", () => {
    expect(readPointsCsv("# y,x\n2,1.5\n", "a.csv", "m")).toEqual([point]);
    expect(readPointsCsv("# mine, by hand\n1.5,2\n", "a.csv", "m")).toEqual([point]);
  });
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

const COCO = {
  images: [{ id: 1, file_name: "a.mrc", width: 160, height: 128 }],
  annotations: [
    { id: 1, image_id: 1, category_id: 1, bbox: [0.225, 0.475, 0.05, 0.05] },
    { id: 2, image_id: 1, category_id: 1, bbox: [0.975, 0.725, 0.05, 0.05] },
  ],
};

describe("shares of the sides are no pixels", () => {
  const star = "data_\nloop_\n_rlnCoordinateX\n_rlnCoordinateY\n0.25 0.5\n1 0.75\n";
  const readers: Readonly<Record<string, () => unknown>> = {
    "a.csv": () => read("a.csv", "x,y\n0.25,0.5\n1,0.75\n"),
    "a.txt": () => read("a.txt", "image_name\tx_coord\ty_coord\na\t0.25\t0.5\na\t1\t0.75\n"),
    "a.star": () => readPicksStar(star, "a.star", "a"),
    // half a pixel less than the box says
    "a.json": () => read("a.json", JSON.stringify(COCO)),
  };
  const read = (path: string, text: string) =>
    pickFormatOf(path)!.read(new TextEncoder().encode(text), path, "a");
  test.each(Object.keys(readers))("%s", (path) => {
    const place = path === "a.json" ? "[-0.25,0]" : "[0.25,0.5]";
    expect(readers[path]).toThrow(`${path}: places: found ${place}, expected pixels`);
  });
  test("two picks in the first pixels are read, and so is one alone", () => {
    expect(read("a.csv", "x,y\n0,0\n1,1\n")).toHaveLength(2);
    expect(read("a.csv", "x,y\n0.5,0.5\n")).toHaveLength(1);
    expect(() => read("a.csv", "x,y,diameter\n0.5,0.5,0.1\n")).toThrow("places: found [0.5,0.5]");
  });
});
