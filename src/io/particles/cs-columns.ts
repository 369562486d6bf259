import { indexOfNonFinite } from "../../array/statistics.js";
import { FormatError } from "../../core/errors.js";
import { LIMITS } from "../limits.js";
import { isTextColumn, type NpyColumn, type NpyTable } from "../npy/read.js";
import { refuseBeyondInCs } from "./units.js";

/** Columns of a .cs file by name and width, checked. */
export class CsColumns {
  constructor(
    private readonly table: NpyTable,
    readonly path: string,
  ) {}

  get rows(): number {
    return this.table.rows;
  }

  has(name: string): boolean {
    return this.table.columns.has(name);
  }

  /** Finite numbers, `width` a row. */
  numbers(name: string, width = 1): Float64Array {
    const column = this.column(name, width);
    if (!(column.values instanceof Float64Array))
      throw new FormatError(this.path, name, column.dtype, "numbers");
    const bad = indexOfNonFinite(column.values);
    if (bad >= 0)
      throw new FormatError(
        this.path,
        `${name}, row ${Math.floor(bad / width) + 1}`,
        column.values[bad],
        "a number",
      );
    return column.values;
  }

  /** Pixel sizes in angstrom, one a row. */
  sizes(name: string): Float64Array {
    const values = this.numbers(name);
    refuseBeyondInCs(values, name, LIMITS.pixelSize, this.path);
    return values;
  }

  /** Whole numbers of a range, one a row. */
  integers(name: string, low: number, high: number): Float64Array {
    const values = this.numbers(name);
    const row = values.findIndex((value) => !Number.isInteger(value) || value < low || value > high);
    if (row < 0) return values;
    const at = `${name}, row ${row + 1}`;
    throw new FormatError(this.path, at, values[row], `a whole number from ${low} to ${high}`);
  }

  /** Columns by which cryoSPARC says more of the optics than the CTF has, where any value of them matters. */
  furtherOptics(): string[] {
    return [...this.table.columns].flatMap(([name, { values }]) => {
      if (!/^ctf\/(tilt_A|trefoil_A|tetra_A|anisomag)$/.test(name)) return [];
      // the matrix less 1, or shifts: 0 is none
      return values instanceof Float64Array && values.some((value) => value !== 0) ? [name] : [];
    });
  }

  text(name: string): readonly string[] {
    const { values, dtype } = this.column(name, 1);
    if (!isTextColumn(values)) throw new FormatError(this.path, name, dtype, "text");
    const row = values.findIndex((value) => /^>?$/.test(value));
    if (row >= 0)
      throw new FormatError(this.path, `${name}, row ${row + 1}`, values[row], "the name of a file");
    return values;
  }

  private column(name: string, width: number): NpyColumn {
    const column = this.table.columns.get(name);
    if (!column) throw new FormatError(this.path, "columns", `no ${name}`, "this column");
    const found = column.shape.reduce((product, n) => product * n, 1);
    if (found !== width)
      throw new FormatError(this.path, `${name}, shape`, column.shape, `${width} values a row`);
    return column;
  }
}
