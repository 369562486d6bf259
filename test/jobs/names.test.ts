import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { writeMrc } from "../../src/io/mrc/write.js";
import { writeBox } from "../../src/io/picks/box.js";
import type { Pick } from "../../src/io/picks/pick.js";
import { writePicksStar } from "../../src/io/picks/star.js";
import { readTopaz } from "../../src/io/picks/topaz.js";
import { type ExportOptions, exportFiles } from "../../src/jobs/export/run.js";
import { scorePicks } from "../../src/jobs/pick-score/run.js";
import { planPickTraining } from "../../src/jobs/pick-train/plan.js";
import { labelledMicrographs } from "../../src/jobs/pick-train/set.js";
import { nodeFiles } from "../../src/runtime/files.js";
import { jobContext } from "../helpers/job-context.js";
import { scratchFolder } from "../helpers/scratch.js";

const dir = scratchFolder();
const at = (name: string): string => join(dir, name);
const write = (name: string, content: string | Uint8Array): string => {
  mkdirSync(join(at(name), ".."), { recursive: true });
  writeFileSync(at(name), content);
  return at(name);
};
const pick = (micrograph: string, x: number, y: number): Pick => ({ micrograph, x, y });
const star = (name: string, picks: readonly Pick[]): string => write(name, writePicksStar(picks));
const exported = (inputs: readonly string[], out: string, more: Partial<ExportOptions> = {}) =>
  exportFiles({ inputs, out: at(out), ...more }, jobContext().context);
const score = async (picks: string, truth: string) => {
  const { context } = jobContext();
  const result = await scorePicks({ picks: [picks], truth, radius: 10, pixelSize: 1.5 }, context);
  return result.pickers[0]!;
};

describe("micrographs of one name in two folders", () => {
  const [first, second] = ["Movies/10Feb/mic_001.mrc", "Movies/11Feb/mic_001.mrc"] as const;
  const truth = star("truth.star", [
    ...[pick(first, 50, 60), pick(first, 70, 90)],
    ...[pick(second, 150, 60), pick(second, 170, 90)],
  ]);
  const swapped = star("swapped.star", [
    ...[pick(first, 150, 60), pick(first, 170, 90)],
    ...[pick(second, 50, 60), pick(second, 70, 90)],
  ]);

  test("are two micrographs in pick score", async () => {
    const { micrographs, scores } = await score(swapped, truth);
    expect(micrographs.map(({ name }) => name)).toEqual([first, second]);
    expect(scores).toMatchObject({ truePositives: 0, falsePositives: 4, falseNegatives: 4 });
    const right = await score(truth, truth);
    expect(right.scores).toMatchObject({ truePositives: 4, falsePositives: 0, falseNegatives: 0 });
  });

  test("are refused where picks do not say which is which", async () => {
    const bare = star("bare.star", [pick("mic_001", 50, 60)]);
    await expect(score(bare, truth)).rejects.toThrow("expected folders in the names that say which is which");
  });

  test.each(["box", "cbox", "topaz"] as const)(
    "are refused by export to %s, before anything is written",
    async (to) => {
      await expect(exported([truth], `out-${to}`, { to, box: 20 })).rejects.toThrow(
        `found ${first} and ${second}, which ${to} cannot tell apart`,
      );
      expect(existsSync(at(`out-${to}`))).toBe(false);
    },
  );

  test("keep their folders in csv", async () => {
    await exported([truth], "kept.csv");
    const names = readFileSync(at("kept.csv"), "utf8").trim().split("\n").slice(1);
    expect(new Set(names.map((line) => line.split(",")[0]))).toEqual(new Set([first, second]));
  });

  test("cannot both be one file of a folder of micrographs", async () => {
    write("mics/mic_001.mrc", writeMrc({ data: new Float32Array(64), shape: [1, 8, 8], voxelSize: 2 }));
    await expect(exported([truth], "x.csv", { micrographs: at("mics") })).rejects.toThrow(
      /mic_001\.mrc for Movies\/10Feb\/mic_001\.mrc and Movies\/11Feb\/mic_001\.mrc, expected folders/,
    );
  });

  test("have their own labels in pick train, whether tables or folders tell them", async () => {
    const image = writeMrc({
      data: Float32Array.from({ length: 200 * 100 }, (_, i) => i % 7),
      shape: [1, 100, 200],
      voxelSize: 1.5,
    });
    const micrographs = [first, second].map((name) => write(name, image));
    const boxes = [first, second].map((name, i) =>
      write(name.replace(".mrc", ".box"), writeBox([pick("", 100 * i + 50, 60)], 20)),
    );
    for (const [coordinates, x] of [
      [
        [truth],
        [
          [50, 70],
          [150, 170],
        ],
      ],
      [boxes, [[50], [150]]],
    ] as const) {
      const plan = planPickTraining({
        ...{ micrographs, coordinates, out: at("picker"), pixelSize: 1.5 },
        ...{ particleDiameter: 15, workingDiameter: 10 },
      });
      const found = await labelledMicrographs(nodeFiles, plan, jobContext().context.report);
      const centres = await Promise.all(found.map(async (each) => (await each.load()).centres));
      expect(centres.map((own) => own.map((centre) => centre.x))).toEqual(x);
    }
  });

  test("of box files are refused by export, which has no folders to tell them by", async () => {
    const boxes = ["a/m.box", "b/m.box"].map((name) => write(name, writeBox([pick("", 50, 60)], 20)));
    await expect(exported(boxes, "joined.csv")).rejects.toThrow("expected different names");
  });
});

