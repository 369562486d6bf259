import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { writeMrc } from "../../../src/io/mrc/write.js";
import { openProject, runProject } from "../../../src/jobs/run/run.js";
import { context, evidence, TEXT, toyProject } from "./toy-project.js";

const { dir, project: PROJECT } = toyProject();

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
