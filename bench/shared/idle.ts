import { readFileSync } from "node:fs";

/** Cores that others may take of a machine that counts as idle: what a system itself does now and then. */
export const IDLE = 0.15;
/** Seconds over which that is looked at. */
const LOOK = 2;
/** Seconds after which waiting is given up. */
const PATIENCE = Number(process.env["PATIENCE"] ?? 600);

/** Processor seconds that all processes have taken since the machine started. Linux. */
export function busySeconds(): number {
  const [, user, nice, system, , , irq, softirq] = readFileSync("/proc/stat", "utf8")
    .split(/\s+/)
    .map(Number);
  return (user! + nice! + system! + irq! + softirq!) / 100;
}

/** Waits until others leave the machine alone. @returns whether they did before patience ended */
export async function untilIdle(): Promise<boolean> {
  for (let waited = 0; waited < PATIENCE; waited += LOOK) {
    const before = busySeconds();
    await new Promise((resolve) => setTimeout(resolve, 1000 * LOOK));
    if ((busySeconds() - before) / LOOK <= IDLE) return true;
    if (waited === 0) console.error("other work uses this machine: waiting for its end");
  }
  return false;
}
