import type { FscTable } from "../../io/read-fsc.js";
import { signalToNoiseOfFsc } from "../../reconstruct/weights.js";

/** The signal-to-noise ratio of all particles at a frequency: by the shell that is nearest, or the last one. */
export function signalToNoiseOf({ frequencies, correlation }: FscTable): (frequency: number) => number {
  const step = frequencies[1]! - frequencies[0]!;
  return (frequency) => {
    const shell = Math.min(correlation.length - 1, Math.round(frequency / step));
    return signalToNoiseOfFsc(correlation[shell]!);
  };
}
