import { totalmem } from "node:os";

/** Bytes of memory that this process may have: the machine's, or what its container allows. */
export function machineMemory(): number {
  // 0 or a number beyond any machine's where nothing is constrained; older releases of Node have no such function
  const allowed = process.constrainedMemory?.() ?? 0;
  return allowed > 0 ? Math.min(totalmem(), allowed) : totalmem();
}
