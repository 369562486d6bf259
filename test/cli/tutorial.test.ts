import { spawn } from "node:child_process";
import {
  appendFileSync,
  chmodSync,
  existsSync,
  mkdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { scratchFolder } from "../helpers/scratch.js";

const root = fileURLToPath(new URL("../..", import.meta.url));
const text = readFileSync(join(root, "docs/guide/tutorial.md"), "utf8");
const lines = [...text.matchAll(/```sh\n(.*?)```/gs)].flatMap(([, block]) => block!.trim().split("\n"));

/** Fewer and smaller than the tutorial's, so that a test may take a minute. */
const SMALL = `
simulate: { count: 2, size: 256 }
specimens: { count: 2, size: 256 }
train: { steps: 2, crop: 64, calibrate: false }
evaluate: { tile: 128 }
pickTrain: { steps: 2, validation: 0 }
`;

/** Runs a line of a shell; the test's own thread stays free meanwhile. */
function shell(line: string, options: { readonly cwd: string; readonly env: NodeJS.ProcessEnv }) {
  return new Promise<{ status: number | null; stdout: string; stderr: string }>((resolve) => {
    const child = spawn("sh", ["-c", line], { ...options, stdio: ["ignore", "pipe", "pipe"] });
    let [stdout, stderr] = ["", ""];
    child.stdout.on("data", (data) => {
      stdout += data;
    });
    child.stderr.on("data", (data) => {
      stderr += data;
    });
    child.on("close", (status) => resolve({ status, stdout, stderr }));
  });
}

test("every command of the tutorial does what it says", { timeout: 600_000 }, async () => {
  const dir = scratchFolder();
  symlinkSync(join(root, "examples"), join(dir, "examples"));
  const bin = join(dir, "bin");
  mkdirSync(bin);
  writeFileSync(
    join(bin, "cryogem"),
    `#!/bin/sh\nexec "${process.execPath}" "${join(root, "dist/cli/main.js")}" "$@"\n`,
  );
  chmodSync(join(bin, "cryogem"), 0o755);
  const env = { ...process.env, PATH: `${bin}:${process.env["PATH"]}` };
  expect(lines.filter((line) => line.startsWith("cryogem")).length).toBeGreaterThan(4);
  for (const line of lines) {
    const { status, stderr } = await shell(line, { cwd: dir, env });
    expect([line, status, status === 0 ? "" : stderr]).toEqual([line, 0, ""]);
    if (line.startsWith("cryogem init")) appendFileSync(join(dir, "apoferritin/project.yaml"), SMALL);
  }
  for (const name of ["check/check.html", "report.html", "picks/picks.star", "scores/realism.txt"]) {
    expect(existsSync(join(dir, "apoferritin", name))).toBe(true);
  }
  // run again, nothing is left to do
  const again = (await shell("cryogem run apoferritin/project.yaml --plan --json", { cwd: dir, env })).stdout;
  const { stages } = JSON.parse(again.trim().split("\n").at(-1)!) as { stages: { state: string }[] };
  expect(new Set(stages.map(({ state }) => state))).toEqual(new Set(["done"]));
});
