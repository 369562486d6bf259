import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { planBinning } from "../../../src/array/binning.js";
import { entries } from "../../../src/cli/commands/index.js";
import { parseProject } from "../../../src/jobs/project/file.js";
import type { ProjectData } from "../../../src/jobs/project/stage.js";
import { planStages } from "../../../src/jobs/project/stages.js";
import { briefCommandLine, commandLine } from "../../../src/jobs/shared/options/line.js";
import { testTyping } from "./typed-stages.js";

const example = fileURLToPath(new URL("../../../examples/apoferritin-10146/project.yaml", import.meta.url));
const DATA: ProjectData = {
  ...{ learned: ["train/1.png", "train/2.png"], heldOut: ["held-out/3.png"], structure: "2za7.pdb" },
  ...{
    all: ["train/1.png", "train/2.png", "held-out/3.png"],
    binning: undefined,
    pixelSize: 3,
    size: [620, 600],
  },
};
const text = readFileSync(example, "utf8");
/** The example with picking and with more sections; a section on simulations takes the place of its own. */
function project(more = "") {
  const own = more.includes("simulate:") ? text.replace(/^simulate:.*\n(?: {2}.*\n)*/m, "") : text;
  return parseProject(`${own.replace(/^skip: .*$/m, "")}\n${more}`, "project.yaml", { out: "out" });
}

describe("the stages of the example, with picking", () => {
  const stages = planStages(project(), DATA);

  testTyping(stages);

  test("each stage needs only stages before it", () => {
    const done = new Set<string>();
    for (const { name, needs } of stages) {
      for (const each of needs) expect(done).toContain(each);
      done.add(name);
    }
  });

  test("held-out micrographs are seen by the scores, and by the finished picker, alone", () => {
    const seen = stages.filter(({ options }) => JSON.stringify(options).includes("held-out/"));
    expect(seen.map(({ name }) => name)).toEqual(["evaluate", "pick-run"]);
  });

  test("what is generated from was not trained on", () => {
    const seeds = stages
      .filter(({ command }) => command === "simulate")
      .map(({ options }) => options["seed"]);
    expect(seeds).toEqual([1, 2]);
  });

  test("a section of the file replaces what the project would choose", () => {
    const changed = planStages(project("train:\n  steps: 7\nsimulate:\n  size: 100x200\n"), DATA);
    expect(changed.find(({ name }) => name === "train")!.options).toMatchObject({ steps: 7 });
    expect(changed.find(({ name }) => name === "simulate")!.options).toMatchObject({
      size: [200, 100],
      count: 16,
    });
  });

  test("specimens are simulated as the section simulate says, but for number and seed, unless their own section says otherwise", () => {
    const sections = `simulate: { size: 100x200, particles: "40,5", count: 7, seed: 9 }\nspecimens: { size: 300 }\n`;
    const changed = planStages(project(sections), DATA);
    const of = (name: string) => changed.find((stage) => stage.name === name)!.options;
    expect(of("simulate")).toMatchObject({ size: [200, 100], particles: [40, 5], count: 7, seed: 9 });
    expect(of("specimens")).toMatchObject({ size: [300, 300], particles: [40, 5], count: 24, seed: 2 });
  });
});

test("raw micrographs are binned first; picks are found on the raw ones", () => {
  const binning = planBinning([4096, 4096], 1.06, 130 / 48)!;
  const stages = planStages(project(), { ...DATA, binning, pixelSize: 2.7, size: binning.binned });
  expect(stages.slice(0, 2).map(({ name, command }) => [name, command])).toEqual([
    ["working", "bin"],
    ["working-held-out", "bin"],
  ]);
  const of = (name: string) => stages.find((stage) => stage.name === name)!;
  expect(of("estimate").options).toMatchObject({ micrographs: ["out/working"], pixelSize: 2.7 });
  expect(of("train").options).toMatchObject({ real: ["out/working"] });
  expect(of("evaluate").options).toMatchObject({ real: ["out/working-held-out"], pixelSize: 2.7 });
  expect(of("pick-run").options).toMatchObject({ micrographs: DATA.all, pixelSize: 3 });
});

test("a path with a blank is quoted for the shell", () => {
  const { spec } = entries.find((each) => each.spec.name === "info")!;
  expect(commandLine(spec, { paths: ["my map.mrc", "it's"] })).toBe("cryogem info 'my map.mrc' 'it'\\''s'");
});

test("a line for reading names the first of many files and the number of the others", () => {
  const { spec } = entries.find((each) => each.spec.name === "info")!;
  const paths = Array.from({ length: 2000 }, (_, i) => `raw/${i}.mrc`);
  expect(briefCommandLine(spec, { paths })).toBe(
    "cryogem info raw/0.mrc raw/1.mrc raw/2.mrc [… and 1997 more]",
  );
  const few = { paths: paths.slice(0, 20) };
  expect(briefCommandLine(spec, few)).toBe(commandLine(spec, few));
});

describe("particles of an own refinement", () => {
  const stages = planStages(project(), { ...DATA, particles: ["refined/run_data.star"] });
  const simulations = stages.filter(({ command }) => command === "simulate");

  test("are what both simulations are made after, in place of a guessed spacing", () => {
    expect(simulations.map(({ name }) => name)).toEqual(["simulate", "specimens"]);
    for (const { options, inputs } of simulations) {
      expect(options).toMatchObject({ consensus: ["refined/run_data.star"], clustering: 0.7 });
      expect(options).not.toHaveProperty("collapseRatio");
      // a changed refinement makes them anew
      expect(inputs).toContain("refined/run_data.star");
    }
  });

  test("stand in a project file as one path or several", () => {
    expect(project("particles: run_data.star").settings.particles).toEqual(["run_data.star"]);
    expect(project("particles: [a.cs, b.cs]").settings.particles).toEqual(["a.cs", "b.cs"]);
  });
});
