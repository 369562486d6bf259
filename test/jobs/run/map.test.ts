import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { runProject } from "../../../src/jobs/run/run.js";
import { context, TEXT, toyProject, writeNoise } from "./toy-project.js";

const { dir, project: PROJECT } = toyProject();

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
  writeNoise(dir, 5, 9);
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
