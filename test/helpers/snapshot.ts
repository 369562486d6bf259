import { createHash } from "node:crypto";
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";

/** Names and SHA-256 of everything in a folder, hidden files among them. */
export function snapshot(folder: string): Record<string, string> {
  const out: Record<string, string> = {};
  for (const name of (readdirSync(folder, { recursive: true }) as string[]).sort()) {
    const path = join(folder, name);
    const isFolder = statSync(path).isDirectory();
    out[name] = isFolder ? "folder" : createHash("sha256").update(readFileSync(path)).digest("hex");
  }
  return out;
}
