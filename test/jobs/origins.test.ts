import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { Random } from "../../src/core/random.js";
import { writeMrc } from "../../src/io/mrc/write.js";
import { readBox } from "../../src/io/picks/box.js";
import { readCbox } from "../../src/io/picks/cbox.js";
import { readCoco } from "../../src/io/picks/coco.js";
import { readPointsCsv } from "../../src/io/picks/csv.js";
import { readTopaz } from "../../src/io/picks/topaz.js";
import { parseStar } from "../../src/io/star/parse.js";
import { exportCommand } from "../../src/jobs/export/options.js";
import { type ExportOptions, exportFiles } from "../../src/jobs/export/run.js";
import { extractParticles } from "../../src/jobs/extract/run.js";
import { readCoordinates } from "../../src/jobs/pick-score/read.js";
import { planPickTraining } from "../../src/jobs/pick-train/plan.js";
import { labelledMicrographs } from "../../src/jobs/pick-train/set.js";
import { nodeFiles } from "../../src/runtime/files.js";
import { jobContext } from "../helpers/job-context.js";
import { scratchFolder } from "../helpers/scratch.js";

const dir = scratchFolder();
const at = (name: string): string => join(dir, name);
const write = (name: string, text: string): string => {
  writeFileSync(at(name), text);
  return at(name);
};

/** Particles with origins as relion_refine writes them; the micrographs' pixel size as far as the labels say it. */
const star = (optics: Readonly<Record<string, number>>): string =>
  `data_optics\n\nloop_\n_rlnOpticsGroup #1\n${Object.keys(optics)
    .map((label, i) => `_${label} #${i + 2}\n`)
    .join("")}1 ${Object.values(optics).join(" ")}\n
data_particles

