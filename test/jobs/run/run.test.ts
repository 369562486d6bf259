import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { beforeEach, expect, test } from "vitest";
import { entries } from "../../../src/cli/commands/index.js";
import { Random } from "../../../src/core/random.js";
import { writeMrc } from "../../../src/io/mrc/write.js";
import type { Estimates, MicrographEstimate } from "../../../src/jobs/estimate/records.js";
import { describePlan, openProject, type RunContext, runProject } from "../../../src/jobs/run/run.js";
import { inlineWorkers } from "../../../src/jobs/shared/inline-workers.js";
import { jobContext } from "../../helpers/job-context.js";
import { diskFullAt } from "../../helpers/machine/full-disk.js";
import { scratchFolder } from "../../helpers/scratch.js";

const root = scratchFolder();
const dir = join(root, "project");
const PROJECT = join(dir, "project.yaml");
const TEXT = `micrographs: [1.mrc, 2.mrc, 3.mrc, 4.mrc, 5.mrc]
heldOut: [4.mrc, 5.mrc]
model: a.pdb
pixelSize: 3
voltage: 300
cs: 2.7
particleDiameter: 60
`;

beforeEach(writeProject);

function writeProject(): void {
  rmSync(dir, { recursive: true, force: true });
  mkdirSync(dir);
  for (let i = 1; i <= 5; i++) {
    const random = Random.of(i, "run test");
    const data = Float32Array.from({ length: 96 * 96 }, () => 100 + 10 * random.normal());
    writeFileSync(join(dir, `${i}.mrc`), writeMrc({ data, shape: [1, 96, 96], voxelSize: 3 }));
  }
  const atom = (i: number, x: number): string =>
    `ATOM  ${String(i).padStart(5)}  CA  ALA A${String(i).padStart(4)}    ${x.toFixed(3).padStart(8)}   0.000   0.000  1.00  0.00           C\n`;
  writeFileSync(join(dir, "a.pdb"), Array.from({ length: 20 }, (_, i) => atom(i + 1, 3 * i)).join(""));
  writeFileSync(PROJECT, TEXT);
}

/** Commands that write no more than their name into their output; `broken` fails once. */
function context(broken?: string) {
  const { context: job, warnings } = jobContext();
  const given = new Map<string, Readonly<Record<string, unknown>>>();
  const done: string[] = [];
  let fails = broken;
  const context: RunContext = {
    ...job,
    expand: async (paths) => paths,
    specOf: (command) => entries.find(({ spec }) => spec.name === command)!.spec,
    execute: async (command, options) => {
      if (command === fails) {
        fails = undefined;
        await job.files.write(`${options["out"]}/half`, command);
        throw new Error("killed");
      }
      done.push(command);
      const out = String(options["out"]);
      given.set(command, options);
      if (command === "estimate") {
        await job.files.write(`${out}/estimates.json`, estimatesOf(options["micrographs"] as string[]));
      }
      await job.files.write(/\.mrcs?$/.test(out) ? out : `${out}/result`, command);
    },
    writeReport: async ({ stages }) => `report of ${stages.length}`,
  };
  return { context, done, given, warnings };
}

/** Evidence of Thon rings that the estimates find in a micrograph, by the name of its file. */
const evidence: Record<string, number> = {};

