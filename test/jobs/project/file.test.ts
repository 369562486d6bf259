import { expect, test } from "vitest";
import { parseProject } from "../../../src/jobs/project/file.js";

const TOP = `micrographs: raw/*.mrc
model: a.pdb
pixelSize: 1.06
voltage: 300
cs: 2.7
particleDiameter: 130
`;
const parse = (text: string) => parseProject(text, "here/project.yaml");

test("values stand as on the command line or as YAML has them; the folder of the file is the base", () => {
  const { settings, sections, base, folder } = parse(
    `${TOP}heldOut: [b/1.mrc, b/2.mrc]\nsimulate:\n  size: 620x600\n  particles: 120,20\nspecimens:\n  particles: [5, 1]\n  size: 256\ntrain:\n`,
  );
  expect([base, folder]).toEqual(["here", "here"]);
  expect(settings).toMatchObject({
    ...{
      micrographs: ["raw/*.mrc"],
      heldOut: ["b/1.mrc", "b/2.mrc"],
      symmetry: "C1",
      workingPixelSize: "auto",
    },
    ...{ amplitudeContrast: 0.1, seed: 1 },
  });
  expect(sections.simulate).toMatchObject({ size: [600, 620], particles: [120, 20] });
  expect(sections.specimens).toMatchObject({ particles: [5, 1], size: [256, 256] });
  expect(sections.train).toEqual({});
});

test.each([
  ["pixelsize: 3\n", "here/project.yaml: pixelsize: unknown option, did you mean `pixelSize`?"],
  ["simulate:\n  cuont: 3\n", "here/project.yaml: simulate.cuont: unknown option, did you mean `count`?"],
  [
    "simulate:\n  count: 0\n",
    "here/project.yaml: simulate.count: found 0, expected a whole number, 1 to 999999",
  ],
  [
    "simulate:\n  out: elsewhere\n",
    "here/project.yaml: simulate.out: the project gives it itself, expected none",
  ],
  ["simulate: 3\n", "here/project.yaml: simulate: found 3, expected options of that stage below it"],
  ["voltage: 20\n", "here/project.yaml: line"],
  ["map: b.mrc\n", "here/project.yaml: found model and map, expected one of them"],
  ["seed: [1\n", "here/project.yaml: line"],
])("%j is refused with its place", (more, message) => {
  expect(() => parse(TOP + more)).toThrow(message);
});

test("missing keys are named, and text that is no table is refused", () => {
  expect(() => parse(TOP.replace(/voltage.*\n/, ""))).toThrow(
    "here/project.yaml: voltage: found none, expected 60 to 1000 kV",
  );
  expect(() => parse(TOP.replace(/model.*\n/, ""))).toThrow(
    "found neither model nor map, expected one of them",
  );
  expect(() => parse("")).toThrow('here/project.yaml: text: found "nothing", expected keys with values');
  expect(() => parse("- a\n- b\n")).toThrow("here/project.yaml: text");
});

test.each([
  [
    "a pattern without quotes",
    TOP.replace("raw/*.mrc", "*.mrc"),
    'here/project.yaml: line 1: found "*.mrc", expected quotes around a text that begins with *, as "*.mrc"',
  ],
  ["an alias of nothing", `${TOP}title: *name\n`, 'line 7: found "*name", expected quotes'],
  ["a key twice", `${TOP}cs: 2\n`, 'line 7: found "a key that stands above already", expected each key once'],
  [
    "a tab",
    `${TOP}train:\n\tsteps: 5\n`,
    'line 8: found "a tab", expected spaces at the beginning of a line',
  ],
  ["a bracket that is not closed", `${TOP}skip: [report\n`, /line \d: found "[^"]*", expected YAML$/],
  [
    "a symmetry that is no point group",
    `${TOP}symmetry: octahedral\n`,
    'here/project.yaml: symmetry: found "octahedral", expected C1, C2, …',
  ],
  [
    "a section misspelt",
    `${TOP}pick-train: { steps: 5 }\n`,
    "pick-train: unknown option, did you mean `pickTrain`?",
  ],
  ["__proto__", `${TOP}"__proto__": {a: 1}\n`, "here/project.yaml: __proto__: unknown option"],
])("%s is refused with its line or key", (_name, text, message) => {
  expect(() => parse(text)).toThrow(message);
});

test("aliases of aliases that stand for millions of values are refused", () => {
  const names = [..."abcdefghi"];
  const levels = names.map((name, i) => `${name}: &${name} [${Array(9).fill(i ? `*${names[i - 1]}` : "x")}]`);
  expect(() => parse(levels.join("\n"))).toThrow(/here\/project.yaml: text: found "Excessive alias count/);
});

test("anchors, merged tables and line ends of any system are read", () => {
  const text = `${TOP}simulate: &common { size: 256 }\nspecimens:\n  <<: *common\n  count: 3\n`;
  for (const end of ["\n", "\r\n", "\r"]) {
    const { specimens } = parse(text.replaceAll("\n", end)).sections;
    expect(specimens).toMatchObject({ size: [256, 256], count: 3 });
  }
});