loop_
_rlnCoordinateX #1
_rlnCoordinateY #2
_rlnImageName #3
_rlnMicrographName #4
_rlnOpticsGroup #5
_rlnOriginXAngst #6
_rlnOriginYAngst #7
100 200 000001@Extract/a.mrcs MotionCorr/a.mrc 1 12 -6
150 220 000002@Extract/a.mrcs MotionCorr/a.mrc 1 0 3
`;
const refined = write("refined.star", star({ rlnMicrographPixelSize: 1.5, rlnImagePixelSize: 1.5 }));

/** 100 - 12 / 1.5, 200 + 6 / 1.5; 150, 220 - 3 / 1.5. */
const PLACES = [
  [92, 204],
  [150, 218],
];

// the micrograph itself, beside the STAR file and in a folder of its own
mkdirSync(at("MotionCorr"));
const data = Random.of(1, "origins").fillNormal(new Float32Array(260 * 240));
for (const [name, voxelSize] of [
  ["MotionCorr/a.mrc", 1.5],
  ["unknown.mrc", 1],
] as const) {
  writeFileSync(at(name), writeMrc({ data, shape: [1, 260, 240], voxelSize }));
}

async function exported(input: string, more: Partial<ExportOptions> = {}) {
  const told = jobContext();
  await exportFiles({ inputs: [input], out: at("out.csv"), ...more }, told.context);
  const places = readPointsCsv(readFileSync(at("out.csv")), "out.csv", "").map(({ x, y }) => [x, y]);
  return { places, warnings: told.warnings };
}

describe("particles of a refinement sit at their coordinates less their origins", () => {
  test("in every format of coordinates", async () => {
    const options = { box: 64, micrographSize: [260, 240] as const };
    const texts: string[] = [];
    for (const name of ["o.csv", "o.txt", "o.box", "o.cbox", "o.json"]) {
      await exportFiles({ inputs: [refined], out: at(name), ...options }, jobContext().context);
      texts.push(readFileSync(at(name), "utf8"));
    }
    const [csv, topaz, box, cbox, coco] = texts as [string, string, string, string, string];
    for (const picks of [
      ...[readPointsCsv(csv, "o.csv", "a"), readTopaz(topaz, "o.txt"), readBox(box, "o.box", "a")],
      ...[readCbox(cbox, "o.cbox", "a"), readCoco(coco, "o.json").picks],
    ]) {
      expect(picks.map(({ x, y }) => [x, y])).toEqual(PLACES);
    }
    expect(exportCommand.notes).toContain("A particle sits at its coordinate less its origin");
  });

  test("flipped with their rows", async () => {
    const { places } = await exported(refined, { flipY: 260 });
    expect(places).toEqual(PLACES.map(([x, y]) => [x, 259 - y!]));
  });

  test("in pick score and in pick train", async () => {
    const { picks } = await readCoordinates(nodeFiles, refined, { warn: () => {} });
    expect(picks.get("MotionCorr/a.mrc")!.map(({ x, y }) => [x, y])).toEqual(PLACES);
    const plan = planPickTraining({
      ...{ micrographs: [at("MotionCorr/a.mrc")], coordinates: [refined], out: at("picker") },
      // 15 angstrom are 10 pixels, as the network wants them: its image is the micrograph
      ...{ particleDiameter: 15, workingDiameter: 10 },
    });
    const [only] = await labelledMicrographs(nodeFiles, plan, jobContext().context.report);
    expect((await only!.load()).centres.map(({ x, y }) => [x, y])).toEqual(PLACES);
  });

  test("in what extract writes: coordinate and origin say the same place", async () => {
    const options = { particles: refined, box: 32, out: at("stack.mrcs") };
    await extractParticles(options, jobContext().context);
    const table = parseStar(readFileSync(at("stack.star"), "utf8"), "stack.star").table("particles");
    const of = (label: string): number[] => [...table.numbers(label)];
    const [x, y, originX, originY] = [
      ...[of("rlnCoordinateX"), of("rlnCoordinateY")],
      ...[of("rlnOriginXAngst"), of("rlnOriginYAngst")],
    ] as [number[], number[], number[], number[]];
    expect(x.map((value, i) => [value - originX[i]! / 1.5, y[i]! - originY[i]! / 1.5])).toEqual(PLACES);
  });
});

describe("the pixel size of the micrographs", () => {
  test("is not that of images that were binned when they were extracted", async () => {
    const binned = write("binned.star", star({ rlnMicrographPixelSize: 1.5, rlnImagePixelSize: 3 }));
    expect((await exported(binned)).places).toEqual(PLACES);
  });

  const lost = write("lost.star", star({ rlnMicrographOriginalPixelSize: 0.75, rlnImagePixelSize: 3 }));

  test("comes from the micrographs or from the user where extraction has dropped it", async () => {
    expect((await exported(lost)).places).toEqual(PLACES); // MotionCorr/a.mrc lies beside the STAR file
    mkdirSync(at("alone"));
    const alone = write("alone/lost.star", readFileSync(lost, "utf8"));
    expect((await exported(alone, { pixelSize: 1.5 })).places).toEqual(PLACES);
    expect((await exported(alone, { micrographs: at("MotionCorr") })).places).toEqual(PLACES);
    await expect(exported(alone)).rejects.toThrow(
      "found particles with origins and no pixel size of MotionCorr/a.mrc, expected rlnMicrographPixelSize",
    );
  });

  test("is taken from the images where nothing speaks against it, with a warning", async () => {
    const images = write("alone/images.star", star({ rlnImagePixelSize: 1.5 }));
    const { places, warnings } = await exported(images);
    expect(places).toEqual(PLACES);
    expect(warnings).toEqual([expect.stringMatching(/taken to be in micrographs of 1.5 angstrom/)]);
    const same = star({ rlnMicrographOriginalPixelSize: 1.5, rlnImagePixelSize: 1.5 });
    expect(await exported(write("alone/same.star", same))).toEqual({ places: PLACES, warnings: [] });
  });

  test("given is refused where it does nothing or says another thing", async () => {
    await expect(exported(refined, { pixelSize: 3 })).rejects.toThrow("found 3 angstrom, expected 1.5 as in");
    const plain = write("plain.star", "data_\nloop_\n_rlnCoordinateX\n_rlnCoordinateY\n1 2\n");
    await expect(exported(plain, { pixelSize: 3 })).rejects.toThrow("found no origin in");
    await expect(exported(refined, { pixelSize: 1.5, out: at("kept.star") })).rejects.toThrow(
      "found a format that keeps origins",
    );
  });

  test("RELION 3.0: origins in pixels of the images", async () => {
    const labels = ["CoordinateX", "CoordinateY", "ImageName", "MicrographName", "OriginX", "OriginY"];
    const all = [...labels, "DetectorPixelSize", "Magnification"].map((label) => `_rln${label}\n`).join("");
    const text = `data_\nloop_\n${all}100 200 1@a.mrcs a.mrc 8 -4 15 100000\n150 220 2@a.mrcs a.mrc 0 2 15 100000\n`;
    const { places, warnings } = await exported(write("alone/old.star", text));
    expect(places).toEqual(PLACES);
    expect(warnings).toHaveLength(1);
    // micrographs of 0.75 angstrom: the images were binned by 2
    expect((await exported(at("alone/old.star"), { pixelSize: 0.75 })).places).toEqual([
      [84, 208],
      [150, 216],
    ]);
  });
});
