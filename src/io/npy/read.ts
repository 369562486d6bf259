import { DomainError, FormatError, ShapeError, UnsupportedError } from "../../core/errors.js";
import { type NpyField, parseNpyHeader } from "./header.js";

/** Values of one column; `width` values a row, all rows in a row. 64-bit integers are bigints. */
export interface NpyColumn {
  /** As numpy spells it, little endian: `<f4`, `<u8`, `|S9`. */
  readonly dtype: string;
  /** Shape of one entry; [] for single values. */
  readonly shape: readonly number[];
  readonly values: Float64Array | BigInt64Array | BigUint64Array | readonly string[];
}

/** A numpy structured array of one dimension, as columns in the file's order. */
export interface NpyTable {
  readonly rows: number;
  readonly columns: ReadonlyMap<string, NpyColumn>;
}

type Access = {
  readonly bytes: number;
  readonly read: (view: DataView, at: number) => number;
  readonly write: (view: DataView, at: number, value: number) => void;
  /** Values that fit; undefined for floats. */
  readonly range?: readonly [low: number, high: number];
};

const NUMBERS: Readonly<Record<string, Access>> = {
  f4: { bytes: 4, read: (v, at) => v.getFloat32(at, true), write: (v, at, x) => v.setFloat32(at, x, true) },
  f8: { bytes: 8, read: (v, at) => v.getFloat64(at, true), write: (v, at, x) => v.setFloat64(at, x, true) },
  i1: { bytes: 1, read: (v, at) => v.getInt8(at), write: (v, at, x) => v.setInt8(at, x), range: [-128, 127] },
  u1: { bytes: 1, read: (v, at) => v.getUint8(at), write: (v, at, x) => v.setUint8(at, x), range: [0, 255] },
  b1: { bytes: 1, read: (v, at) => v.getUint8(at), write: (v, at, x) => v.setUint8(at, x), range: [0, 1] },
  i2: {
    bytes: 2,
    read: (v, at) => v.getInt16(at, true),
    write: (v, at, x) => v.setInt16(at, x, true),
    range: [-32768, 32767],
  },
  u2: {
    bytes: 2,
    read: (v, at) => v.getUint16(at, true),
    write: (v, at, x) => v.setUint16(at, x, true),
    range: [0, 65535],
  },
  i4: {
    bytes: 4,
    read: (v, at) => v.getInt32(at, true),
    write: (v, at, x) => v.setInt32(at, x, true),
    range: [-(2 ** 31), 2 ** 31 - 1],
  },
  u4: {
    bytes: 4,
    read: (v, at) => v.getUint32(at, true),
    write: (v, at, x) => v.setUint32(at, x, true),
    range: [0, 2 ** 32 - 1],
  },
};

/** Kind and size of a type as numpy spells it, or an UnsupportedError. Only little-endian types are known. */
function parseType(dtype: string, where: string): { kind: string; bytes: number } {
  const [, kind, digits] = /^[<|]([fiubS])(\d{1,9})$/.exec(dtype) ?? [];
  const bytes = Number(digits);
  const isKnown =
    kind === "S"
      ? bytes >= 0
      : Object.hasOwn(NUMBERS, `${kind}${digits}`) || /^[iu]8$/.test(`${kind}${digits}`);
  if (kind === undefined || !isKnown)
    throw new UnsupportedError(
      `${where}: found numpy type ${dtype}, expected little-endian numbers or byte strings`,
    );
  return { kind, bytes };
}

/** Bytes without a name stand where columns were left out of a table: numpy saves a view with its gaps. */
const isPadding = ({ name, dtype }: NpyField): boolean => name === "" && /^\|V\d{1,9}$/.test(dtype);

const countOf = (shape: readonly number[]): number => shape.reduce((product, n) => product * n, 1);

/**
 * Reads a one-dimensional structured array: little-endian integers, floats, truth values and byte strings.
 * @throws FormatError for a damaged header or a size that differs from the header's; UnsupportedError for other types
 */
