import { signalToNoiseOfFsc } from "../../reconstruct/weights.js";

/** The FSC of two half maps, shells evenly spaced from 0, 1/angstrom. Plain data. */
export interface FscTable {
  readonly frequencies: Float64Array;
  readonly correlation: Float64Array;
}

/** The signal-to-noise ratio of all particles at a frequency: by the shell that is nearest, or the last one. */
export function signalToNoiseOf({ frequencies, correlation }: FscTable): (frequency: number) => number {
  const step = frequencies[1]! - frequencies[0]!;
  return (frequency) => {
    const shell = Math.min(correlation.length - 1, Math.round(frequency / step));
    return signalToNoiseOfFsc(correlation[shell]!);
  };
}
