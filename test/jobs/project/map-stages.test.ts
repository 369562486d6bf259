import { describe, expect, test } from "vitest";
import { parseProject } from "../../../src/jobs/project/file.js";
import type { ProjectData, Stage } from "../../../src/jobs/project/stage.js";
import { planStages } from "../../../src/jobs/project/stages.js";
import { testTyping } from "./typed-stages.js";

const TOP = `micrographs: raw/*.mrc
model: a.pdb
pixelSize: 1.06
voltage: 300
cs: 2.7
particleDiameter: 130
`;
const TO_MAP = `${TOP}symmetry: O\ngoal: map\n`;
const DATA: ProjectData = {
  ...{ learned: ["raw/1.mrc", "raw/2.mrc"], heldOut: ["raw/3.mrc"], structure: "a.pdb" },
  all: ["raw/1.mrc", "raw/2.mrc", "raw/3.mrc"],
  ...{ binning: undefined, pixelSize: 1.06, size: [4096, 4096] },
};
const parse = (text: string) => parseProject(text, "here/project.yaml", { out: "out" });
const stagesOf = (more = "", data = DATA): readonly Stage[] => planStages(parse(TO_MAP + more), data);
const named = (stages: readonly Stage[], name: string): Stage => stages.find((stage) => stage.name === name)!;
const MAP_STAGES = ["ctf", "extract", "refine", "mask", "postprocess", "fsc"];

describe("a project whose goal is a map", () => {
  const stages = stagesOf("add: [classify2d, poses]\n");

  test("goes on from the picks, with the stages that were added in their place", () => {
    const names = stages.map(({ name }) => name);
    expect(names.slice(names.indexOf("pick-run") + 1)).toEqual([
      ...["ctf", "extract", "classify2d", "pose-train", "pose-run"],
      ...["refine", "mask", "postprocess", "fsc"],
    ]);
    const plain = stagesOf().map(({ name }) => name);
    expect(plain.slice(plain.indexOf("pick-run") + 1)).toEqual(MAP_STAGES);
    const done = new Set<string>();
    for (const { name, needs } of stages) {
      for (const each of needs) expect(done).toContain(each);
      done.add(name);
    }
  });

  testTyping(stages);

  test("particles are cut from the raw pixels, half as large again as the particle, at most 128 pixels wide", () => {
    // 195 angstrom are 184 pixels of 1.06; 192 has no prime factor above 5
    expect(named(stages, "extract").options).toMatchObject({ box: 192, rescale: 128, normalise: true });
    const coarse = planStages(parse(TO_MAP.replace("1.06", "3")), { ...DATA, pixelSize: 3 });
    expect(named(coarse, "extract").options).toMatchObject({ box: 72 });
    expect(named(coarse, "extract").options).not.toHaveProperty("rescale");
  });

  test("the refinement begins from the map at 30 angstrom, with the particle's symmetry; from a network's poses if asked for", () => {
    const { options, needs } = named(stages, "refine");
    expect(options).toMatchObject({
      ...{ reference: "out/map.mrc", symmetry: "O", initialLowPass: 30, poses: "out/poses/poses.star" },
    });
    expect(needs).toContain("pose-run");
    expect(named(stagesOf(), "refine").options).not.toHaveProperty("poses");
    expect(named(stagesOf("refine: { initialLowPass: 40 }\n"), "refine").options).toMatchObject({
      initialLowPass: 40,
    });
  });

  test("the network learns by the map, from what the picked particles tell of signal, noise and CTF", () => {
    const { options, inputs, needs } = named(stages, "pose-train");
    expect(options).toMatchObject({
      ...{ map: "out/map.mrc", particles: ["out/particles/stack.star"], symmetry: "O" },
    });
    expect([inputs, needs]).toEqual([[], ["extract", "potential"]]);
    const text = TO_MAP.replace("model: a.pdb", "map: a.mrc");
    const given = planStages(parse(`${text}add: [poses]\n`), { ...DATA, structure: "a.mrc" });
    expect(named(given, "pose-train")).toMatchObject({ options: { map: "a.mrc" }, inputs: ["a.mrc"] });
  });

  test("CTFs of another program are taken as they are; otherwise all raw micrographs are fitted", () => {
    expect(named(stagesOf(), "ctf")).toMatchObject({ options: { micrographs: DATA.all }, inputs: DATA.all });
    const known = stagesOf("", { ...DATA, ctf: "ctf.star" });
    expect(named(known, "ctf")).toBeUndefined();
    expect(named(known, "extract").options).toMatchObject({ ctf: "ctf.star" });
    // a changed table cuts the particles anew
    expect(named(known, "extract").inputs).toContain("ctf.star");
  });

  test("micrographs without a CTF are neither picked nor fitted again", () => {
    const unfitted = stagesOf("", { ...DATA, unfitted: new Set(["2"]) });
    for (const name of ["pick-run", "ctf"]) {
      expect(named(unfitted, name).options["micrographs"]).toEqual(["raw/1.mrc", "raw/3.mrc"]);
    }
  });

  test("a given map is the reference itself, and what the result is compared with", () => {
    const project = parseProject(TO_MAP.replace("model: a.pdb", "map: a.mrc"), "project.yaml", {
      out: "out",
    });
    const given = planStages(project, { ...DATA, structure: "a.mrc" });
    expect(named(given, "refine")).toMatchObject({ options: { reference: "a.mrc" }, inputs: ["a.mrc"] });
    expect(named(given, "fsc")).toMatchObject({ options: { other: "a.mrc", align: true } });
  });

  test("an MTF beside the project file is found from there, and its contents count", () => {
    const { options, inputs } = named(stagesOf("postprocess: { mtf: k2.star }\n"), "postprocess");
    expect([options["mtf"], inputs]).toEqual(["here/k2.star", ["here/k2.star"]]);
  });
});

describe("what is refused", () => {
  test.each([
    [
      `${TOP}goal: map\n`,
      "here/project.yaml: symmetry: found none, expected the point group of the particle",
    ],
    [`${TO_MAP}skip: [pick-run]\n`, "here/project.yaml: skip: found pick-run, expected the picks"],
    [`${TOP}add: [poses]\n`, "here/project.yaml: add: found poses with the goal picks, expected goal: map"],
    [`${TO_MAP}add: [pose]\n`, "here/project.yaml: add: found"],
    [
      `${TO_MAP}refine:\n  itertions: 3\n`,
      "here/project.yaml: refine.itertions: unknown option, did you mean",
    ],
    [`${TO_MAP}refine:\n  poses: a.star\n`, "here/project.yaml: refine.poses: the project gives it itself"],
    [`${TO_MAP}goal: maps\n`, "here/project.yaml"],
  ])("%j", (text, message) => {
    expect(() => parse(text)).toThrow(message);
  });

  test("stages of a map that is not wanted are not planned, and their sections are checked all the same", () => {
    const stages = planStages(parse(`${TOP}refine: { iterations: 3 }\n`), DATA);
    expect(stages.at(-1)!.name).toBe("pick-run");
    expect(() => parse(`${TOP}mask: { extend: many }\n`)).toThrow("here/project.yaml: mask.extend");
  });

  test("towards a map on demand, the stages that it needs are no longer skipped", () => {
    const text = `${TO_MAP.replace("goal: map\n", "")}skip: [evaluate, pick-train, pick-run]\n`;
    const { settings } = parseProject(text, "project.yaml", { toMap: true });
    expect(settings).toMatchObject({ goal: "map", skip: ["evaluate"] });
  });
});
