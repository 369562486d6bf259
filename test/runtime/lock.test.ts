import { spawnSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { dirname, join } from "node:path";
import { expect, test, vi } from "vitest";
import { clearLock, takeLock } from "../../src/runtime/lock.js";
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
    `found process 4 of node-7 at work in it, expected no other; if that process has ended, remove ${path}, or wait: without a sign of life its lock ends after 5 minutes`,
  );
  await expect(clearLock(path)).rejects.toThrow("found process 4 of node-7");
});

test("a lock of another machine is taken over after five minutes without a sign of life, and not before", async () => {
  writeFileSync(path, lockOf({ host: "node-7", pid: 4 }));
  const ago = (seconds: number): Date => new Date(Date.now() - 1000 * seconds);
  utimesSync(path, ago(270), ago(270));
  await expect(takeLock(path)).rejects.toThrow("found process 4 of node-7");
  utimesSync(path, ago(330), ago(330));
  const release = await takeLock(path);
  expect(readFileSync(path, "utf8")).toContain(`"pid":${process.pid}`);
  await release();
  expect(readdirSync(dirname(path))).toEqual([]);
});

test("a process gives a sign of life every minute, and takes back no lock that became another's", async () => {
  vi.useFakeTimers({ toFake: ["setInterval", "clearInterval"] });
  const release = await takeLock(path);
  utimesSync(path, 0, 0);
  await vi.advanceTimersByTimeAsync(60_000);
  vi.useRealTimers();
  await vi.waitFor(() => expect(statSync(path).mtimeMs).toBeGreaterThan(Date.now() - 60_000));
  writeFileSync(path, lockOf({ host: "node-7", pid: 4 }));
  await release();
  expect(readFileSync(path, "utf8")).toContain("node-7");
});
