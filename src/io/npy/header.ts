import { FormatError } from "../../core/errors.js";

/** A field of a numpy structured type: name, type as numpy spells it (`<f4`, `|S9`), shape of one entry. */
export interface NpyField {
  readonly name: string;
  readonly dtype: string;
  readonly shape: readonly number[];
}

export interface NpyHeader {
  readonly fields: readonly NpyField[];
  readonly rows: number;
  /** Offset of the first row. */
  readonly dataOffset: number;
}

/** A value of Python's that a header can hold. */
type Literal = string | number | boolean | readonly Literal[] | ReadonlyMap<string, Literal>;

const MAGIC = [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59];

/**
 * Parses the header of a .npy file (numpy's format 1 to 3) that holds a one-dimensional structured array.
 * @throws FormatError for anything else
 */
export function parseNpyHeader(bytes: Uint8Array, path: string): NpyHeader {
  const fail = (at: string, found: unknown, expected: string): never => {
    throw new FormatError(path, at, found, expected);
  };
  if (MAGIC.some((byte, i) => bytes[i] !== byte))
    fail("first 6 bytes", [...bytes.subarray(0, 6)], "numpy's mark");
  const version = bytes[6] ?? 0;
  if (version < 1 || version > 3) fail("format version", version, "1 to 3");
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const start = version === 1 ? 10 : 12;
  if (bytes.length < start) fail("file size", bytes.length, `at least ${start} bytes`);
  const length = version === 1 ? view.getUint16(8, true) : view.getUint32(8, true);
  if (start + length > bytes.length) fail("header length", length, `at most ${bytes.length - start} bytes`);
  const header = new PythonLiteral(
    new TextDecoder().decode(bytes.subarray(start, start + length)),
    path,
  ).read();
  if (!(header instanceof Map)) return fail("header", "no dictionary", "a dictionary");
  if (header.get("fortran_order") !== false) fail("fortran_order", header.get("fortran_order"), "False");
  const shape = header.get("shape");
  if (!isCounts(shape) || shape.length !== 1) return fail("shape", shape, "(rows,)");
  const descr = header.get("descr");
  if (!Array.isArray(descr)) return fail("descr", descr, "a list of fields");
  return {
    fields: descr.map((field, i) => readField(field, i, path)),
    rows: shape[0]!,
    dataOffset: start + length,
  };
}

function readField(field: Literal, i: number, path: string): NpyField {
  const [name, dtype, shape = []] = Array.isArray(field) ? (field as readonly Literal[]) : [];
  if (typeof name !== "string" || typeof dtype !== "string" || !isCounts(shape)) {
    throw new FormatError(path, `descr, field ${i}`, field, "(name, type) or (name, type, shape)");
  }
  return { name, dtype, shape };
}

const isCounts = (value: unknown): value is readonly number[] =>
  Array.isArray(value) && value.every((n) => Number.isSafeInteger(n) && n >= 0);

/** Reads the few Python literals that numpy writes: dictionaries, lists, tuples, strings, integers, True and False. */
class PythonLiteral {
  private at = 0;
  private depth = 0;

  constructor(
    private readonly text: string,
    private readonly path: string,
  ) {}

  read(): Literal {
    const value = this.value();
    if (this.peek() !== "") this.fail("the end of the header");
    return value;
  }

  private value(): Literal {
    const character = this.peek();
    if (++this.depth > 8) this.fail("fewer brackets in brackets");
    const value =
      character === "{"
        ? this.dictionary()
        : character === "[" || character === "("
          ? this.sequence(character === "[" ? "]" : ")")
          : character === "'" || character === '"'
            ? this.string(character)
            : this.word();
    this.depth--;
    return value;
  }

  private dictionary(): ReadonlyMap<string, Literal> {
    const map = new Map<string, Literal>();
    this.at++;
    while (this.peek() !== "}") {
      const key = this.value();
      if (typeof key !== "string") return this.fail("a name");
      if (this.peek() !== ":") this.fail(":");
      this.at++;
      map.set(key, this.value());
      this.separator("}");
    }
    this.at++;
    return map;
  }

  private sequence(end: "]" | ")"): readonly Literal[] {
    const items: Literal[] = [];
    this.at++;
    while (this.peek() !== end) {
      items.push(this.value());
      this.separator(end);
    }
    this.at++;
    return items;
  }

  private separator(end: string): void {
    const character = this.peek();
    if (character === ",") this.at++;
    else if (character !== end) this.fail(`, or ${end}`);
  }

  private string(quote: string): string {
    const end = this.text.indexOf(quote, this.at + 1);
    const text = this.text.slice(this.at + 1, end);
    if (end < 0 || text.includes("\\")) this.fail(`a plain text in ${quote}`);
    this.at = end + 1;
    return text;
  }

  private word(): number | boolean {
    const word = /^\w*/.exec(this.text.slice(this.at, this.at + 32))![0];
    this.at += word.length;
    if (word === "True" || word === "False") return word === "True";
    if (!/^\d+L?$/.test(word)) this.fail("a number, True or False");
    return Number(word.replace("L", ""));
  }

  /** The next character that is no blank; "" at the end. */
  private peek(): string {
    while (/\s/.test(this.text[this.at] ?? "")) this.at++;
    return this.text[this.at] ?? "";
  }

  private fail(expected: string): never {
    throw new FormatError(
      this.path,
      `header, character ${this.at}`,
      this.text.slice(this.at, this.at + 20),
      expected,
    );
  }
}
