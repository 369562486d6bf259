import { FormatError } from "../../core/errors.js";
import { starTypeOf } from "./labels.js";
import { splitStarLine } from "./line.js";
import { StarColumn, StarTable } from "./table.js";

/** A STAR file: its data blocks in order. */
export class StarFile {
  constructor(
    readonly path: string,
    readonly tables: readonly StarTable[],
  ) {}

  /** The block `data_<name>`, or undefined. */
  find(name: string): StarTable | undefined {
    return this.tables.find((table) => table.name === name);
  }

  /** The block `data_<name>`; throws FormatError, listing the blocks there are, if it is missing. */
  table(name: string): StarTable {
    const names = this.tables.map((table) => `data_${table.name}`);
    const found = this.find(name);
    if (!found) throw new FormatError(this.path, "blocks", names, `data_${name}`);
    return found;
  }

  /**
   * The only block with what is looked for. Several are refused: whichever were taken, the rows of the others would be lost.
   *
   * @param has whether a block has it
   * @param what to call it in messages, as "rlnCoordinateX"
   * @throws FormatError for none, or for several
   */
  only(has: (table: StarTable) => boolean, what: string): StarTable {
    const found = this.tables.filter(has);
    if (found.length === 1) return found[0]!;
    const names = (found.length > 0 ? found : this.tables).map(({ name }) => `data_${name}`);
    const isList = this.tables.some((table) => table.has("rlnMicrographCoordinates"));
    const list = isList ? ", as the files have that rlnMicrographCoordinates names" : "";
    const expected = found.length > 0 ? `a single block with ${what}` : `one with ${what}${list}`;
    throw new FormatError(this.path, "blocks", names, expected);
  }
}

/**
 * Parses a STAR file as RELION 3.0 to 5 and its companions write it: several blocks, each one loop or single values; one row
 * a line; quotes and `;` text fields as in CIF; comments. A label's type comes from RELION's label table.
 *
 * @throws FormatError for a file without a block; with the line, for text outside a block, a row that is too short or too long, a
 *   repeated block or label
 */
export function parseStar(text: string, path: string): StarFile {
  const parser = new StarParser(path);
  let start = text.charCodeAt(0) === 0xfeff ? 1 : 0;
  while (start < text.length) {
    let end = text.indexOf("\n", start);
    if (end < 0) end = text.length;
    parser.line(text.slice(start, end));
    start = end + 1;
  }
  return new StarFile(path, parser.finish());
}

class StarParser {
  private readonly tables: StarTable[] = [];
  private lineNumber = 0;
  private block: string | undefined;
  private isLoop = false;
  /** Between `loop_` and the first row. */
  private inHeader = false;
  private columns: StarColumn[] = [];
  private readonly blockNames = new Set<string>();
  private labels = new Set<string>();
  private isNumeric: boolean[] = [];
  private lines: number[] = [];
  /** Values of a row whose end has not been seen, because a text field is one of them, and the line of the last. */
  private pending: string[] = [];
  private pendingLine = 0;
  private endsInText = false;
  private pendingLabel: string | undefined;
  private textField: string[] | undefined;

  constructor(private readonly path: string) {}

  line(raw: string): void {
    this.lineNumber++;
    const line = raw.endsWith("\r") ? raw.slice(0, -1) : raw;
    if (this.textField) this.continueText(line);
    else if (line.startsWith(";") && (this.pendingLabel !== undefined || this.columns.length > 0)) {
      this.textField = [line.slice(1)];
    } else this.tokens(line);
  }

  finish(): StarTable[] {
    if (this.textField) this.fail("end of file", "a line that starts with ;");
    this.endBlock();
    if (this.tables.length === 0) throw new FormatError(this.path, "blocks", "none", "data_ and a table");
    return this.tables;
  }

  private continueText(line: string): void {
    if (!line.startsWith(";")) {
      this.textField!.push(line);
      return;
    }
    const text = this.textField!.join("\n");
    this.textField = undefined;
    const rest = splitStarLine(line.slice(1), this.path, this.lineNumber).values;
    if (this.pendingLabel !== undefined) {
      if (rest.length > 0) this.fail(rest[0], "nothing after a text field");
      this.single(this.pendingLabel, text);
      this.pendingLabel = undefined;
    } else this.addToRow([text, ...rest], true);
  }

