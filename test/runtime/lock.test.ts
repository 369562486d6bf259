import { spawnSync } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { takeLock } from "../../src/runtime/lock.js";
import { scratchFolder } from "../helpers/scratch.js";

const path = join(scratchFolder(), "folder/.lock");
const lockOf = (holder: { host?: string; pid: number; started?: string }): string =>
  JSON.stringify({ host: hostname(), started: "", ...holder }, ["host", "pid", "started"]);

test("the lock is a file that goes when it is given back", async () => {
  const release = await takeLock(path);
  expect(readFileSync(path, "utf8")).toContain(`"pid":${process.pid}`);
  await expect(takeLock(path)).rejects.toThrow(`found process ${process.pid} of ${hostname()} at work in it`);
  await release();
  expect(existsSync(path)).toBe(false);
});

test.each([
  ["of a process that has ended", () => lockOf({ pid: spawnSync("true").pid })],
  ["of an earlier process of a number now in use", () => lockOf({ pid: process.ppid, started: "1" })],
  ["that was cut off while it was written", () => '{"host":"'],
])("a lock %s is taken over", async (_what, text) => {
  writeFileSync(path, text());
  const release = await takeLock(path);
  await release();
});

test("a lock of another machine is respected, and the message says what to do", async () => {
  writeFileSync(path, lockOf({ host: "node-7", pid: 4 }));
  await expect(takeLock(path)).rejects.toThrow(
    `found process 4 of node-7 at work in it, expected no other; if that process has ended, remove ${path}`,
  );
});
