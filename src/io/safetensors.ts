import { DomainError, FormatError, ShapeError } from "../core/errors.js";

/** Element types that are read and written, with the typed array that holds them. */
export interface SafetensorArrays {
  readonly F32: Float32Array;
  readonly F64: Float64Array;
  readonly I32: Int32Array;
  readonly U32: Uint32Array;
  readonly U8: Uint8Array;
  readonly BOOL: Uint8Array;
}

export type SafetensorType = keyof SafetensorArrays;

/** One named array; `data` is row-major and fills `shape`. */
export type Safetensor = {
  readonly [T in SafetensorType]: {
    readonly dtype: T;
    readonly shape: readonly number[];
    readonly data: SafetensorArrays[T];
  };
}[SafetensorType];

/** What a file holds: arrays by name, and text by key. */
export interface SafetensorsFile {
  readonly tensors: ReadonlyMap<string, Safetensor>;
  readonly metadata: Readonly<Record<string, string>>;
}

const ELEMENT_BYTES = { F32: 4, F64: 8, I32: 4, U32: 4, U8: 1, BOOL: 1 } as const;
/** The specification's own bound on a header. */
const MOST_HEADER_BYTES = 100_000_000;

/**
 * Reads a safetensors file (Hugging Face's specification): the header's length in 8 bytes, a JSON header, the data,
 * which the tensors must cover without gap or overlap.
 * @throws FormatError for a header that is not as specified, or offsets that do not match types, shapes and the file's size
 */
export function readSafetensors(bytes: Uint8Array, path: string): SafetensorsFile {
  const header = readHeader(bytes, path);
  const metadata = readMetadata(header.json["__metadata__"], path);
  const body = bytes.subarray(header.end);
  const tensors = new Map<string, Safetensor>();
  let covered = 0;
  const entries = Object.entries(header.json)
    .filter(([name]) => name !== "__metadata__")
    .map(([name, entry]) => readEntry(name, entry, path))
    .toSorted((a, b) => a.start - b.start || a.end - b.end);
  for (const { name, dtype, shape, start, end } of entries) {
    if (start !== covered)
      throw new FormatError(path, `${name}, data_offsets`, [start, end], `to start at ${covered}`);
    if (end > body.length)
      throw new FormatError(path, `${name}, data_offsets`, [start, end], `at most ${body.length}`);
    tensors.set(name, { dtype, shape, data: decode(body.subarray(start, end), dtype) } as Safetensor);
    covered = end;
  }
  if (covered !== body.length) {
    throw new FormatError(path, "file size", bytes.length, `${header.end + covered} bytes, from the header`);
  }
  return { tensors, metadata };
}

/** Bytes of a file's beginning that tell how long its header is. */
export const SAFETENSORS_LENGTH_BYTES = 8;

/**
 * How many bytes of a safetensors file's beginning its header needs, from the first 8.
 * @throws FormatError for a header longer than the file or than the format allows
 */
export function safetensorsHeaderEnd(head: Uint8Array, fileBytes: number, path: string): number {
  if (head.length < SAFETENSORS_LENGTH_BYTES) {
    throw new FormatError(path, "file size", fileBytes, "at least 8 bytes");
  }
  const length = Number(new DataView(head.buffer, head.byteOffset, head.length).getBigUint64(0, true));
  if (length > MOST_HEADER_BYTES || length > fileBytes - SAFETENSORS_LENGTH_BYTES) {
    throw new FormatError(path, "first 8 bytes (header length)", length, `at most ${fileBytes - 8} bytes`);
  }
  return SAFETENSORS_LENGTH_BYTES + length;
}

/**
 * The metadata alone, from the beginning of a safetensors file.
 * @param head at least as much as `safetensorsHeaderEnd` says
 * @throws FormatError for a header that is not as specified
 */
export const readSafetensorsMetadata = (head: Uint8Array, path: string): SafetensorsFile["metadata"] =>
  readMetadata(readHeader(head, path).json["__metadata__"], path);

function readHeader(bytes: Uint8Array, path: string): { json: Record<string, unknown>; end: number } {
  const end = safetensorsHeaderEnd(bytes, bytes.length, path);
  try {
    const json: unknown = JSON.parse(
      new TextDecoder("utf-8", { fatal: true }).decode(bytes.subarray(SAFETENSORS_LENGTH_BYTES, end)),
    );
    if (isRecord(json)) return { json, end };
  } catch {
    // Falls through to the one message for anything that is not an object of JSON.
  }
  throw new FormatError(path, "header", "no JSON object", "a JSON object");
}

