import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { beforeEach } from "vitest";
import { entries } from "../../../src/cli/commands/index.js";
import { Random } from "../../../src/core/random.js";
import { writeMrc } from "../../../src/io/mrc/write.js";
import type { MicrographEstimate } from "../../../src/jobs/estimate/records.js";
import type { RunContext } from "../../../src/jobs/run/run.js";
import { jobContext } from "../../helpers/job-context.js";
import { scratchFolder } from "../../helpers/scratch.js";
import { toyEstimates } from "../../helpers/toys/estimates.js";

export const TEXT = `micrographs: [1.mrc, 2.mrc, 3.mrc, 4.mrc, 5.mrc]
heldOut: [4.mrc, 5.mrc]
model: a.pdb
pixelSize: 3
voltage: 300
cs: 2.7
particleDiameter: 60
`;

/** Commands of its stages, in order. */
export const ALL = [
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

/** A project of five micrographs of noise, written anew before each test. */
export function toyProject() {
  const dir = join(scratchFolder(), "project");
  const project = join(dir, "project.yaml");
  const write = (): void => writeProject(dir);
  beforeEach(write);
  return { dir, project, write };
}

function writeProject(dir: string): void {
  rmSync(dir, { recursive: true, force: true });
  mkdirSync(dir);
  for (let i = 1; i <= 5; i++) writeNoise(dir, i, i);
  const atom = (i: number, x: number): string => {
    const [serial, residue] = [String(i).padStart(5), String(i).padStart(4)];
    const place = `${x.toFixed(3).padStart(8)}   0.000   0.000`;
    return `ATOM  ${serial}  CB  ALA A${residue}    ${place}  1.00  0.00           C\n`;
  };
  writeFileSync(join(dir, "a.pdb"), Array.from({ length: 20 }, (_, i) => atom(i + 1, 3 * i)).join(""));
  writeFileSync(join(dir, "project.yaml"), TEXT);
}

/** Writes a micrograph of noise, 96 x 96 pixels of 3 angstrom. */
export function writeNoise(dir: string, number: number, seed: number): void {
  const random = Random.of(seed, "run test");
  const data = Float32Array.from({ length: 96 * 96 }, () => 100 + 10 * random.normal());
  writeFileSync(join(dir, `${number}.mrc`), writeMrc({ data, shape: [1, 96, 96], voxelSize: 3 }));
}

/** Commands that write no more than their name into their output; `broken` fails once. */
export function context(broken?: string) {
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
export const evidence: Record<string, number> = {};

/** What `estimate` writes of micrographs. */
function estimatesOf(paths: readonly string[]): string {
  const inFolder = (path: string) => ["1.mrc", "2.mrc", "3.mrc"].map((name) => join(path, name));
  const files = paths.flatMap((path) => (path.endsWith(".mrc") ? [path] : inFolder(path)));
  const micrographs = files.map((file): MicrographEstimate => {
    const stem = basename(file, ".mrc");
    const made = { ctfPicture: `ctf/${stem}.png`, ctfCurve: "", ice: "", icePreview: "" };
    return {
      ...{ file, sha256: "0".repeat(64), shape: [96, 96], defocusU: 1, defocusV: 1, defocusAngle: 0 },
      ...{
        phaseShift: 0,
        ctfFrom: "fit",
        score: 0.5,
        evidence: evidence[basename(file)] ?? 100,
        resolution: 9,
      },
      ...{ ice: { mean: 1, lowest: 1 }, signalFraction: 0, backgroundFraction: 1 },
      ...{ particles: null, particleSize: null },
      files: { ...made, particlePicture: "", sizeCurve: "" },
    };
  });
  const optics = { pixelSize: 3, voltage: 300, sphericalAberration: 2.7, amplitudeContrast: 0.1 };
  return JSON.stringify(toyEstimates({ optics, particleDiameter: 60, micrographs }));
}
