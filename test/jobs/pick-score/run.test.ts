import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { writeBox } from "../../../src/io/picks/box.js";
import { writeCoco } from "../../../src/io/picks/coco.js";
import type { Pick } from "../../../src/io/picks/pick.js";
import { writePicksStar } from "../../../src/io/picks/star.js";
import { writeTopaz } from "../../../src/io/picks/topaz.js";
import type { PickScoreOptions } from "../../../src/jobs/pick-score/options.js";
import { readCoordinates } from "../../../src/jobs/pick-score/read.js";
import { scorePicks } from "../../../src/jobs/pick-score/run.js";
import { scoreTable } from "../../../src/jobs/pick-score/text.js";
import { nodeFiles } from "../../../src/runtime/files.js";
import { jobContext } from "../../helpers/job-context.js";
import { scratchFolder } from "../../helpers/scratch.js";
import { wellFormed } from "../../plot/markup.js";

const dir = scratchFolder();
const write = (name: string, text: string): string => {
  mkdirSync(join(dir, name, ".."), { recursive: true });
  writeFileSync(join(dir, name), text);
  return join(dir, name);
};
const csv = (name: string, points: readonly (readonly [number, number])[]): string =>
  write(name, `x,y\n${points.map((point) => `${point.join(",")}\n`).join("")}`);

// two micrographs with dots in their names; four particles, the last of them near the edge
csv("truth/May.1.csv", [
  [100, 100],
  [200, 100],
]);
csv("truth/May.2.csv", [
  [50, 60],
  [4, 150],
]);
const pick = (micrograph: string, x: number, y: number, score: number): Pick => ({ micrograph, x, y, score });
const PICKS = [
  pick("May.1", 103, 100, 9),
  pick("May.1", 150, 150, 8),
  pick("May.1", 200, 104, 5),
  pick("May.2", 50, 60, 7),
  pick("May.2", 5, 100, 6),
];
const topazFile = (name: string, picks: readonly Pick[]): string =>
  write(name, writeTopaz(picks.map((each) => ({ ...each, micrograph: `${each.micrograph}.mrc` }))));
const topaz = topazFile("picks.txt", PICKS);

async function score(more: Partial<PickScoreOptions> = {}) {
  const told = jobContext();
  const options = { picks: [topaz], truth: join(dir, "truth"), radius: 10, pixelSize: 2, ...more };
  return { result: await scorePicks(options, told.context), ...told };
}

