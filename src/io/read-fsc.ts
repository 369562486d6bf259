import { FormatError } from "../core/errors.js";
import { csvCells } from "./bytes/csv.js";
import { columnOf, numberCell, readTableRows, refuseLongRows } from "./bytes/table-text.js";
import { decodeText, parseNumber } from "./bytes/text.js";
import { readFscStar } from "./star/fsc.js";

/** A Fourier shell correlation: shells evenly spaced from 0, 1/angstrom. Plain data. */
export interface FscTable {
  readonly frequencies: Float64Array;
  readonly correlation: Float64Array;
}

/**
 * Reads one of the curves in a table of `postprocess`: "unmasked", "masked", "corrected" beside "fsc", the one that was read.
 *
 * @throws FormatError for a table without it, or with shells that are not evenly spaced from 0
 */
export const readFscColumn = (content: Uint8Array, path: string, column: string): FscTable =>
  readFscCsv(decodeText(content, path), path, column);

/**
 * Reads an FSC by the ending of its file: .csv as `fsc` and `postprocess` write it, .xml as the EMDB takes it, and RELION's STAR files.
 *
 * @throws FormatError for a file without such a curve, or with shells that are not evenly spaced from 0
 */
export function readFsc(content: Uint8Array, path: string): FscTable {
  if (/\.csv$/i.test(path)) return readFscCsv(decodeText(content, path), path);
  if (/\.xml$/i.test(path)) return readFscXml(decodeText(content, path), path);
  return readFscStar(content, path);
}

/** Headings of the columns in the tables of `fsc` and `postprocess`. */
const FREQUENCY = "frequency_per_angstrom";
const CORRELATION = "fsc";

function readFscCsv(text: string, path: string, column = CORRELATION): FscTable {
  const [header, ...rows] = readTableRows(text, csvCells);
  const cells = header?.cells ?? [];
  const [x, y] = [FREQUENCY, column].map((name) =>
    header ? columnOf(header, (each) => each === name, path) : -1,
  ) as [number, number];
  refuseLongRows(rows, cells.length, path);
  if (x < 0 || y < 0) throw new FormatError(path, "headings", cells, `${FREQUENCY} and ${column}`);
  return evenly(
    rows.map((row) => numberCell(row, x, FREQUENCY, path)),
    rows.map((row) => numberCell(row, y, column, path)),
    path,
  );
}

function readFscXml(text: string, path: string): FscTable {
  const values = (tag: "x" | "y"): number[] =>
    [...text.matchAll(new RegExp(`<${tag}>([^<]*)</${tag}>`, "g"))].map(([, found], i) => {
      const value = parseNumber(found!.trim());
      if (Number.isFinite(value)) return value;
      throw new FormatError(path, `<${tag}> number ${i + 1}`, found, "a number");
    });
  const [frequencies, correlation] = [values("x"), values("y")];
  if (!/<fsc\b/.test(text) || frequencies.length !== correlation.length) {
    const found = `${frequencies.length} <x> and ${correlation.length} <y>`;
    throw new FormatError(path, "points", found, "<fsc> with as many <x> as <y>");
  }
  return evenly(frequencies, correlation, path);
}

/** A correlation is 1 at most; programs round. */
const MOST = 1.001;

function evenly(frequencies: readonly number[], correlation: readonly number[], path: string): FscTable {
  if (frequencies.length < 2) throw new FormatError(path, "shells", frequencies.length, "at least two");
  const step = frequencies[frequencies.length - 1]! / (frequencies.length - 1);
  const odd = frequencies.findIndex(
    (frequency, shell) => !(Math.abs(frequency - shell * step) < 1e-3 * step),
  );
  if (odd >= 0) {
    const at = `frequency of shell ${odd}`;
    throw new FormatError(path, at, frequencies[odd], "shells one step apart, from 0");
  }
  const beyond = correlation.findIndex((value) => Math.abs(value) > MOST);
  if (beyond >= 0)
    throw new FormatError(path, `correlation of shell ${beyond}`, correlation[beyond], "-1 to 1");
  return {
    frequencies: Float64Array.from(frequencies, (_, shell) => shell * step),
    correlation: Float64Array.from(correlation),
  };
}
