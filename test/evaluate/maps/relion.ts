import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Volume } from "../../../src/array/image.js";
import { readVolume } from "../../../src/io/mrc/read.js";
import { writeMrc } from "../../../src/io/mrc/write.js";

/** Writes a map into the folder under this name and returns its path. */
export function writeMap(folder: string, name: string, volume: Volume): string {
  const path = join(folder, name);
  writeFileSync(path, writeMrc({ ...volume, kind: "volume" }));
  return path;
}

export const readMapFile = (path: string): Volume => readVolume(readFileSync(path), path);

/** Runs a program of RELION in a folder; its output comes back, or is part of the error. */
export function relion(program: string, args: readonly (string | number)[], folder: string): string {
  return execFileSync(program, args.map(String), { cwd: folder, stdio: "pipe", encoding: "utf8" });
}
