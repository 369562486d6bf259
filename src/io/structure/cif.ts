import { FormatError } from "../../core/errors.js";
import { numberedLines } from "../bytes/text.js";
import { splitStarLine } from "../star/line.js";

/** Items to read, by category: `{ _atom_site: ["Cartn_x", …] }`. */
export type CifRequest = Readonly<Record<string, readonly string[]>>;

/** Columns of one category, by item; all of one length. Items that the file lacks are absent. */
export class CifCategory {
  readonly columns = new Map<string, string[]>();
  /** Line of each row. */
  readonly lines: number[] = [];

  constructor(
    readonly path: string,
    readonly name: string,
  ) {}

  get rows(): number {
    return this.lines.length;
  }

  /** Values of an item, or undefined where the file has none. */
  find(item: string): readonly string[] | undefined {
    return this.columns.get(item);
  }

  /** Values of an item, which must be there. */
  values(item: string): readonly string[] {
    const found = this.columns.get(item);
    if (!found) throw new FormatError(this.path, this.name, `no ${item}`, "this item");
    return found;
  }

  /** A FormatError about one value. */
  wrong(item: string, row: number, found: unknown, expected: string): FormatError {
    return new FormatError(this.path, `line ${this.lines[row]}, ${this.name}.${item}`, found, expected);
  }
}

/** Whether a value is given at all: `.` and `?` stand for none. */
export const isGiven = (value: string | undefined): value is string =>
  value !== undefined && value !== "." && value !== "?";

/**
 * Reads some categories of the first data block of a CIF file, as loops or as single values; everything else is passed over.
 * Keywords and labels must start a line, as wwPDB and AlphaFold write them.
 *
 * @param alone a category that no second block may have, since it would be passed over
 * @throws FormatError for text that is not CIF, a loop whose last row is incomplete, an open quote or text field
 */
export function readCif(
  text: string,
  path: string,
  request: CifRequest,
  alone: string,
): Map<string, CifCategory> {
  const reader = new CifReader(path, request);
  let hasEnded = false;
  for (const [number, line] of numberedLines(text)) {
    hasEnded ||= !reader.line(line, number);
    if (hasEnded && line.toLowerCase().startsWith(`${alone}.`))
      throw new FormatError(
        path,
        `line ${number}`,
        `${alone} of a second data block`,
        "one structure a file",
      );
  }
  return reader.finish();
}

/** Where the values of one loop or label go: a column to fill, or undefined for what was not asked for. */
interface Target {
  readonly label: string;
  readonly category: CifCategory | undefined;
  readonly column: string[] | undefined;
}

class CifReader {
  private readonly categories = new Map<string, CifCategory>();
  /** By the label in small letters: CIF does not tell capitals from small letters in labels. */
  private readonly wanted: ReadonlyMap<string, readonly [category: string, item: string]>;
  private blocks = 0;
  private number = 0;
  /** Labels of the loop that is read, or the one label whose value is awaited. */
  private targets: Target[] = [];
  private isLoop = false;
  private inHeader = false;
  /** Place in the row of the next value. */
  private next = 0;
  private textField: string[] | undefined;

  constructor(
    private readonly path: string,
    request: CifRequest,
  ) {
    this.wanted = new Map(
      Object.entries(request).flatMap(([category, items]) =>
        items.map((item) => [`${category}.${item}`.toLowerCase(), [category, item]] as const),
      ),
    );
  }

  /** Takes a line; false once the first block has ended. */
  line(line: string, number: number): boolean {
    this.number = number;
    if (this.textField) {
      if (!line.startsWith(";")) this.textField.push(line);
      else {
        this.value(this.textField.join("\n"));
        this.textField = undefined;
        for (const value of splitStarLine(line.slice(1), this.path, number).values) this.value(value);
      }
      return true;
    }
    if (line.startsWith(";")) {
      this.textField = [line.slice(1)];
      return true;
    }
    const { values, startsQuoted } = splitStarLine(line, this.path, number);
    const first = values[0];
    if (first === undefined) return true;
    if (startsQuoted || !/^(_|data_|loop_$)/i.test(first)) for (const value of values) this.value(value);
    else if (first.startsWith("_")) this.label(first, values);
    else if (/^data_/i.test(first)) return this.startBlock();
    else this.startLoop();
    return true;
  }

  finish(): Map<string, CifCategory> {
    if (this.textField) this.fail("end of file", "a line that starts with ;");
    this.endTable();
    if (this.blocks === 0) this.fail("no data_", "a data block");
    for (const { name, rows, columns } of this.categories.values()) {
      for (const [item, column] of columns) {
        if (column.length !== rows)
          this.fail(`${column.length} values of ${name}.${item}`, `${rows}, as of its other items`);
      }
    }
    return this.categories;
  }

  private startBlock(): boolean {
    this.endTable();
    this.blocks++;
    return this.blocks === 1;
  }

  private startLoop(): void {
    this.endTable();
    if (this.blocks === 0) this.fail("loop_", "data_ before it");
    this.isLoop = true;
    this.inHeader = true;
  }

  private label(label: string, values: readonly string[]): void {
    if (this.blocks === 0) this.fail(label, "data_ before it");
    if (!this.inHeader) this.endTable();
    this.targets.push(this.target(label));
    for (const value of values.slice(1)) this.value(value);
  }

  private target(label: string): Target {
    const [name, item] = this.wanted.get(label.toLowerCase()) ?? [];
    if (name === undefined || item === undefined) return { label, category: undefined, column: undefined };
    let category = this.categories.get(name);
    if (!category) {
      category = new CifCategory(this.path, name);
      this.categories.set(name, category);
    }
    if (category.columns.has(item)) this.fail(label, "each label once");
    const column: string[] = [];
    category.columns.set(item, column);
    return { label, category, column };
  }

  private value(value: string): void {
    this.inHeader = false;
    const target = this.targets[this.next];
    if (!target) throw this.fail(value.slice(0, 40), "a label, loop_ or data_");
    const { column, category } = target;
    if (column && category) {
      column.push(value);
      // A row begins with the first of the category's values that is read.
      if (column.length > category.lines.length) category.lines.push(this.number);
    }
    this.next++;
    if (this.isLoop && this.next === this.targets.length) this.next = 0;
  }

  /** Ends a loop or a single value, which must be complete. */
  private endTable(): void {
    const missing = this.isLoop ? this.next !== 0 : this.next !== this.targets.length;
    if (missing)
      this.fail(`${this.next} values`, `${this.targets.length}, up to ${this.targets.at(-1)?.label}`);
    if (this.isLoop && this.targets.length === 0) this.fail("no label", "labels after loop_");
    this.targets = [];
    this.next = 0;
    this.isLoop = false;
    this.inHeader = false;
  }

  private fail(found: unknown, expected: string): never {
    throw new FormatError(this.path, `line ${this.number}`, found, expected);
  }
}
