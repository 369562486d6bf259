import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const PYTHON = "/usr/bin/python3";

/** Debian's python3-mrcfile, the format's own validator. */
export const hasMrcfile = spawnSync(PYTHON, ["-c", "import mrcfile"]).status === 0;

/** Runs a script with `bytes` in a file whose path is sys.argv[1]; what it prints. */
export function pythonOn(bytes: Uint8Array, name: string, script: string, python = PYTHON): string {
  const folder = mkdtempSync(join(tmpdir(), "cryogem-io-"));
  try {
    const path = join(folder, name);
    writeFileSync(path, bytes);
    const { stdout, stderr, status } = spawnSync(python, ["-c", script, path], { encoding: "utf8" });
    if (status !== 0) throw new Error(stderr);
    return stdout;
  } finally {
    rmSync(folder, { recursive: true });
  }
}