export function readNpyTable(bytes: Uint8Array, path: string): NpyTable {
  const { fields, rows, dataOffset } = parseNpyHeader(bytes, path);
  const types = fields.map((field) =>
    isPadding(field)
      ? { kind: "V", bytes: Number(field.dtype.slice(2)) }
      : parseType(field.dtype, `${path}: ${field.name}`),
  );
  const rowBytes = fields.reduce((sum, { shape }, i) => sum + countOf(shape) * types[i]!.bytes, 0);
  const promised = dataOffset + rows * rowBytes;
  if (bytes.length !== promised) {
    throw new FormatError(path, "file size", bytes.length, `${promised} bytes, from the header`);
  }
  // Types without size would let a few bytes stand for any number of values.
  const isEmpty = fields.some(({ shape }, i) => types[i]!.bytes === 0 && countOf(shape) !== 1);
  if (isEmpty || (rowBytes === 0 && rows > 0))
    throw new FormatError(path, "shape", rows, "types with a size");
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const columns = new Map<string, NpyColumn>();
  let offset = dataOffset;
  for (const [i, field] of fields.entries()) {
    if (columns.has(field.name)) throw new FormatError(path, "descr", field.name, "each name once");
    if (!isPadding(field))
      columns.set(field.name, readColumn(view, field, types[i]!, { rows, offset, rowBytes }));
    offset += countOf(field.shape) * types[i]!.bytes;
  }
  return { rows, columns };
}

interface Layout {
  readonly rows: number;
  readonly offset: number;
  readonly rowBytes: number;
}

function readColumn(
  view: DataView,
  { dtype, shape }: NpyField,
  { kind, bytes }: { kind: string; bytes: number },
  { rows, offset, rowBytes }: Layout,
): NpyColumn {
  const width = countOf(shape);
  /** Byte offset of value i. */
  const at = (i: number): number => offset + Math.floor(i / width) * rowBytes + (i % width) * bytes;
  const length = rows * width;
  if (kind === "S") {
    return { dtype, shape, values: Array.from({ length }, (_, i) => readText(view, at(i), bytes)) };
  }
  if (bytes === 8 && kind !== "f") {
    const values = kind === "u" ? new BigUint64Array(length) : new BigInt64Array(length);
    for (let i = 0; i < length; i++) {
      values[i] = kind === "u" ? view.getBigUint64(at(i), true) : view.getBigInt64(at(i), true);
    }
    return { dtype, shape, values };
  }
  const { read } = NUMBERS[`${kind}${bytes}`]!;
  const values = new Float64Array(length);
  for (let i = 0; i < length; i++) values[i] = read(view, at(i));
  return { dtype, shape, values };
}

/** UTF-8 up to the zeros that fill the field. */
function readText(view: DataView, at: number, bytes: number): string {
  let end = at + bytes;
  while (end > at && view.getUint8(end - 1) === 0) end--;
  return new TextDecoder().decode(new Uint8Array(view.buffer, view.byteOffset + at, end - at));
}

/**
 * The bytes of a .npy file (format 1.0, or 2.0 for a long header). Text is stored as UTF-8 in `|S` of its dtype, or of the
 * longest where that is longer.
 * @throws ShapeError for a column of another length, DomainError for a value its type cannot hold
 */
export function writeNpyTable(table: NpyTable): Uint8Array {
  const header = encodeNpyHeader(table, table.rows);
  const rows = encodeNpyRows(table);
  const out = new Uint8Array(header.length + rows.length);
  out.set(header);
  out.set(rows, header.length);
  return out;
}

