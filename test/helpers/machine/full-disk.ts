import { appendFileSync } from "node:fs";
import { FileError } from "../../../src/core/errors.js";
import type { Files } from "../../../src/core/ports.js";
import { nodeFiles } from "../../../src/runtime/files.js";

const FULL = "no space left on the device";

/** A disk that is full from the nth write on, until space is freed. */
export interface FullDisk {
  readonly files: Files;
  /** Whether a write was refused. */
  readonly wasFull: () => boolean;
}

/** Files on a disk that takes all that is written before the nth write, and half of that one; removing and renaming go on. */
export function diskFullAt(nth: number): FullDisk {
  let writes = 0;
  const isFull = (): boolean => ++writes >= nth;
  const refusal = (path: string): FileError => new FileError(path, FULL, "a writable place");
  const files: Files = {
    ...nodeFiles,
    write: async (path, bytes) => nodeFiles.write(path, isFull() ? cutOff() : bytes),
    append: async (path, text) => {
      if (!isFull()) return nodeFiles.append(path, text);
      appendFileSync(path, text.slice(0, text.length / 2));
      throw refusal(path);
    },
    lock: async (path) => {
      if (isFull()) throw refusal(path);
      return nodeFiles.lock(path);
    },
  };
  return { files, wasFull: () => writes >= nth };
}

/** Bytes after which the system has no room, as it says so itself. */
async function* cutOff(): AsyncGenerator<Uint8Array> {
  yield Uint8Array.of(1, 2, 3);
  throw Object.assign(new Error(`ENOSPC: ${FULL}, write`), { code: "ENOSPC", syscall: "write" });
}