/** What `estimate` writes of micrographs. */
function estimatesOf(paths: readonly string[]): string {
  const spread = { mean: 0, standardDeviation: 0 };
  const inFolder = (path: string) => ["1.mrc", "2.mrc", "3.mrc"].map((name) => join(path, name));
  const files = paths.flatMap((path) => (path.endsWith(".mrc") ? [path] : inFolder(path)));
  const micrographs = files.map((file): MicrographEstimate => {
    const stem = basename(file, ".mrc");
    const made = { ctfPicture: `ctf/${stem}.png`, ctfCurve: "", ice: "", icePreview: "" };
    return {
      ...{ file, sha256: "0".repeat(64), shape: [96, 96], defocusU: 1, defocusV: 1, defocusAngle: 0 },
      ...{ phaseShift: 0, score: 0.5, evidence: evidence[basename(file)] ?? 100, resolution: 9 },
      ...{ ice: { mean: 1, lowest: 1 }, signalFraction: 0, backgroundFraction: 1 },
      ...{ particles: null, particleSize: null },
      files: { ...made, particlePicture: "", sizeCurve: "" },
    };
  });
  const estimates: Estimates = {
    ...{ format: "cryogem-estimates", formatVersion: 1, program: "cryogem", options: {} },
    optics: { pixelSize: 3, voltage: 300, sphericalAberration: 2.7, amplitudeContrast: 0.1 },
    ...{ particleDiameter: 60, micrographs },
    distributions: {
      ...{ defocus: spread, astigmatism: spread, astigmatismAngle: 0, signalFraction: spread },
      ...{ particles: null, particleSize: null },
    },
    noise: { frequency: [], power: [], relativeDeviation: [], anisotropy: { tile: 2, ratio: [] } },
  };
  return JSON.stringify(estimates);
}

const ALL = [
  "estimate",
  "potential",
  "simulate",
  "simulate",
  "train",
  "generate",
  "evaluate realism",
  "pick train",
  "pick run",
];

test("every stage is done once; a second run does none; the report comes last", async () => {
  const first = context();
  expect(await runProject({ project: PROJECT }, first.context)).toBe("report of 9");
  expect(first.done).toEqual(ALL);
  const second = context();
  await runProject({ project: PROJECT }, second.context);
  expect(second.done).toEqual([]);
});

test("a changed option does its stage and all that depends on it again; what was there is kept beside it", async () => {
  await runProject({ project: PROJECT }, context().context);
  writeFileSync(PROJECT, `${TEXT}train:\n  steps: 7\n`);
  const open = await openProject(PROJECT, {}, context().context);
  const states = Object.fromEntries(
    (await describePlan(open)).map(({ stage, state }) => [stage.name, state.kind]),
  );
  expect(states).toMatchObject({
    estimate: "done",
    specimens: "done",
    train: "outdated",
    "pick-run": "outdated",
  });
  const again = context();
  await runProject({ project: PROJECT }, again.context);
  expect(again.done).toEqual(["train", "generate", "evaluate realism", "pick train", "pick run"]);
  expect(readFileSync(join(dir, "models/cryogem.before-1/result"), "utf8")).toBe("train");
  expect(existsSync(join(dir, "picks.before-1/result"))).toBe(true);
});

test("a changed input does so too, told by its contents", async () => {
  await runProject({ project: PROJECT }, context().context);
  writeFileSync(join(dir, "a.pdb"), readFileSync(join(dir, "a.pdb"), "utf8").replace("CA  ALA", "CA  GLY"));
  const again = context();
  await runProject({ project: PROJECT }, again.context);
  expect(again.done).toEqual(ALL.filter((command) => command !== "estimate"));
});

const TO_MAP = `${TEXT}symmetry: C2\ngoal: map\n`;
const MAP = ["estimate", "extract", "refine", "mask", "postprocess", "fsc"];

test("with a map as the goal, a project that ended with its picks goes on from there, and only a map's own options redo it", async () => {
  writeFileSync(PROJECT, TO_MAP.replace("goal: map\n", ""));
  await runProject({ project: PROJECT }, context().context);
  writeFileSync(PROJECT, TO_MAP);
  const onward = context();
  expect(await runProject({ project: PROJECT }, onward.context)).toBe("report of 15");
  expect(onward.done).toEqual(MAP);
  // the particles' CTFs are those of the raw micrographs, held-out ones too
  expect(onward.given.get("estimate")!["micrographs"]).toHaveLength(5);
  writeFileSync(PROJECT, `${TO_MAP}refine:\n  iterations: 3\n`);
  const again = context();
  await runProject({ project: PROJECT }, again.context);
  expect(again.done).toEqual(["refine", "mask", "postprocess", "fsc"]);
  expect(readFileSync(join(dir, "mask.before-1.mrc"), "utf8")).toBe("mask");
  expect(existsSync(join(dir, "sharpened.before-1"))).toBe(true);
});

