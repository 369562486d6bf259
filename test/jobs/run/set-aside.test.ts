import { readFileSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { expect, test } from "vitest";
import { writeMrc } from "../../../src/io/mrc/write.js";
import { openProject, runProject } from "../../../src/jobs/run/run.js";
import { inlineWorkers } from "../../../src/jobs/shared/inline-workers.js";
import { context, evidence, TEXT, toyProject, writeNoise } from "./toy-project.js";

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

/** A project with a table of CTFs that has rows for these names. */
function withTable(names: readonly string[], voltage = 300): void {
  const rows = names.map((name) => `MotionCorr/${name}.mrc 15000 14900 0 ${voltage} 2.7 0.1`).join("\n");
  const labels = ["MicrographName", "DefocusU", "DefocusV", "DefocusAngle", "Voltage", "SphericalAberration"];
  const head = [...labels, "AmplitudeContrast"].map((label) => `_rln${label}`).join("\n");
  writeFileSync(join(dir, "ctf.star"), `data_\nloop_\n${head}\n${rows}\n`);
  writeFileSync(PROJECT, `${TEXT}ctf: ctf.star\n`);
}

test("a micrograph that the table of CTFs lacks is set aside; a table of other micrographs stops the run", async () => {
  withTable(["1", "3", "4"]);
  const { context: job, given, warnings } = context();
  await runProject({ project: PROJECT, to: "estimate" }, job);
  expect(given.get("estimate")!["micrographs"]).toEqual([join(dir, "1.mrc"), join(dir, "3.mrc")]);
  expect(warnings).toContainEqual(
    expect.stringMatching(/^set aside: .*2\.mrc: .*ctf\.star has no row for it\./),
  );
  withTable(["one", "two"]);
  await expect(openProject(PROJECT, {}, context().context)).rejects.toThrow(
    /^stop: .*ctf\.star: it has no row for any of the micrographs \(it names MotionCorr\/one\.mrc, the project .*1\.mrc\)\. Rows are told by/,
  );
});

test("on the way to a map every micrograph must be whole and have its CTF, those too that are not learned from", async () => {
  writeNoise(dir, 6, 6);
  writeNoise(dir, 7, 7);
  withTable(["1", "2", "3", "4", "5", "7"]);
  const text = TEXT.replace("5.mrc]\n", "5.mrc, 6.mrc, 7.mrc, 8.mrc]\n");
  writeFileSync(join(dir, "8.mrc"), readFileSync(join(dir, "7.mrc")).subarray(0, 9000));
  const few = `${text}ctf: ctf.star\nlearnFrom: 2\n`;
  const picked = async (more: string) => {
    writeFileSync(PROJECT, few + more);
    const { context: job, warnings } = context();
    const { planned } = await openProject(PROJECT, {}, job);
    const pick = planned.find(({ stage }) => stage.name === "pick-run")!.stage.options;
    return { names: (pick["micrographs"] as string[]).map((path) => basename(path, ".mrc")), job, warnings };
  };
  // picks leave out what cannot be read by themselves
  expect((await picked("")).names).toEqual(["1", "2", "3", "4", "5", "6", "7", "8"]);
  const damaged = readFileSync(join(dir, "3.mrc"));
  const whole = Buffer.from(damaged);
  damaged.writeFloatLE(Number.NaN, 1024 + 4 * 500);
  writeFileSync(join(dir, "3.mrc"), damaged);
  expect((await picked("goal: map\nsymmetry: C1\n")).names).toEqual(["1", "2", "4", "5", "7"]);
  // another copy of it, of the same size, is read again
  writeFileSync(join(dir, "3.mrc"), whole);
  const map = await picked("goal: map\nsymmetry: C1\n");
  expect(map.names).toEqual(["1", "2", "3", "4", "5", "7"]);
  await runProject({ project: PROJECT, to: "estimate" }, map.job);
  const aside = map.warnings.filter((line) => line.startsWith("set aside")).join("\n");
  expect(aside).toMatch(/8\.mrc: file size: found 9000, expected 37888 bytes/);
  expect(aside).toMatch(/6\.mrc, .*8\.mrc: .*ctf\.star has no row for it/);
});

test("what was read of the others before a stop is not read again", async () => {
  writeFileSync(
    PROJECT,
    `${TEXT.replace("5.mrc]\n", "5.mrc, 6.mrc, 7.mrc]\n")}learnFrom: 2\ngoal: map\nsymmetry: C1\n`,
  );
  for (const number of [6, 7]) writeNoise(dir, number, number);
  const reading = (stopAt?: string) => {
    const { context: job } = context();
    const read: string[] = [];
    const files = {
      ...job.files,
      read: async (path: string) => {
        if (path === stopAt) throw new Error("killed");
        read.push(path);
        return job.files.read(path);
      },
    };
    return { read, job: { ...job, workers: inlineWorkers(files) } };
  };
  const [sixth, seventh] = [join(dir, "6.mrc"), join(dir, "7.mrc")];
  await expect(openProject(PROJECT, {}, reading(seventh).job)).rejects.toThrow("killed");
  const again = reading();
  await openProject(PROJECT, {}, again.job);
  expect(again.read).toContain(seventh);
  expect(again.read).not.toContain(sixth);
});

test("where nothing is left to learn from, the reasons are told before the refusal", async () => {
  for (const name of ["1", "2", "3"]) writeFileSync(join(dir, `${name}.mrc`), "");
  const { context: job, warnings } = context();
  await expect(openProject(PROJECT, {}, job)).rejects.toThrow(
    "stop: micrographs: none of them can be used. The reason of each says what to do.",
  );
  expect(warnings).toEqual([
    expect.stringMatching(
      /^set aside: .*1\.mrc, .*2\.mrc, .*3\.mrc: file size: found 0, expected at least 1024 bytes\./,
    ),
  ]);
});
