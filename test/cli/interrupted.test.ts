import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { copyFileSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, expect, test } from "vitest";
import { Random } from "../../src/core/random.js";
import { planSimulation } from "../../src/jobs/simulate/plan.js";
import { simulateDataset } from "../../src/jobs/simulate/run.js";
import { jobContext } from "../helpers/job-context.js";
import { scratchFolder } from "../helpers/scratch.js";
import { writeToyMap } from "../helpers/toys/map.js";
import { MAIN } from "./program.js";

/** So many interruptions in all: few in the suite, and any number where the variable says it (twenty take ten minutes). */
const INTERRUPTIONS = Number(process.env["CRYOGEM_INTERRUPTIONS"] ?? 2);
/** Decides the moments. */
const SEED = Number(process.env["CRYOGEM_INTERRUPTIONS_SEED"] ?? 1);

const dir = scratchFolder();

const PROJECT = `micrographs: [1.mrc, 2.mrc, 3.mrc, 4.mrc, 5.mrc]
heldOut: [4.mrc, 5.mrc]
map: map.mrc
pixelSize: 4
voltage: 300
cs: 2.7
particleDiameter: 130
simulate: { count: 3, size: 256, workers: 1 }
specimens: { count: 3, size: 256, workers: 1 }
train: { steps: 3, crop: 64, calibrate: false, every: 1 }
evaluate: { tile: 128, workers: 1 }
estimate: { workers: 1 }
pickTrain: { steps: 3, every: 1, crop: 32 }
pickRun: { workers: 1 }
`;

/** A folder with a project and its data; paths are the same in each, so that results may be. */
function makeProject(name: string): string {
  const folder = join(dir, name);
  mkdirSync(folder);
  for (let i = 1; i <= 5; i++) {
    copyFileSync(join(dir, `real/micrographs/${String(i).padStart(6, "0")}.mrc`), join(folder, `${i}.mrc`));
  }
  copyFileSync(join(dir, "map.mrc"), join(folder, "map.mrc"));
  writeFileSync(join(folder, "project.yaml"), PROJECT);
  return folder;
}

/** Runs the project in its folder, and sends a signal after a while. @returns whether it ended by itself */
function runProject(folder: string, stop?: { signal: NodeJS.Signals; after: number }): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [MAIN, "run", "project.yaml"], { cwd: folder });
    let said = "";
    child.stderr.on("data", (data) => {
      said += data;
    });
    const timer = stop && setTimeout(() => child.kill(stop.signal), stop.after);
    child.on("exit", (code, signal) => {
      clearTimeout(timer);
      const wasStopped = stop !== undefined && (signal === stop.signal || code === 130);
      if (code === 0 || wasStopped) resolve(code === 0);
      else reject(new Error(`ended with ${code ?? signal}: ${said}`));
    });
  });
}

/** What the clock says is no result: seconds of steps and stages, the report's table of them, the times of input files. */
const withoutTimes = (text: string): string =>
  text
    .replace(/"(seconds|waiting)": ?[\d.e-]+/g, '"$1":0')
    .replace(/"version": ?"[\d.]+"/g, '"version":""')
    .replace(/<section id="timings">.*?<\/section>/gs, "")
    .replace(/(\d+(\.\d+)? (ms|s|min|h)\b ?)+(\([\d.]+ a second\))?/g, "0 s");

function resultsOf(folder: string): Readonly<Record<string, string>> {
  const names = (readdirSync(folder, { recursive: true }) as string[]).sort();
  return Object.fromEntries(
    names.map((name) => {
      const path = join(folder, name);
      if (statSync(path).isDirectory()) return [name, "folder"];
      const isText = /\.(jsonl?|html|txt|csv|svg|star|yaml)$/.test(name);
      const content = isText ? withoutTimes(readFileSync(path, "utf8")) : readFileSync(path);
      return [name, createHash("sha256").update(content).digest("hex")];
    }),
  );
}

beforeAll(async () => {
  const map = writeToyMap(join(dir, "map.mrc"));
  const options = { map: [map], out: join(dir, "real"), size: [256, 256] as const, count: 5, snr: 0.2 };
  await simulateDataset(planSimulation(options), jobContext().context);
}, 60_000);

test(`a run that is killed ${INTERRUPTIONS} times and repeated leaves the files of one that was not`, async () => {
  const whole = makeProject("whole");
  const start = performance.now();
  expect(await runProject(whole)).toBe(true);
  const length = performance.now() - start;
  const expected = resultsOf(whole);
  const random = Random.of(SEED, "interruptions");
  for (let made = 0, round = 1; made < INTERRUPTIONS; round++) {
    const folder = makeProject(`cut-${round}`);
    // each goes on for up to a third of the way, so that one project sees several and every stage its share
    for (let ended = false; !ended; ) {
      const signal = random.integer(2) === 0 ? "SIGKILL" : "SIGTERM";
      const after = random.uniform(0, length / 3);
      ended = made < INTERRUPTIONS ? await runProject(folder, { signal, after }) : await runProject(folder);
      if (!ended) made++;
    }
    const found = resultsOf(folder);
    const different = [...new Set([...Object.keys(expected), ...Object.keys(found)])].filter(
      (name) => expected[name] !== found[name],
    );
    expect(different).toEqual([]);
  }
}, 3_600_000);