test("a raw micrograph that changes is picked, fitted and refined again, held out or not", async () => {
  writeFileSync(PROJECT, TO_MAP);
  await runProject({ project: PROJECT }, context().context);
  const random = Random.of(9, "run test");
  const data = Float32Array.from({ length: 96 * 96 }, () => 100 + 10 * random.normal());
  writeFileSync(join(dir, "5.mrc"), writeMrc({ data, shape: [1, 96, 96], voxelSize: 3 }));
  const again = context();
  await runProject({ project: PROJECT }, again.context);
  expect(again.done).toEqual(["evaluate realism", "pick run", ...MAP]);
});

test("a refinement that was stopped goes on in its folder", async () => {
  writeFileSync(PROJECT, TO_MAP);
  await expect(runProject({ project: PROJECT }, context("refine").context)).rejects.toThrow("killed");
  const again = context();
  await runProject({ project: PROJECT, from: "refine" }, again.context);
  expect(again.done).toEqual(MAP.slice(2));
  expect(existsSync(join(dir, "refined.before-1"))).toBe(false);
});

test("machine options change nothing; a project that was moved is still done", async () => {
  await runProject({ project: PROJECT }, context().context);
  writeFileSync(PROJECT, `${TEXT}device: auto\n`);
  const again = context();
  await runProject({ project: PROJECT }, again.context);
  expect(again.done).toEqual([]);
});

test("a stage that was stopped goes on in its folder, nothing is set aside", async () => {
  await expect(runProject({ project: PROJECT }, context("train").context)).rejects.toThrow("killed");
  const again = context();
  await runProject({ project: PROJECT }, again.context);
  expect(again.done).toEqual(ALL.slice(4));
  expect(readdirSync(join(dir, "models"))).toEqual(["cryogem"]);
});

test("from and to name the stages to do; what a later one needs must be there", async () => {
  const early = context();
  expect(await runProject({ project: PROJECT, to: "simulate" }, early.context)).toBeUndefined();
  expect(early.done).toEqual(["estimate", "potential", "simulate"]);
  await expect(runProject({ project: PROJECT, from: "train" }, context().context)).rejects.toThrow(
    "from: found the stage specimens before it not done, expected it to be: leave `from` out",
  );
  await expect(runProject({ project: PROJECT, to: "trian" }, context().context)).rejects.toThrow(
    "to: found trian, expected one of estimate, potential, simulate, specimens, train, generate, evaluate, pick-train, pick-run",
  );
});

test("a micrograph that cannot be used is set aside with its reason and not learned from", async () => {
  writeFileSync(
    join(dir, "2.mrc"),
    writeMrc({ data: new Float32Array(96 * 96), shape: [1, 96, 96], voxelSize: 3 }),
  );
  const { context: run, warnings } = context();
  const { planned } = await openProject(PROJECT, {}, run);
  expect(planned[0]!.stage.options["micrographs"]).toEqual([join(dir, "1.mrc"), join(dir, "3.mrc")]);
  await runProject({ project: PROJECT, to: "estimate" }, run);
  expect(warnings).toContainEqual(
    expect.stringMatching(/^set aside: .*2\.mrc: every pixel is 0: it is empty/),
  );
});

test("a held-out micrograph that cannot be used is set aside before anything is done, and nothing is scored without any", async () => {
  const { context: job, given, warnings } = context();
  const empty = { data: new Float32Array(96 * 96).fill(7), shape: [1, 96, 96] as const, voxelSize: 3 };
  writeFileSync(join(dir, "4.mrc"), writeMrc(empty));
  await runProject({ project: PROJECT }, job);
  expect(warnings.join("\n")).toMatch(/set aside: .*4\.mrc: every pixel is 7: it is empty/);
  expect(given.get("evaluate realism")!["real"]).toEqual([join(dir, "5.mrc")]);
  writeFileSync(join(dir, "5.mrc"), writeMrc(empty));
  given.clear();
  await runProject({ project: PROJECT }, job);
  expect([...given.keys()]).not.toContain("evaluate realism");
});

