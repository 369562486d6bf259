import { DomainError, ShapeError } from "../../core/errors.js";
import { float16Table } from "../bytes/float16.js";
import { MRC_HEADER_BYTES, type MrcStatistics } from "./header.js";
import {
  MRC_MODES,
  type MrcWriteMode,
  mrcSampleBytes,
  type StoredSamples,
  storeMrcSamples,
} from "./modes.js";

/** What a header is made from. */
export interface MrcHeaderFields {
  readonly shape: readonly [sections: number, rows: number, columns: number];
  /** Angstrom, above 0: one number for cubic voxels, or along x, y, z. */
  readonly voxelSize: number | readonly [x: number, y: number, z: number];
  /** Default float32. */
  readonly mode?: MrcWriteMode;
  /** Default: image for one section, else volume. */
  readonly kind?: "image" | "stack" | "volume";
  /** Up to ten lines of up to 80 ASCII characters. */
  readonly labels?: readonly string[];
  /** Of the stored samples; without them the header marks them as not measured. */
  readonly statistics?: MrcStatistics;
  /** Angstrom, x, y, z. */
  readonly origin?: readonly [x: number, y: number, z: number];
  /** Index of the first voxel in the cell, x, y, z. */
  readonly start?: readonly [x: number, y: number, z: number];
}

/** MRC2014's way of saying that statistics were not measured: max below min, mean below both, rms negative. */
const NOT_MEASURED: MrcStatistics = { min: 0, max: -1, mean: -2, rms: -1 };

/**
 * The bytes of an MRC2014 file, little endian.
 * @throws ShapeError if the data do not fill the shape
 * @throws DomainError for a voxel size that is not above 0, a sample that is not finite or that the mode cannot hold
 */
export function writeMrc(
  file: Omit<MrcHeaderFields, "statistics"> & { readonly data: Float32Array },
): Uint8Array {
  const { data, shape } = file;
  if (data.length !== shape[0] * shape[1] * shape[2]) {
    throw new ShapeError("writeMrc", shape, `${data.length} samples`);
  }
  const mode = file.mode ?? "float32";
  const stored = storeMrcSamples(data, mode);
  const samples = mrcSampleBytes(stored, mode, shape[2]);
  const out = new Uint8Array(MRC_HEADER_BYTES + samples.length);
  out.set(encodeMrcHeader({ ...file, statistics: measureStored(stored, file.mode) }));
  out.set(samples, MRC_HEADER_BYTES);
  return out;
}

/** Sample bytes alone, to append sections to a stack whose header is written when their number is known. */
export function encodeMrcSections(
  data: Float32Array,
  mode: Exclude<MrcWriteMode, "uint4"> = "float32",
): Uint8Array {
  // only uint4 needs to know where rows end
  return mrcSampleBytes(storeMrcSamples(data, mode), mode, data.length);
}

/**
 * The 1024 bytes of an MRC2014 header: ISPG 0 and MZ = 1 for an image or a stack, ISPG 1 and MZ = NZ for a volume.
 * @throws DomainError for a count, voxel size or label outside the format
 */