  private tokens(line: string): void {
    const { values, startsQuoted } = splitStarLine(line, this.path, this.lineNumber);
    const first = values[0];
    if (first === undefined) return;
    if (this.pending.length > 0 && !this.endsInText) this.shortRow();
    const isRow = this.isLoop && this.columns.length > 1 && values.length > 1 && !this.inHeaderLabel(first);
    if (isRow || startsQuoted) this.value(values);
    else if (values.length === 1 && /^data_/i.test(first)) this.startBlock(first.slice(5));
    else if (values.length === 1 && /^loop_$/i.test(first)) this.startLoop();
    else if (first.startsWith("_")) this.label(first.slice(1), values);
    else this.value(values);
  }

  /** A label may stand in a loop's header only, where no row has been read. */
  private inHeaderLabel(first: string): boolean {
    return this.inHeader && first.startsWith("_");
  }

  private startBlock(name: string): void {
    this.endBlock();
    if (this.blockNames.has(name)) this.fail(`data_${name}`, "a block of another name");
    this.blockNames.add(name);
    this.block = name;
  }

  private startLoop(): void {
    if (this.block === undefined) this.fail("loop_", "data_ before it");
    if (this.isLoop || this.columns.length > 0) this.fail("loop_", "one table in a block");
    this.isLoop = true;
    this.inHeader = true;
  }

  private label(label: string, values: readonly string[]): void {
    if (this.block === undefined) this.fail(values[0], "data_ before it");
    if (this.pendingLabel !== undefined) this.fail(values[0], `the value of _${this.pendingLabel}`);
    if (this.labels.has(label)) this.fail(`_${label}`, "each label once");
    this.labels.add(label);
    if (this.isLoop) {
      if (!this.inHeader) this.fail(values[0], `a row of ${this.columns.length} values`);
      if (values.length > 1) this.fail(values[1], "nothing after a label");
      this.columns.push(new StarColumn(label, this.lineNumber));
      this.isNumeric.push(starTypeOf(label) !== "text");
    } else if (values.length === 2) this.single(label, values[1]!);
    else if (values.length === 1) this.pendingLabel = label;
    else this.fail(values.length - 1, `one value of _${label}`);
  }

  /** Records a value of a block without loop. */
  private single(label: string, text: string): void {
    const column = new StarColumn(label, this.lineNumber);
    column.push(text, starTypeOf(label) !== "text");
    this.columns.push(column);
    if (this.lines.length === 0) this.lines.push(this.lineNumber);
  }

  private value(values: readonly string[]): void {
    if (this.pendingLabel !== undefined && values.length === 1) {
      this.single(this.pendingLabel, values[0]!);
      this.pendingLabel = undefined;
    } else if (this.isLoop && this.columns.length > 0) this.addToRow(values, false);
    else
      this.fail(
        values[0]!.slice(0, 40),
        this.block === undefined ? "data_, with which a block of a STAR file begins" : "a label or loop_",
      );
  }

  /** Adds values to the current row. Only a text field lets a row run over several lines. */
  private addToRow(values: readonly string[], hasText: boolean): void {
    this.inHeader = false;
    const row = this.pending.length > 0 ? [...this.pending, ...values] : values;
    const width = this.columns.length;
    if (row.length > width) this.fail(row.length, `a row of ${width} values, one for each label`);
    if (row.length < width) {
      this.pending = [...row];
      this.pendingLine = this.lineNumber;
      this.endsInText = hasText && values.length === 1;
      return;
    }
    for (let i = 0; i < width; i++) this.columns[i]!.push(row[i]!, this.isNumeric[i]!);
    this.lines.push(this.lineNumber);
    this.pending = [];
  }

  private endBlock(): void {
    if (this.block === undefined) return;
    if (this.pendingLabel !== undefined) this.fail("no value", `the value of _${this.pendingLabel}`);
    if (this.pending.length > 0) this.shortRow();
    if (this.isLoop && this.columns.length === 0) this.fail("no label", "labels after loop_");
    const columns = new Map(this.columns.map((column) => [column.label, column]));
    this.tables.push(new StarTable(this.path, this.block, this.isLoop, columns, this.lines));
    this.columns = [];
    this.labels = new Set();
    this.isNumeric = [];
    this.lines = [];
    this.isLoop = false;
    this.inHeader = false;
  }

  private shortRow(): never {
    this.lineNumber = this.pendingLine;
    return this.fail(this.pending.length, `a row of ${this.columns.length} values, one for each label`);
  }

  private fail(found: unknown, expected: string): never {
    const block = this.block === undefined ? "" : ` (data_${this.block})`;
    throw new FormatError(this.path, `line ${this.lineNumber}${block}`, found, expected);
  }
}
