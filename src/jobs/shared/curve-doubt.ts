import type { TransferCurve } from "../../io/transfer-curve.js";

/** Cycles per pixel, at which RELION's curves end. */
const NYQUIST = 0.5;

/** By which the last frequency may fall short of Nyquist. */
const NEARLY = 0.9;

/**
 * What to say of an MTF or a DQE that does not end at Nyquist: where it goes to 1, its frequencies may be shares of Nyquist, by which
 * everything would be cut off at half its frequency; undefined where nothing is odd.
 */
export function curveDoubt({ frequency }: TransferCurve, path: string): string | undefined {
  const last = frequency.at(-1)!;
  if (last < NEARLY * NYQUIST)
    return `${path}: the curve ends at ${last} cycles per pixel: beyond it, up to ${NYQUIST}, its last value is used`;
  if (last > 2 * NEARLY * NYQUIST)
    return `${path}: the curve goes to ${last} cycles per pixel, where RELION's end at ${NYQUIST}: is that Nyquist?`;
  return undefined;
}