export function encodeMrcHeader(fields: MrcHeaderFields): Uint8Array {
  const [sections, rows, columns] = fields.shape;
  for (const count of fields.shape) {
    if (!Number.isInteger(count) || count < 1 || count > 0x7fffffff) {
      throw new DomainError("MRC shape", fields.shape, "three counts from 1 to 2147483647");
    }
  }
  const { voxelSize, labels = ["cryogem"] } = fields;
  const voxel = typeof voxelSize === "number" ? ([voxelSize, voxelSize, voxelSize] as const) : voxelSize;
  if (!voxel.every((size) => size > 0 && size < 1e9)) {
    throw new DomainError("voxelSize", voxelSize, "above 0 angstrom");
  }
  const isVolume = (fields.kind ?? (sections === 1 ? "image" : "volume")) === "volume";
  const depth = isVolume ? sections : 1;
  const mode = fields.mode ?? "float32";
  const { min, max, mean, rms } = fields.statistics ?? NOT_MEASURED;

  const bytes = new Uint8Array(MRC_HEADER_BYTES);
  const view = new DataView(bytes.buffer);
  const ints = (word: number, ...values: readonly number[]): void => {
    for (const [i, value] of values.entries()) view.setInt32((word - 1 + i) * 4, value, true);
  };
  const floats = (word: number, ...values: readonly number[]): void => {
    for (const [i, value] of values.entries()) view.setFloat32((word - 1 + i) * 4, value, true);
  };
  ints(1, columns, rows, sections, MRC_MODES[mode === "uint8" ? "int8" : mode]);
  ints(5, ...(fields.start ?? [0, 0, 0]));
  ints(8, columns, rows, depth);
  floats(11, columns * voxel[0], rows * voxel[1], depth * voxel[2], 90, 90, 90);
  ints(17, 1, 2, 3);
  floats(20, min, max, mean);
  ints(23, isVolume ? 1 : 0, 0);
  ints(28, 20141);
  floats(50, ...(fields.origin ?? [0, 0, 0]));
  bytes.set([0x4d, 0x41, 0x50, 0x20, 0x44, 0x44], 208);
  floats(55, rms);
  ints(56, labels.length);
  writeLabels(bytes, labels);
  return bytes;
}

function writeLabels(bytes: Uint8Array, labels: readonly string[]): void {
  if (labels.length > 10) throw new DomainError("MRC labels", labels.length, "at most 10");
  for (const [i, label] of labels.entries()) {
    if (!/^[\x20-\x7e]{1,80}$/.test(label))
      throw new DomainError(`MRC label ${i + 1}`, label, "1 to 80 ASCII characters");
    bytes.fill(0x20, 224 + 80 * i, 304 + 80 * i);
    for (let k = 0; k < label.length; k++) bytes[224 + 80 * i + k] = label.charCodeAt(k);
  }
}

/** Extremes, mean and standard deviation of samples as a file in this mode holds them. */
export function measureMrc(data: Float32Array, mode: MrcWriteMode = "float32"): MrcStatistics {
  return measureStored(storeMrcSamples(data, mode), mode);
}

function measureStored(stored: StoredSamples, mode: MrcWriteMode = "float32"): MrcStatistics {
  const halves = mode === "float16" ? float16Table() : undefined;
  const at = (i: number): number => (halves ? halves[stored[i]!]! : stored[i]!);
  let min = Number.POSITIVE_INFINITY;
  let max = Number.NEGATIVE_INFINITY;
  let sum = 0;
  for (let i = 0; i < stored.length; i++) {
    const value = at(i);
    if (value < min) min = value;
    if (value > max) max = value;
    sum += value;
  }
  const mean = sum / stored.length;
  let squares = 0;
  for (let i = 0; i < stored.length; i++) squares += (at(i) - mean) ** 2;
  // mrcfile.validate adds squares in the file's own precision, which overflows in half: there the RMS stays unmeasured.
  return { min, max, mean, rms: halves ? NOT_MEASURED.rms : Math.sqrt(squares / stored.length) };
}

/** Statistics of two parts of a stack together; `counts` are their numbers of samples. */
export function mergeMrcStatistics(
  a: MrcStatistics,
  b: MrcStatistics,
  counts: readonly [a: number, b: number],
): MrcStatistics {
  const total = counts[0] + counts[1];
  const mean = (a.mean * counts[0] + b.mean * counts[1]) / total;
  const square = (s: MrcStatistics): number => s.rms * s.rms + (s.mean - mean) ** 2;
  return {
    min: Math.min(a.min, b.min),
    max: Math.max(a.max, b.max),
    mean,
    rms:
      a.rms < 0 || b.rms < 0
        ? NOT_MEASURED.rms
        : Math.sqrt((square(a) * counts[0] + square(b) * counts[1]) / total),
  };
}