describe("dots in names", () => {
  const names = ["14sep05c_00002hl.frames", "14sep05c_00002hl.frames_DW", "mic_v1.1", "mic_v1.2"];
  const places = star(
    "dots.star",
    names.map((name, i) => pick(`mics/${name}.mrc`, 100 + i, 200)),
  );
  const found = (name: string): string[] =>
    readTopaz(readFileSync(at(name)), name).map(({ micrograph }) => micrograph);

  test("stay, from tables and from files of one micrograph", async () => {
    await exported([places], "dots.txt");
    expect(found("dots.txt")).toEqual(names);
    await exported([at("dots.txt")], "again.txt");
    expect(found("again.txt")).toEqual(names);
    const boxes = await exported([at("dots.txt")], "dots", { to: "box", box: 20 });
    expect(boxes).toEqual(names.map((name) => at(`dots/${name}.box`)));
    await exported(boxes, "boxes.txt");
    expect(found("boxes.txt")).toEqual(names);
  });

  test("do not make two micrographs one in pick score", async () => {
    const { micrographs, scores } = await score(at("again.txt"), places);
    expect(micrographs.map(({ name }) => name)).toEqual([...names].sort());
    expect(scores).toMatchObject({ truePositives: 4, falsePositives: 0, falseNegatives: 0 });
  });
});

test.each(["topazpicks", "extract", "autopick", "automatch", "manualpick", "pick"])(
  "the suffix _%s of a picker's file is not the micrograph's",
  async (suffix) => {
    for (const name of ["mic_001", "mic_002"]) {
      write(
        `${suffix}/${name}_${suffix}.star`,
        "data_\nloop_\n_rlnCoordinateX #1\n_rlnCoordinateY #2\n100 100\n200 150\n",
      );
    }
    const truth = star(
      "suffixes.star",
      ["mic_001", "mic_002"].flatMap((name) => [
        pick(`mics/${name}.mrc`, 100, 100),
        pick(`mics/${name}.mrc`, 200, 150),
      ]),
    );
    const { micrographs, scores } = await score(at(suffix), truth);
    expect(micrographs.map(({ name }) => name)).toEqual(["mic_001", "mic_002"]);
    expect(scores).toMatchObject({ truePositives: 4, falsePositives: 0, falseNegatives: 0 });
  },
);