describe("pick score", () => {
  test("by hand: right 9, false 8, right 7, false 6, right 5 of four", async () => {
    const { result, warnings } = await score();
    const [{ scores }] = result.pickers as [(typeof result.pickers)[0]];
    expect(warnings).toEqual([]);
    expect(scores).toMatchObject({ truePositives: 3, falsePositives: 2, falseNegatives: 1 });
    expect(scores.auprc).toBeCloseTo((1 + 2 / 3 + 3 / 5) / 4, 12);
    expect(result.protocol).toContain("at most 10 angstrom\n(5.0 pixels) apart");
    expect(scoreTable(result)).toMatch(/picks.txt +0\.567 \[.*3 right, 2 false, 1 missed/);
  });

  test("a folder with two files of one micrograph is refused: its picks would count twice", async () => {
    csv("twice/May.1.csv", [[100, 100]]);
    write("twice/May.1.box", "95 95 10 10\n");
    await expect(score({ truth: join(dir, "map.mrc") })).rejects.toThrow(
      /map\.mrc: found the name of an image, expected picks, a dataset, or files \.star \.cs /,
    );
    await expect(score({ truth: join(dir, "twice") })).rejects.toThrow(
      /twice\/May\.1\.csv: found picks of May\.1, expected none beside those of .*twice\/May\.1\.box: one file for a micrograph/,
    );
  });

  test("a threshold beside picks without scores is refused: all of them would be left out", async () => {
    const bare = csv("bare/May.1.csv", [[100, 100]]);
    await expect(score({ picks: [bare], threshold: 0.5 })).rejects.toThrow(
      /threshold: found 1 of 1 picks of .*May\.1\.csv without a score/,
    );
  });

  test("a threshold holds for precision, recall and F1 only; a smaller radius loses the one 4 pixels away", async () => {
    const { result } = await score({ threshold: 6.5 });
    const { scores } = result.pickers[0]!;
    expect(scores).toMatchObject({ truePositives: 2, falsePositives: 1, falseNegatives: 2 });
    expect(scores.auprc).toBeCloseTo((1 + 2 / 3 + 3 / 5) / 4, 12);
    const near = (await score({ radius: 7.9 })).result.pickers[0]!.scores;
    expect(near.truePositives).toBe(2);
  });

  test("within the margin neither the miss nor the false pick counts; it needs the micrographs' size", async () => {
    const { result } = await score({ margin: 10, micrographSize: [300, 300] });
    expect(result.pickers[0]!.scores).toMatchObject({
      truePositives: 3,
      falsePositives: 1,
      falseNegatives: 0,
    });
    await expect(score({ margin: 10 })).rejects.toThrow("`micrographSize`");
  });

  test("a false pick at an unsure place counts neither way; one beside a true particle, or a second one, does", async () => {
    const again = [...PICKS, pick("May.1", 97, 98, 4), pick("May.1", 148, 150, 3)];
    const picks = [topazFile("again.txt", again)];
    const unsure = csv("unsure/May.1.csv", [
      [151, 152],
      [101, 100],
    ]);
    const { result, warnings } = await score({ picks, unsure: join(unsure, "..") });
    expect(warnings).toEqual([expect.stringContaining("no unsure places in 1 micrographs (May.2)")]);
    const { scores } = result.pickers[0]!;
    // right 9, (8 excused), right 7, false 6, right 5, false 4: a particle picked twice; false 3: the place excuses one only
    expect(scores).toMatchObject({ truePositives: 3, falsePositives: 3, falseNegatives: 1 });
    expect(scores.auprc).toBeCloseTo((1 + 1 + 3 / 4) / 4, 12);
    expect(result.protocol).toContain("that is no true position counts neither way");
    // truth where all are unsure: nothing is excused that is known to be there
    const all = await score({ unsure: join(dir, "truth") });
    expect(all.result.pickers[0]!.scores).toMatchObject({ truePositives: 3, falsePositives: 2 });
    csv("elsewhere/June.csv", [[1, 1]]);
    await expect(score({ unsure: join(dir, "elsewhere") })).rejects.toThrow(
      /unsure: found none of the scored micrographs/,
    );
  });

  test("the same picks as STAR, box files, COCO and info files of EMAN2 give the same scores", async () => {
    const star = write(
      "picks.star",
      writePicksStar(PICKS.map((each) => ({ ...each, micrograph: `Job/raw/${each.micrograph}.mrc` }))),
    );
    for (const name of ["May.1", "May.2"]) {
      write(
        `boxes/${name}.box`,
        writeBox(
          PICKS.filter(({ micrograph }) => micrograph === name),
          32,
        ),
      );
      write(
        `relion/${name}_autopick.star`,
        writePicksStar(PICKS.filter(({ micrograph }) => micrograph === name)),
      );
    }
    for (const name of ["May.1", "May.2"]) {
      const boxes = PICKS.filter(({ micrograph }) => micrograph === name).map(({ x, y, score }) => [
        x,
        y,
        "auto_ref",
        score,
      ]);
      write(`info/${name}_info.json`, JSON.stringify({ boxes }));
    }
    write("info/project.json", JSON.stringify({ "global.apix": 3 }));
    write("relion/summary.star", "data_\nloop_\n_rlnMicrographName\na\n");
    const images = ["May.1.mrc", "May.2.mrc"].map((fileName) => ({ fileName, shape: [300, 300] as const }));
    const coco = write(
      "coco.json",
      writeCoco(
        images,
        PICKS.map((each) => ({ ...each, micrograph: `${each.micrograph}.mrc` })),
        32,
      ),
    );
    const { result } = await score({
      picks: [topaz, star, join(dir, "boxes"), coco, join(dir, "relion"), join(dir, "info")],
    });
    for (const { scores } of result.pickers) {
      expect(scores.auprc).toBeCloseTo(result.pickers[0]!.scores.auprc, 12);
      expect(scores.falsePositives).toBe(2);
    }
  });

  test("coordinates of a finer image meet the picks of the binned one", async () => {
    // the centre of binned pixel x lies at 2x + 0.5 of the finer pixels
    for (const [name, points] of [
      [
        "May.1",
        [
          [100, 100],
          [200, 100],
        ],
      ],
      [
        "May.2",
        [
          [50, 60],
          [4, 150],
        ],
      ],
    ] as const) {
      csv(
        `fine/${name}.csv`,
        points.map(([x, y]) => [2 * x + 0.5, 2 * y + 0.5] as const),
      );
    }
    const { picks } = await readCoordinates(nodeFiles, join(dir, "fine"), {
      ratio: 0.5,
      warn: () => {},
    });
    expect(picks.get(join(dir, "fine/May.1"))!.map(({ x, y }) => [x, y])).toEqual([
      [100, 100],
      [200, 100],
    ]);
    const { result } = await score({ truth: join(dir, "fine"), truthPixelSize: 1 });
    expect(result.pickers[0]!.scores.truePositives).toBe(3);
  });

  test("a second annotator is scored without an order, and drawn", async () => {
    csv("second/May.1.csv", [[101, 100]]);
    csv("second/May.2.csv", [
      [50, 60],
      [90, 90],
    ]);
    const out = join(dir, "scores");
    const { result } = await score({ ceiling: join(dir, "second"), out });
    expect(result.ceiling!.scores).toMatchObject({ truePositives: 2, falsePositives: 1, falseNegatives: 2 });
    const read = (name: string): string => readFileSync(join(out, name), "utf8");
    expect(wellFormed(read("precision-recall.svg"))).toBe(true);
    expect(read("precision-recall.svg")).toContain("second annotator (F1 0.571)");
    expect(read("scores.csv").split("\n")[2]).toMatch(/^second annotator,,,,0\.667,/);
    expect(read("precision-recall.csv").trim().split("\n")).toHaveLength(6);
    expect(read("micrographs.csv")).toContain("picks.txt,May.2,");
    expect(JSON.parse(read("scores.json")).pickers[0].auprc).toBeCloseTo(0.5667, 3);
  });

  test("only micrographs that all know are scored, and it says which are not; none is an error", async () => {
    csv("truth-more/May.1.csv", [[100, 100]]);
    csv("truth-more/May.3.csv", [[100, 100]]);
    const { result, warnings } = await score({ truth: join(dir, "truth-more") });
    expect(result.pickers[0]!.micrographs.map(({ name }) => name)).toEqual(["May.1"]);
    expect(warnings.join()).toMatch(/May\.2.*May\.3/);
    csv("truth-other/June.csv", [[1, 1]]);
    await expect(score({ truth: join(dir, "truth-other") })).rejects.toThrow(/May\.1.*June/);
  });

  test("several files of one picker, given as several pickers, are told to be that", async () => {
    const files = ["May.1", "May.2"].map((name) => csv(`apart/${name}.csv`, [[100, 100]]));
    await expect(score({ picks: files })).rejects.toThrow(
      /found no micrograph that all of .*May.1.csv, .*May.2.csv know, expected some: .* in several files are a folder/,
    );
  });

  test("a micrograph whose file is empty has no particle: its picks are false", async () => {
    csv("truth-empty/May.1.csv", []);
    csv("truth-empty/May.2.csv", [[50, 60]]);
    const { result } = await score({ truth: join(dir, "truth-empty") });
    expect(result.pickers[0]!.scores).toMatchObject({
      truePositives: 1,
      falsePositives: 4,
      falseNegatives: 0,
    });
  });

  test("an empty file with a column of micrographs is none itself", async () => {
    csv("truth-named/May.1.csv", [[50, 60]]);
    writeFileSync(join(dir, "truth-named/summary.csv"), "micrograph,x,y\n");
    const { warnings } = await score({ truth: join(dir, "truth-named") });
    expect(warnings.join()).toContain("May.2");
    expect(warnings.join()).not.toContain("summary");
  });
});
