import { spawn, spawnSync } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { scratchFolder } from "../helpers/scratch.js";
import { writeToyMap } from "../helpers/toys/map.js";
import { MAIN } from "./program.js";

const dir = scratchFolder();
const map = writeToyMap(join(dir, "map.mrc"));
const simulate = (out: string, count: number): readonly string[] => [
  ...["simulate", "--map", map, "--size", "96", "--particles", "3", "--workers", "1"],
  ...["--count", String(count), "--out", join(dir, out)],
];

/** Starts the program; `seen` is called when it first says something on a stream. */
function start(args: readonly string[], stream: "stdout" | "stderr", seen: (child: Child) => void) {
  const child = spawn(process.execPath, [MAIN, ...args]);
  let said = "";
  child.stderr.on("data", (data) => {
    said += data;
  });
  child[stream].once("data", () => seen(child));
  return new Promise<{ code: number | null; signal: string | null; said: string }>((resolve) =>
    child.on("close", (code, signal) => resolve({ code, signal, said })),
  );
}
type Child = ReturnType<typeof spawn>;

test("a job whose reader has seen enough, as `head`, goes on to its end", async () => {
  const args = [...simulate("read", 4), "--json"];
  const ended = await start(args, "stdout", ({ stdout }) => stdout!.destroy());
  expect(ended).toMatchObject({ code: 0, said: "" });
  expect(existsSync(join(dir, "read/dataset.json"))).toBe(true);
});

test.each(["SIGHUP", "SIGTERM", "SIGINT"] as const)(
  "%s stops a job so that it can be continued",
  async (signal) => {
    const out = signal.toLowerCase();
    const ended = await start(simulate(out, 400), "stderr", (child) => child.kill(signal));
    expect(ended.code).toBe(130);
    expect(ended.said.trim()).toMatch(/interrupted: run the same command again to continue$/);
    expect(readdirSync(join(dir, out)).filter((name) => /lock|partial/.test(name))).toEqual([]);
  },
);

test.skipIf(!existsSync("/dev/full"))(
  "a log that cannot be written is no reason to stop (needs /dev/full)",
  async () => {
    const words = simulate("logged", 1).map((word) => `"${word}"`);
    const child = spawn("sh", ["-c", `"${process.execPath}" "${MAIN}" ${words.join(" ")} 2> /dev/full`]);
    expect(await new Promise((resolve) => child.on("close", resolve))).toBe(0);
    expect(existsSync(join(dir, "logged/dataset.json"))).toBe(true);
  },
);

test.skipIf(!existsSync("/dev/full"))(
  "an output that cannot be written is a sentence (needs /dev/full)",
  async () => {
    const child = spawn("sh", ["-c", `"${process.execPath}" "${MAIN}" info "${map}" > /dev/full`]);
    let said = "";
    child.stderr.on("data", (data) => {
      said += data;
    });
    const code = await new Promise((resolve) => child.on("close", resolve));
    expect([code, said.trim()]).toEqual([1, expect.stringMatching(/^error: standard output: ENOSPC.*$/)]);
  },
);

/** Two gigabytes of addresses: node starts, and a kernel's memory cannot be had. */
const inLittleMemory = (words: readonly string[]) =>
  spawnSync("sh", ["-c", 'ulimit -v 2000000; exec "$@"', "sh", process.execPath, MAIN, ...words], {
    encoding: "utf8",
  });

test.skipIf(inLittleMemory(["--version"]).status !== 0)(
  "memory that cannot be had is a sentence that says what takes less (needs a node that starts in 2 GB of addresses)",
  () => {
    const { status, stderr } = inLittleMemory(simulate("little", 1));
    expect(stderr.trim().split("\n").at(-1)).toMatch(
      /^error: not enough memory \(.*\): smaller images or boxes, or fewer workers, take less$/,
    );
    expect(status).toBe(1);
  },
);
