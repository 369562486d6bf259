import { readFileSync } from "node:fs";
import { open, readFile, rm, stat, writeFile } from "node:fs/promises";
import { hostname } from "node:os";
import { dirname } from "node:path";
import { UsageError } from "../core/errors.js";
import { makeFolder } from "./make-folder.js";

/** What stands in a lock: which process holds it. */
interface Holder {
  readonly host: string;
  readonly pid: number;
  /** When the process started, in the system's own count; tells a process from a later one of the same number. */
  readonly started: string;
}

/** Milliseconds between two signs of life in a lock. */
const BEAT = 60_000;
/** Milliseconds without one after which the process of another machine counts as ended; file systems may show a change late. */
const LEASE = 5 * BEAT;

/**
 * Takes a lock, a file that names this process and is written again once a minute, as a sign of life for other machines. A lock
 * whose process has ended is taken over: one of this machine at once, one of another after five minutes without a sign.
 *
 * @returns gives the lock back
 * @throws UsageError that names the process which holds it
 */
export async function takeLock(path: string): Promise<() => Promise<void>> {
  await makeFolder(dirname(path));
  const holder: Holder = { host: hostname(), pid: process.pid, started: startOf(process.pid) };
  const text = JSON.stringify(holder);
  while (!(await create(path, text))) await clearLock(path);
  const beat = setInterval(() => void giveSign(path, text), BEAT).unref();
  return async () => {
    clearInterval(beat);
    // after a long sleep of this machine it may be another's
    if ((await textOf(path)) === text) await rm(path, { force: true });
  };
}

/**
 * Removes a lock whose process has ended, if there is one.
 *
 * @throws UsageError that names the process which holds it
 */
export async function clearLock(path: string): Promise<void> {
  const text = await textOf(path);
  if (text === undefined) return;
  const other = parseHolder(text);
  if (other && (await isAlive(other, path))) throw held(path, other);
  await rm(path, { force: true });
}

/** What stands in a lock; nothing where there is none. */
async function textOf(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return undefined;
    throw error;
  }
}

/** Writes a lock again, unless it is gone. */
async function giveSign(path: string, text: string): Promise<void> {
  const file = await open(path, "r+").catch(() => undefined);
  // a sign that cannot be given is no reason to stop the work; the next one may
  await file?.write(text, 0).catch(() => undefined);
  await file?.close().catch(() => undefined);
}

/** Whether the file was made; not where there is one already. */
async function create(path: string, text: string): Promise<boolean> {
  try {
    const file = await open(path, "wx");
    try {
      await file.writeFile(text).finally(() => file.close());
    } catch (error) {
      // on a full disk there is room for the name alone
      await rm(path, { force: true });
      throw error;
    }
    return true;
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "EEXIST") return false;
    throw error;
  }
}

/** The process of a lock; nothing for a lock that was cut off while it was written. */
function parseHolder(text: string): Holder | undefined {
  const found = /^\{"host":"(.*)","pid":(\d+),"started":"(.*)"\}$/.exec(text);
  return found ? { host: found[1]!, pid: Number(found[2]), started: found[3]! } : undefined;
}

/** Whether a process is at work; of one on another machine its signs of life tell. */
async function isAlive({ host, pid, started }: Holder, path: string): Promise<boolean> {
  if (host !== hostname()) return (await sinceLastSign(path)) < LEASE;
  // in this very process a lock is held until it is given back
  if (pid === process.pid) return true;
  try {
    process.kill(pid, 0);
  } catch (error) {
    // without the permission to signal it, it is there all the same
    if (!(error instanceof Error && "code" in error && error.code === "EPERM")) return false;
  }
  return startOf(pid) === started;
}

/** Field 22 of Linux's /proc/PID/stat, counted behind the program's name in brackets; empty where there is no such file. */
function startOf(pid: number): string {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    return stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19] ?? "";
  } catch {
    return "";
  }
}

/** Milliseconds since a lock was written, by the clock of the file system, which may not be this machine's. */
async function sinceLastSign(path: string): Promise<number> {
  const probe = `${path}.${hostname()}.${process.pid}.partial`;
  try {
    await writeFile(probe, "");
    const now = await stat(probe);
    const then = await stat(path).catch(() => undefined);
    // given back meanwhile
    return then ? now.mtimeMs - then.mtimeMs : Number.POSITIVE_INFINITY;
  } finally {
    await rm(probe, { force: true });
  }
}

const held = (path: string, { host, pid }: Holder): UsageError =>
  new UsageError(
    `${dirname(path)}: found process ${pid} of ${host} at work in it, expected no other; if that process has ` +
      `ended, remove ${path}, or wait: without a sign of life its lock ends after ${LEASE / BEAT} minutes`,
  );
