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

/** Correlation above which particles still agree: a curve that ends there says nothing of finer detail. */
const AGREE = 0.143;

/**
 * What to say of a curve of other maps, as of binned ones, that ends before the map's detail and while halves still agree: beyond its end
 * the last value is taken. Undefined where there is nothing to say.
 *
 * @param finest detail of the map, angstrom
 */
export function shortFscDoubt(
  { frequencies, correlation }: FscTable,
  finest: number,
  path: string,
): string | undefined {
  const step = frequencies[1]! - frequencies[0]!;
  const [end, last] = [frequencies.at(-1)!, correlation.at(-1)!];
  if (end + step >= 1 / finest || !(last > AGREE)) return undefined;
  return (
    `${path}: the correlation ends at ${(1 / end).toFixed(2)} angstrom, where it is ${last.toFixed(2)}; beyond it, up to ` +
    `${finest.toFixed(2)}, this value is used: is it of maps with larger pixels?`
  );
}
