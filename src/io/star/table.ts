import { FormatError } from "../../core/errors.js";
import { parseNumber } from "../bytes/text.js";
import { starTypeOf } from "./labels.js";

/** Values of one label: numbers (NaN where the text was none, which reading it refuses) or text. */
export type StarValues = readonly string[] | readonly number[];

/** One column while it is read and afterwards. */
export class StarColumn {
  readonly values: string[] | number[];
  /** The first value of a numeric column that is not a finite number. */
  bad: { readonly row: number; readonly text: string } | undefined;
  /** The text of every such value, by row. */
  readonly texts = new Map<number, string>();

  constructor(
    readonly label: string,
    /** Of the label, from 1. */
    readonly line: number,
  ) {
    this.values = starTypeOf(label) === "text" ? ([] as string[]) : ([] as number[]);
  }

  push(text: string, isNumeric: boolean): void {
    if (!isNumeric) {
      (this.values as string[]).push(text);
      return;
    }
    const value = parseNumber(text);
    if (Number.isNaN(value)) {
      this.bad ??= { row: this.values.length, text };
      this.texts.set(this.values.length, text);
    }
    (this.values as number[]).push(value);
  }
}

/**
 * One data block: a loop of rows, or single values (one row). Columns are asked for by label and type; a value that does
 * not have the type throws FormatError with the file, block, line and label.
 */
export class StarTable {
  constructor(
    readonly path: string,
    /** Without `data_`; may be empty. */
    readonly name: string,
    readonly isLoop: boolean,
    /** Labels without the leading underscore, in the file's order. */
    readonly columns: ReadonlyMap<string, StarColumn>,
    /** Line of each row, from 1. */
    private readonly lines: readonly number[],
  ) {}

  get rows(): number {
    return this.lines.length;
  }

  get labels(): string[] {
    return [...this.columns.keys()];
  }

  has(label: string): boolean {
    return this.columns.has(label);
  }

  /** Finite numbers, one a row. */
  numbers(label: string): Float64Array {
    const column = this.column(label);
    if (column.bad) throw this.wrong(label, column.bad.row, column.bad.text, "a number");
    return Float64Array.from(column.values as readonly (string | number)[], (value, row) => {
      if (typeof value === "number") return value;
      const parsed = parseNumber(value);
      if (Number.isNaN(parsed)) throw this.wrong(label, row, value, "a number");
      return parsed;
    });
  }

  /** Whole numbers, one a row. */
  integers(label: string): Float64Array {
    const values = this.numbers(label);
    const row = values.findIndex((value) => !Number.isSafeInteger(value));
    if (row >= 0) throw this.wrong(label, row, values[row], "a whole number");
    return values;
  }

  /** 0 or 1, as RELION writes them. */
  booleans(label: string): boolean[] {
    const values = this.numbers(label);
    const row = values.findIndex((value) => value !== 0 && value !== 1);
    if (row >= 0) throw this.wrong(label, row, values[row], "0 or 1");
    return Array.from(values, (value) => value === 1);
  }

  /** Text, one a row; numbers of a numeric label in their shortest decimal form. */
  strings(label: string): string[] {
    const column = this.column(label);
    if (column.bad) throw this.wrong(label, column.bad.row, column.bad.text, "a number");
    return Array.from(column.values as readonly (string | number)[], String);
  }

  /**
   * Values that are only carried to another file, one a row: numbers, and the text of those that are none, as the inf and -nan
   * that CTFFIND writes for micrographs that it could not fit.
   */
  carried(label: string): (number | string)[] {
    const { values, texts } = this.column(label);
    return Array.from(values as readonly (string | number)[], (value, row) => texts.get(row) ?? value);
  }

  /** A FormatError about one value of this table. */
  wrong(label: string, row: number, found: unknown, expected: string): FormatError {
    const line = this.isLoop ? this.lines[row] : this.columns.get(label)?.line;
    return new FormatError(this.path, `data_${this.name}, line ${line}, ${label}`, found, expected);
  }

  private column(label: string): StarColumn {
    const column = this.columns.get(label);
    if (!column) throw new FormatError(this.path, `data_${this.name}`, `no ${label}`, "this label");
    return column;
  }
}