function readMetadata(value: unknown, path: string): Record<string, string> {
  if (value === undefined) return {};
  if (!isRecord(value) || !Object.values(value).every((text) => typeof text === "string")) {
    throw new FormatError(path, "__metadata__", value, "text by key");
  }
  return value as Record<string, string>;
}

interface Entry {
  readonly name: string;
  readonly dtype: SafetensorType;
  readonly shape: readonly number[];
  readonly start: number;
  readonly end: number;
}

function readEntry(name: string, entry: unknown, path: string): Entry {
  const fail = (field: string, found: unknown, expected: string): never => {
    throw new FormatError(path, `${name}, ${field}`, found, expected);
  };
  if (!isRecord(entry)) return fail("entry", entry, "dtype, shape and data_offsets");
  const { dtype, shape, data_offsets: offsets } = entry;
  if (typeof dtype !== "string" || !Object.hasOwn(ELEMENT_BYTES, dtype)) {
    return fail("dtype", dtype, Object.keys(ELEMENT_BYTES).join(", "));
  }
  if (!isCounts(shape)) return fail("shape", shape, "a list of counts");
  if (!isCounts(offsets) || offsets.length !== 2) return fail("data_offsets", offsets, "two offsets");
  const [start, end] = offsets as [number, number];
  const size = shape.reduce((product, n) => product * n, ELEMENT_BYTES[dtype as SafetensorType]);
  if (end - start !== size) fail("data_offsets", offsets, `${size} bytes, from dtype and shape`);
  return { name, dtype: dtype as SafetensorType, shape, start, end };
}

function decode(bytes: Uint8Array, dtype: SafetensorType): SafetensorArrays[SafetensorType] {
  const { buffer } = new Uint8Array(bytes);
  if (dtype === "F32") return new Float32Array(buffer);
  if (dtype === "F64") return new Float64Array(buffer);
  if (dtype === "I32") return new Int32Array(buffer);
  if (dtype === "U32") return new Uint32Array(buffer);
  return new Uint8Array(buffer);
}

/**
 * The bytes of a safetensors file; the same content in the same order always gives the same bytes.
 * @throws ShapeError if data do not fill their shape, DomainError for a name that the format reserves
 */
export function writeSafetensors(
  tensors: Iterable<readonly [name: string, tensor: Safetensor]>,
  metadata: Readonly<Record<string, string>> = {},
): Uint8Array {
  // Without a prototype, so that any name is only a name.
  const header: Record<string, unknown> = Object.create(null);
  if (Object.keys(metadata).length > 0) header["__metadata__"] = metadata;
  const parts: Safetensor[] = [];
  let offset = 0;
  // Widest elements first, so that each array starts on a multiple of its element's size.
  for (const [name, tensor] of [...tensors].toSorted(
    ([, a], [, b]) => ELEMENT_BYTES[b.dtype] - ELEMENT_BYTES[a.dtype],
  )) {
    const { dtype, shape, data } = tensor;
    if (name === "__metadata__" || Object.hasOwn(header, name))
      throw new DomainError("tensor name", name, "a new name");
    if (shape.reduce((product, n) => product * n, 1) !== data.length) {
      throw new ShapeError(`tensor ${name}`, shape, `${data.length} elements`);
    }
    header[name] = { dtype, shape, data_offsets: [offset, offset + data.byteLength] };
    offset += data.byteLength;
    parts.push(tensor);
  }
  const text = JSON.stringify(header);
  const json = new TextEncoder().encode(text);
  const padded = Math.ceil(json.length / 8) * 8;
  const out = new Uint8Array(8 + padded + offset);
  new DataView(out.buffer).setBigUint64(0, BigInt(padded), true);
  out.fill(0x20, 8, 8 + padded);
  out.set(json, 8);
  let at = 8 + padded;
  for (const { data } of parts) {
    out.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), at);
    at += data.byteLength;
  }
  return out;
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const isCounts = (value: unknown): value is number[] =>
  Array.isArray(value) && value.every((n) => Number.isSafeInteger(n) && n >= 0);