/** What comes before the rows of a file whose `rows` rows have the columns of a table, which may be a part of them. */
export function encodeNpyHeader(table: NpyTable, rows: number): Uint8Array {
  const fields = encodeColumns(table).map(({ name, dtype, shape }) => {
    if (!/^[ -&(-[\]-~]+$/.test(name)) throw new DomainError("column name", name, "ASCII without quotes");
    const size = shape.length === 0 ? "" : `, (${shape.join(", ")}${shape.length === 1 ? "," : ""})`;
    return `('${name}', '${dtype}'${size})`;
  });
  const text = `{'descr': [${fields.join(", ")}], 'fortran_order': False, 'shape': (${rows},), }`;
  const prefix = text.length > 65000 ? 12 : 10;
  const padded = Math.ceil((prefix + text.length + 1) / 64) * 64 - prefix;
  const out = new Uint8Array(prefix + padded).fill(0x20);
  const view = new DataView(out.buffer);
  out.set([...MAGIC_AND_VERSION, prefix === 10 ? 1 : 2, 0]);
  if (prefix === 10) view.setUint16(8, padded, true);
  else view.setUint32(8, padded, true);
  out.set(new TextEncoder().encode(text), prefix);
  out[out.length - 1] = 0x0a;
  return out;
}

/** The rows alone, to write a long table piece by piece. @throws as writeNpyTable */
export function encodeNpyRows(table: NpyTable): Uint8Array {
  const columns = encodeColumns(table);
  const out = new Uint8Array(table.rows * columns.reduce((sum, column) => sum + column.rowBytes, 0));
  const view = new DataView(out.buffer);
  let at = 0;
  for (let row = 0; row < table.rows; row++) {
    for (const column of columns) {
      column.write(view, at, row);
      at += column.rowBytes;
    }
  }
  return out;
}

const encodeColumns = ({ rows, columns }: NpyTable): EncodedColumn[] =>
  [...columns].map(([name, column]) => encodeColumn(name, column, rows));

const MAGIC_AND_VERSION = [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59];

interface EncodedColumn extends NpyField {
  readonly rowBytes: number;
  readonly write: (view: DataView, at: number, row: number) => void;
}

function encodeColumn(name: string, { dtype, shape, values }: NpyColumn, rows: number): EncodedColumn {
  const width = countOf(shape);
  if (values.length !== rows * width) throw new ShapeError(name, [values.length], `${rows} rows of ${width}`);
  if (isTextColumn(values)) return encodeText(name, { dtype, shape, values }, width);
  const { kind, bytes } = parseType(dtype, name);
  const rowBytes = width * bytes;
  if (values instanceof BigInt64Array || values instanceof BigUint64Array) {
    if (bytes !== 8 || kind === "f") throw new DomainError(name, dtype, "a 64-bit integer type");
    const write = (view: DataView, at: number, row: number): void => {
      for (let i = 0; i < width; i++)
        view.setBigUint64(at + 8 * i, BigInt.asUintN(64, values[row * width + i]!), true);
    };
    return { name, dtype, shape, rowBytes, write };
  }
  const access = NUMBERS[`${kind}${bytes}`];
  if (!access) throw new DomainError(name, dtype, "a type for numbers");
  const [low, high] = access.range ?? [];
  const bad = values.findIndex((x) => low !== undefined && !(Number.isInteger(x) && x >= low && x <= high!));
  if (bad >= 0)
    throw new DomainError(`${name}, value ${bad}`, values[bad], `a whole number from ${low} to ${high}`);
  const write = (view: DataView, at: number, row: number): void => {
    for (let i = 0; i < width; i++) access.write(view, at + bytes * i, values[row * width + i]!);
  };
  return { name, dtype, shape, rowBytes, write };
}

/** Whether the values of a column are text. */
export const isTextColumn = (values: NpyColumn["values"]): values is readonly string[] =>
  Array.isArray(values);

function encodeText(
  name: string,
  { dtype, shape, values }: NpyColumn & { readonly values: readonly string[] },
  width: number,
): EncodedColumn {
  const texts = values.map((text) => new TextEncoder().encode(text));
  const least = Math.max(1, parseType(dtype, name).bytes);
  const bytes = texts.reduce((longest, text) => Math.max(longest, text.length), least);
  const write = (view: DataView, at: number, row: number): void => {
    for (let i = 0; i < width; i++) {
      new Uint8Array(view.buffer, view.byteOffset + at + bytes * i, bytes).set(texts[row * width + i]!);
    }
  };
  return { name, dtype: `|S${bytes}`, shape, rowBytes: width * bytes, write };
}
