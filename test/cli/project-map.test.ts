import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, expect, test } from "vitest";
import { readParticlesStar } from "../../src/io/particles/star.js";
import { CONTROL, parseControlRecord } from "../../src/jobs/control/records.js";
import { scratchFolder } from "../helpers/scratch.js";
import { writeToyMap } from "../helpers/toys/map.js";
import { programIn } from "./program.js";

const dir = scratchFolder();

const run = programIn(dir);

/** As small and short as the commands allow: what comes out is no map worth the name, but every stage has done its work. */
const PROJECT = `micrographs: real/micrographs
map: map.mrc
ctf: real/micrographs.star
pixelSize: 4
voltage: 300
cs: 2.7
particleDiameter: 100
symmetry: C1
goal: map
simulate: { count: 2, size: 256, particles: 8 }
specimens: { count: 2, size: 256, particles: 8 }
train: { steps: 2, crop: 64, calibrate: false }
pickTrain: { steps: 10, crop: 64, batch: 2, validation: 0 }
pickRun: { threshold: -100, minDistance: 150 }
refine: { iterations: 1 }
`;

beforeAll(async () => {
  writeToyMap(join(dir, "map.mrc"));
  const size = ["--size", "256", "--particles", "10", "--count", "3", "--snr", "1"];
  await run("simulate", "--map", "map.mrc", ...size, "--out", "real", "--workers", "1");
  writeFileSync(join(dir, "project.yaml"), PROJECT);
  const { status, stderr } = await run("run", "project.yaml");
  expect([status, status === 0 ? "" : stderr]).toEqual([0, ""]);
}, 300_000);

/** How the stages stand. */
async function states(): Promise<Readonly<Record<string, string>>> {
  const { stdout } = await run("run", "project.yaml", "--plan", "--json");
  const { stages } = JSON.parse(stdout.trim().split("\n").at(-1)!) as {
    stages: readonly { stage: string; state: string }[];
  };
  return Object.fromEntries(stages.map(({ stage, state }) => [stage, state]));
}

test("a project goes from raw micrographs to a map, and nothing is left to do", async () => {
  const found = Object.entries(await states());
  expect(found.slice(-6).map(([name]) => name)).toEqual([
    ...["pick-run", "extract", "refine", "mask", "postprocess", "fsc"],
  ]);
  expect(new Set(found.map(([, state]) => state))).toEqual(new Set(["done"]));
  const star = join(dir, "refined/run_data.star");
  const { particles } = readParticlesStar(readFileSync(star), star);
  expect(particles.length).toBeGreaterThan(20);
  // the defocus of each particle is that of its micrograph in the given table
  expect(particles.every(({ defocus, angles }) => defocus && angles)).toBe(true);
});

test("its page shows particles, refinement, resolution and sections, with every command", () => {
  const page = readFileSync(join(dir, "report.html"), "utf8");
  for (const id of ["cut-out", "refinement", "map", "next"]) expect(page).toContain(`<section id="${id}">`);
  for (const words of ["extract", "refine", "mask", "postprocess", "fsc"]) {
    expect(page).toContain(`<code>cryogem ${words} `);
  }
  expect(page).toContain("is no independent truth");
  expect(page).toContain("half maps, masked, corrected by random phases, 0.143");
  expect(page).toContain("map against map.mrc, 0.5");
});

test("the same loop without particles, and the page shows it", { timeout: 300_000 }, async () => {
  const { status, stdout, stderr } = await run(
    "control",
    "--project",
    "project.yaml",
    "--kind",
    "matched-noise",
  );
  expect([status, status === 0 ? "" : stderr]).toEqual([0, ""]);
  expect(stdout).toContain("best peaks of matched noise");
  const path = join(dir, CONTROL.record);
  const { loops, frequencies } = parseControlRecord(readFileSync(path, "utf8"), path);
  expect(loops.map(({ kind }) => kind)).toEqual(["particles", "matched-noise"]);
  expect(loops[0]!.correlation).toHaveLength(frequencies.length);
  // as many peaks as there are picks, or all of them
  expect(loops[1]!.refined).toBeLessThanOrEqual(loops[0]!.refined);
  expect(readFileSync(join(dir, "report.html"), "utf8")).toContain('<section id="control">');
  const again = await run("control", "--project", "project.yaml", "--kind", "matched-noise");
  expect(again.stderr).toContain("Control: refine them against the same map: done already");
});

test("an option of the refinement redoes it and what follows, and a control of another refinement is not shown", {
  timeout: 300_000,
}, async () => {
  writeFileSync(join(dir, "project.yaml"), PROJECT.replace("iterations: 1", "iterations: 2"));
  const wanted = {
    extract: "done",
    refine: "outdated",
    mask: "outdated",
    postprocess: "outdated",
    fsc: "outdated",
  };
  expect(await states()).toMatchObject(wanted);
  const { status, stderr } = await run("run", "project.yaml");
  expect([status, status === 0 ? "" : stderr]).toEqual([0, ""]);
  expect(existsSync(join(dir, "refined.before-1/refine.json"))).toBe(true);
  expect(readFileSync(join(dir, "report.html"), "utf8")).not.toContain('<section id="control">');
});

test("averages and the poses of a network are made where they are asked for, and refined from", {
  timeout: 300_000,
}, async () => {
  const added = `${PROJECT}add: [classify2d, poses]
classify2d: { classes: 2, iterations: 1 }
poseTrain: { steps: 2, side: 32, width: 8, batch: 4 }
`;
  writeFileSync(join(dir, "project.yaml"), added);
  const { status, stderr } = await run("run", "project.yaml", "--to", "refine");
  expect([status, status === 0 ? "" : stderr]).toEqual([0, ""]);
  expect(existsSync(join(dir, "classes/classes.svg"))).toBe(true);
  const star = join(dir, "poses/poses.star");
  expect(readParticlesStar(readFileSync(star), star).particles.every(({ angles }) => angles)).toBe(true);
  expect(stderr).toContain("--poses poses/poses.star");
});

test.each([
  [["demo", "--mapp"], "unknown option '--mapp'"],
  [
    ["control", "--project", "project.yaml", "--pixel-size", "3"],
    "--pixel-size: found it with --project, expected it with --micrographs alone",
  ],
  [
    ["control", "--out", "x"],
    "control: found none of them, expected one of --particles, --micrographs and --project",
  ],
  [
    ["control", "--project", "project.yaml", "--kind", "shuffled-poses"],
    "--kind: found shuffled-poses with --project",
  ],
] as const)("%j is refused", async (args, message) => {
  const { status, stderr } = await run(...args);
  expect(stderr).toContain(message);
  expect(status).toBe(2);
});

test("the demo says that it can go on to a map", async () => {
  const { stdout } = await run("demo", "--help");
  expect(stdout.replace(/\s+/g, " ")).toContain("--map go on to picks, particles and an octahedral map");
});
