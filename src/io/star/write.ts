import { DomainError, ShapeError } from "../../core/errors.js";
import { starTypeOf } from "./labels.js";

/** Values of one label, one a row. */
export type StarColumnInput =
  | readonly string[]
  | readonly boolean[]
  | ArrayLike<number>
  | readonly (number | string)[];

/** A data block to write. */
export interface StarBlock {
  /** Without `data_`. */
  readonly name: string;
  /** A loop of rows (default), or single values of one row. */
  readonly isLoop?: boolean;
  /** Labels without the leading underscore, in order. */
  readonly columns: Readonly<Record<string, StarColumnInput>>;
}

/**
 * The text of a STAR file in RELION's layout, `# version 30001`. Whole-number labels are written as such, others with 6
 * decimals (in exponential form below 0.001 and from 1e6, as RELION does); text is quoted where it must be.
 * @param version RELION 3.0 knows no version line, and 3.1 asks for data_optics in a file that has it
 * @throws ShapeError if the columns of a block differ in length
 * @throws DomainError for a value that is not finite, a fraction under a whole-number label, text that no quoting can hold
 */
export function writeStar(blocks: readonly StarBlock[], version: "3.1" | "3.0" = "3.1"): string {
  return blocks.map((block) => writeBlock(block, version)).join("");
}

function writeBlock({ name, isLoop = true, columns }: StarBlock, version: "3.1" | "3.0"): string {
  if (/\s/.test(name)) throw new DomainError("STAR block name", name, "no blanks");
  const entries = Object.entries(columns);
  const rows = entries[0]?.[1].length ?? 0;
  for (const [label, values] of entries) {
    if (/\s/.test(label) || label === "") throw new DomainError("STAR label", label, "a word");
    if (values.length !== rows)
      throw new ShapeError(`data_${name}: ${label}`, [values.length], `${rows} rows`);
  }
  const head = `\n${version === "3.1" ? "# version 30001\n\n" : ""}data_${name}\n\n`;
  const texts = entries.map(([label, values]) => formatColumn(label, values));
  if (!isLoop) {
    if (rows > 1) throw new ShapeError(`data_${name}`, [rows], "one row");
    return `${head}${entries.map(([label], i) => join([`_${label}`.padEnd(40), texts[i]![0]!])).join("")}\n`;
  }
  const labels = entries.map(([label], i) => `_${label} #${i + 1} \n`).join("");
  const lines: string[] = [];
  for (let row = 0; row < rows; row++) lines.push(join(texts.map((column) => column[row]!)));
  return `${head}loop_ \n${labels}${lines.join("")} \n`;
}

/** One line of values; a text field starts on a line of its own and ends it. */
function join(values: readonly string[]): string {
  let line = "";
  for (const value of values) {
    if (value.startsWith("\n;")) line += value;
    else line += line === "" || line.endsWith("\n") ? value : ` ${value}`;
  }
  return line.endsWith("\n") ? line : `${line} \n`;
}

function formatColumn(label: string, values: StarColumnInput): string[] {
  const type = starTypeOf(label);
  const isWhole =
    type === "integer" ||
    type === "boolean" ||
    (type === "text" && Array.prototype.every.call(values, Number.isInteger));
  return Array.from(values as ArrayLike<string | number | boolean>, (value, row) => {
    const where = `${label}, row ${row + 1}`;
    if (typeof value === "string") return quote(value, where);
    if (typeof value === "boolean") return (value ? "1" : "0").padStart(12);
    return formatNumber(value, isWhole, where);
  });
}

function formatNumber(value: number, isWhole: boolean, where: string): string {
  if (!Number.isFinite(value)) throw new DomainError(where, value, "a finite number");
  if (isWhole) {
    if (!Number.isSafeInteger(value)) throw new DomainError(where, value, "a whole number");
    return String(value).padStart(12);
  }
  const magnitude = Math.abs(value);
  const text =
    magnitude === 0 || (magnitude >= 1e-3 && magnitude < 1e6) ? value.toFixed(6) : value.toExponential(6);
  return text.padStart(12);
}

/** Text as one value: bare, in double or single quotes, or as a text field. */
function quote(text: string, where: string): string {
  const isBare = text !== "" && !/^["'#;_$]|\s|^(data_|loop_|save_|global_|stop_)/i.test(text);
  if (isBare) return text;
  if (/[\r\0]/.test(text) || text.includes("\n;")) {
    throw new DomainError(where, text, "text without carriage return, NUL or a line that starts with ;");
  }
  if (!text.includes("\n")) {
    if (!/"(\s|$)/.test(text)) return `"${text}"`;
    if (!/'(\s|$)/.test(text)) return `'${text}'`;
  }
  return `\n;${text}\n;\n`;
}
