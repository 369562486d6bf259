import { FormatError } from "../core/errors.js";
import { decodeText } from "./bytes/text.js";
import { LABEL } from "./star/names.js";
import { parseStar } from "./star/parse.js";

/** A detector's MTF or DQE over spatial frequency: cycles per physical pixel, ascending. */
export interface TransferCurve {
  readonly frequency: readonly number[];
  readonly value: readonly number[];
}

const FREQUENCY = "rlnResolutionInversePixel";

/**
 * Reads a curve as RELION's MTF files hold it: a STAR table of rlnResolutionInversePixel and the values beside it, named
 * rlnMtfValue, or otherwise where they are alone.
 *
 * @throws FormatError for a file without such a table, frequencies that do not ascend from 0, or values outside 0 to 1.2
 */
export function readTransferCurve(content: Uint8Array | string, path: string): TransferCurve {
  const file = parseStar(decodeText(content, path), path);
  const table = file.only((each) => each.has(FREQUENCY), `${FREQUENCY} and the values beside it`);
  const others = table.labels.filter((name) => name !== FREQUENCY);
  const label = others.find((name) => name === LABEL.mtfValue) ?? others[0];
  if (label === undefined || (label !== LABEL.mtfValue && others.length > 1)) {
    const expected = `${LABEL.mtfValue}, or a single label beside ${FREQUENCY}`;
    throw new FormatError(path, `data_${table.name}, labels`, table.labels, expected);
  }
  const frequency = table.numbers(FREQUENCY);
  const value = table.numbers(label);
  if (frequency.length < 2) throw new FormatError(path, "rows", frequency.length, "at least two");
  for (const [row, f] of frequency.entries()) {
    const ascends = row === 0 ? f === 0 : f > frequency[row - 1]!;
    if (!ascends) throw table.wrong(FREQUENCY, row, f, "frequencies that ascend from 0");
    if (!(value[row]! >= 0 && value[row]! <= 1.2)) throw table.wrong(label, row, value[row], "0 to 1.2");
  }
  return { frequency: [...frequency], value: [...value] };
}

/** The curve at a frequency of 0 or more, cycles per physical pixel: linear between samples, the last value beyond them. */
export function transferAt({ frequency: at, value }: TransferCurve, f: number): number {
  let low = 0;
  let high = at.length - 1;
  if (f >= at[high]!) return value[high]!;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (at[middle]! <= f) low = middle;
    else high = middle;
  }
  return value[low]! + ((f - at[low]!) / (at[high]! - at[low]!)) * (value[high]! - value[low]!);
}
