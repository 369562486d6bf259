import { existsSync, readdirSync, readFileSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { describePlan, openProject, runProject } from "../../../src/jobs/run/run.js";
import { inlineWorkers } from "../../../src/jobs/shared/inline-workers.js";
import { diskFullAt } from "../../helpers/machine/full-disk.js";
import { ALL, context, TEXT, toyProject } from "./toy-project.js";

const { dir, project: PROJECT, write: writeProject } = toyProject();

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
  writeFileSync(join(dir, "a.pdb"), readFileSync(join(dir, "a.pdb"), "utf8").replace("CB  ALA", "CB  GLY"));
  const again = context();
  await runProject({ project: PROJECT }, again.context);
  expect(again.done).toEqual(ALL.filter((command) => command !== "estimate"));
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
  await expect(runProject({ project: dir }, context().context)).rejects.toThrow(
    `${dir}: found a folder, expected the project file in it, ${PROJECT}`,
  );
  await expect(runProject({ project: PROJECT, to: "trian" }, context().context)).rejects.toThrow(
    "to: found trian, expected one of estimate, potential, simulate, specimens, train, generate, evaluate, pick-train, pick-run",
  );
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

test("what was read of an input is not read again, until its file is another one, of the same size and time too", async () => {
  const reading = () => {
    const made = context();
    const read: string[] = [];
    const files = {
      ...made.context.files,
      sha256: (path: string) => {
        read.push(path);
        return made.context.files.sha256(path);
      },
    };
    return { ...made, read, context: { ...made.context, files } };
  };
  const model = join(dir, "a.pdb");
  const first = reading();
  await runProject({ project: PROJECT }, first.context);
  expect(first.read.filter((path) => path === model)).toHaveLength(1);
  expect(first.read).toContain(join(dir, "1.mrc"));
  const second = reading();
  await runProject({ project: PROJECT }, second.context);
  expect(second.read).toEqual([]);
  const { atime, mtime } = statSync(model);
  writeFileSync(model, readFileSync(model, "utf8").replace("CB  ALA", "CB  GLY"));
  utimesSync(model, atime, mtime);
  const third = reading();
  await runProject({ project: PROJECT }, third.context);
  expect(third.read).toEqual([model]);
  expect(third.done).toContain("potential");
});

test("what was read before a stop is kept", async () => {
  const stopped = context();
  const files = {
    ...stopped.context.files,
    sha256: async (path: string) => {
      if (path.endsWith("a.pdb")) throw new Error("killed");
      return stopped.context.files.sha256(path);
    },
  };
  await expect(openProject(PROJECT, {}, { ...stopped.context, files })).rejects.toThrow("killed");
  const state = JSON.parse(readFileSync(join(dir, "project-state.json"), "utf8"));
  expect(Object.keys(state.contents)).toContain(join(dir, "1.mrc"));
});
