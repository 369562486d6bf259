import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { writeMrc } from "../../../src/io/mrc/write.js";
import { readBox } from "../../../src/io/picks/box.js";
import { readCbox } from "../../../src/io/picks/cbox.js";
import { readCoco } from "../../../src/io/picks/coco.js";
import { readPointsCsv } from "../../../src/io/picks/csv.js";
import { micrographStem } from "../../../src/io/picks/pick.js";
import { readTopaz } from "../../../src/io/picks/topaz.js";
import { parseStar } from "../../../src/io/star/parse.js";
import type { ExportOptions } from "../../../src/jobs/export/run.js";
import { hasSharedData, sharedNames, sharedPath, sharedText } from "../../io/shared-data.js";
import { OLD, toyExport } from "./toy-export.js";

const { at, run } = toyExport();
const old = at("old.star");
writeFileSync(old, OLD);

describe("picks", () => {
  const forms = ["topaz.txt", "picks.csv", "coco.json"];

  test.each(forms)("%s has the places of the STAR file, of every micrograph", async (name) => {
    await run(old, name, { box: 20, micrographSize: [100, 200] });
    const text = readFileSync(at(name), "utf8");
    const picks = {
      "topaz.txt": () => readTopaz(text, name),
      "picks.csv": () => readPointsCsv(text, name, "none"),
      "coco.json": () => readCoco(text, name).picks,
    }[name]!();
    // coordinates less origins, in pixels; Topaz cuts decimals off, so it gets none
    const whole = (place: number): number => (name === "topaz.txt" ? Math.round(place) : place);
    const places = [
      [100 + 1.5, 50 - 2],
      [20.5, 8 - 0.25],
      [1 - 4, 2 + 2],
    ];
    expect(picks.map(({ x, y }) => [x, y])).toEqual(places.map((place) => place.map(whole)));
    expect(picks.map(({ micrograph }) => micrographStem(micrograph))).toEqual(["a", "a", "b"]);
  });

  test("box files are one a micrograph, and come together again", async () => {
    expect(await run(old, "boxes", { to: "box", box: 16 })).toEqual([at("boxes/a.box"), at("boxes/b.box")]);
    const own = readBox(readFileSync(at("boxes/a.box"), "utf8"), "a.box", "a");
    expect(own).toMatchObject([
      { x: 101.5, y: 48, boxSize: 16 },
      { x: 20.5, y: 7.75, boxSize: 16 },
    ]);
    await run([at("boxes/a.box"), at("boxes/b.box")], "joined.txt");
    expect(readTopaz(readFileSync(at("joined.txt"), "utf8"), "joined.txt").length).toBe(3);
    await run([at("boxes/b.box")], "b.cbox");
    expect(readCbox(readFileSync(at("b.cbox"), "utf8"), "b.cbox", "b")).toMatchObject([
      { x: -3, y: 4, boxSize: 16 },
    ]);
    await expect(run(old, "all.box", { box: 8 })).rejects.toThrow("expected a folder: each has its file");
    await expect(run(old, "nobox", { to: "box" })).rejects.toThrow("expected `box` with them");
  });

  test("names and sizes of micrographs come from their folder", async () => {
    mkdirSync(at("mics"));
    for (const [name, columns] of [
      ["a", 130],
      ["b", 140],
    ] as const) {
      const data = new Float32Array(100 * columns);
      writeFileSync(at(`mics/${name}.mrc`), writeMrc({ data, shape: [1, 100, columns], voxelSize: 2 }));
    }
    await run([at("boxes/a.box"), at("boxes/b.box")], "named.json", { micrographs: at("mics") });
    const { images } = readCoco(readFileSync(at("named.json"), "utf8"), "named.json");
    expect(images).toEqual([
      { fileName: at("mics/a.mrc"), shape: [100, 130] },
      { fileName: at("mics/b.mrc"), shape: [100, 140] },
    ]);
    await run([at("boxes/a.box")], "named.star", { micrographs: at("mics") });
    expect(
      parseStar(readFileSync(at("named.star"), "utf8"), "n").tables[0]!.strings("rlnMicrographName")[0],
    ).toBe(at("mics/a.mrc"));
  });
});

describe.skipIf(!hasSharedData)("beta-galactosidase (needs ../shared/data)", () => {
  test("flipping y brings pickers' boxes, whose rows run upward, onto the experts' points", async () => {
    const boxes = sharedNames("bgal-10017/repic_boxes/topaz", ".box");
    await run(boxes.map(sharedPath), "bgal/flipped.txt", { flipY: 4096 });
    await run(boxes.map(sharedPath), "bgal/plain.txt");
    const near = (name: string): number => {
      const picks = readTopaz(readFileSync(at(`bgal/${name}.txt`), "utf8"), name);
      const truth = new Map<string, readonly { x: number; y: number }[]>();
      const hit = picks.filter(({ micrograph, x, y }) => {
        const known =
          truth.get(micrograph) ??
          readPointsCsv(sharedText(`bgal-10017/coords_from_mask/${micrograph}.csv`), "csv", micrograph);
        truth.set(micrograph, known);
        return known.some((point) => (point.x - x) ** 2 + (point.y - y) ** 2 < 36 ** 2);
      });
      return hit.length / picks.length;
    };
    const [flipped, plain] = [near("flipped"), near("plain")];
    expect(flipped).toBeGreaterThan(0.5);
    expect(flipped / plain).toBeGreaterThan(1.5);
  });

  test("a STAR file flipped has y = 4095 - y_star, every other label as it was", async () => {
    const path = sharedPath("bgal-10017/ref_star/Falcon_2012_06_12-14_57_34_0.star");
    await run(path, "bgal/up.star", { flipY: 4096 });
    const [before, after] = [path, at("bgal/up.star")].map(
      (name) => parseStar(readFileSync(name, "utf8"), name).tables[0]!,
    );
    expect(after!.labels).toEqual(before!.labels);
    expect([...after!.numbers("rlnCoordinateY")]).toBeAllclose(
      before!.numbers("rlnCoordinateY").map((y) => 4095 - y),
      { absolute: 1e-6 },
    );
    expect(after!.numbers("rlnCoordinateX")).toEqual(before!.numbers("rlnCoordinateX"));
  });
});

test.each<[string, Partial<ExportOptions>, string]>([
  ["x.cs", {}, "found picks alone, expected particles with their optics"],
  ["x.star", { to: "star30" }, "found no STAR file"],
])("a box file to %s with %j is refused", async (out, more, message) => {
  writeFileSync(at("one.box"), "10\t20\t16\t16\n");
  await expect(run(at("one.box"), out, more)).rejects.toThrow(message);
});
