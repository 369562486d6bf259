import { OptionError } from "../../core/errors.js";
import type { JobContext } from "../../core/ports.js";

/** Bytes, where the machine's memory is not known: as browsers have. */
const UNKNOWN = 8 * 2 ** 30;

/** Work whose memory can be told beforehand. */
export interface MemoryNeed {
  /** At the same time, in the largest step. */
  readonly bytes: number;
  /** The option that decides it. */
  readonly option: string;
  /** What takes it, as "a map of 4500 x 4500 x 4500 voxels". */
  readonly what: string;
  /** What takes less. */
  readonly instead: string;
}

/** Refuses work that takes more memory than the machine has, before any is taken. @throws OptionError */
export function refuseBeyondMemory(
  { bytes, option, what, instead }: MemoryNeed,
  { memory = UNKNOWN }: Pick<JobContext, "memory">,
): void {
  if (bytes <= memory) return;
  throw new OptionError(
    option,
    `found ${what}, about ${gigabytes(bytes)} of memory, expected at most the ${gigabytes(memory)} of this machine: ${instead}`,
  );
}

const gigabytes = (bytes: number): string => `${Number((bytes / 2 ** 30).toPrecision(2))} GB`;
