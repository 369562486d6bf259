import { readFileSync } from "node:fs";
import { open, readFile, rm } from "node:fs/promises";
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

/**
 * Takes a lock, a file that names this process. A lock whose process has ended on this machine is taken over.
 *
 * @returns gives the lock back
 * @throws UsageError that names the process which holds it
 */
export async function takeLock(path: string): Promise<() => Promise<void>> {
  await makeFolder(dirname(path));
  const holder: Holder = { host: hostname(), pid: process.pid, started: startOf(process.pid) };
  for (;;) {
    if (await create(path, JSON.stringify(holder))) return () => rm(path, { force: true });
    const other = parseHolder(await readFile(path, "utf8").catch(() => ""));
    if (other && isAlive(other)) throw held(path, other);
    await rm(path, { force: true });
  }
}

/** Whether the file was made; not where there is one already. */
async function create(path: string, text: string): Promise<boolean> {
  try {
    const file = await open(path, "wx");
    await file.writeFile(text).finally(() => file.close());
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

/** Whether a process is at work; one of another machine may be. */
function isAlive({ host, pid, started }: Holder): boolean {
  if (host !== hostname()) return true;
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

const held = (path: string, { host, pid }: Holder): UsageError =>
  new UsageError(
    `${dirname(path)}: found process ${pid} of ${host} at work in it, expected no other; if that process has ended, remove ${path}`,
  );