test("a micrograph whose CTF the run's own estimates could not fit is set aside from there on, then and in later runs", async () => {
  evidence["2.mrc"] = 12;
  const first = context();
  await runProject({ project: PROJECT }, first.context);
  const kept = ["1.mrc", "3.mrc"].map((name) => join(dir, name));
  expect(first.given.get("train")!["real"]).toEqual(kept);
  // picks are wanted of all, as of the raw files
  expect(first.given.get("pick run")!["micrographs"]).toHaveLength(5);
  const said = expect.stringMatching(/^set aside: .*2\.mrc: its CTF could not be fitted: .*evidence 12,/);
  expect(first.warnings.filter((line) => line.startsWith("set aside"))).toEqual([said]);
  const second = context();
  await runProject({ project: PROJECT }, second.context);
  expect([second.done, second.warnings.filter((line) => line.startsWith("set aside"))]).toEqual([[], [said]]);
  writeFileSync(PROJECT, `${TEXT}train:\n  steps: 7\n`);
  const { planned } = await openProject(PROJECT, {}, context().context);
  expect(planned.find(({ stage }) => stage.name === "train")!.stage.options["real"]).toEqual(kept);
  // of the binned ones too, which bear the raw one's name
  writeFileSync(PROJECT, `${TEXT}workingPixelSize: 6\n`);
  const binned = context();
  await runProject({ project: PROJECT, to: "train" }, binned.context);
  expect(binned.given.get("train")!["real"]).toEqual(
    ["1.mrc", "3.mrc"].map((name) => join(dir, "working", name)),
  );
  delete evidence["2.mrc"];
});

test.each([
  [185, undefined],
  // 190 angstrom at 48 pixels are 3.96 angstrom each, 1.32 times the raw ones
  [190, 73],
])(
  "for particles of %i angstrom, raw pixels of 3 angstrom are binned only where it is worth it",
  async (diameter, side) => {
    writeFileSync(PROJECT, TEXT.replace("particleDiameter: 60", `particleDiameter: ${diameter}`));
    const { data } = await openProject(PROJECT, {}, context().context);
    expect(data.binning?.binned[0]).toBe(side);
    writeFileSync(PROJECT, `${readFileSync(PROJECT, "utf8")}workingPixelSize: 3.5\n`);
    expect((await openProject(PROJECT, {}, context().context)).data.binning?.binned[0]).toBe(83);
  },
);

test("a disk full at any of a run's own writes: the reason is said, and the same command goes on once space is freed", async () => {
  await runProject({ project: PROJECT }, context().context);
  for (let nth = 1; ; nth++) {
    writeProject();
    const { context: whole } = context();
    const disk = diskFullAt(nth);
    const full = { ...whole, files: disk.files, workers: inlineWorkers(disk.files) };
    const refused = await runProject({ project: PROJECT }, full).then(
      () => undefined,
      (error: Error) => error.message,
    );
    if (!disk.wasFull()) break;
    expect(refused).toMatch(/: found no space left on the device, expected a writable place$/);
    expect(await runProject({ project: PROJECT }, whole)).toBe("report of 9");
    const stages = await describePlan(await openProject(PROJECT, {}, whole));
    expect(stages.map(({ state }) => state.kind)).toEqual(ALL.map(() => "done"));
    // no micrograph was taken for a damaged one, and nothing is kept beside itself as if made from other options
    const names = readdirSync(dir, { recursive: true }) as string[];
    expect(names.filter((name) => /before-|partial|lock/.test(name))).toEqual([]);
  }
}, 60_000);
