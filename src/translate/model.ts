import { z } from "zod";
import { halfColumns } from "../array/spectrum/half.js";
import type { EvenProfile } from "../array/spectrum/profile.js";
import { FormatError } from "../core/errors.js";
import { modelFormat, readModelRecord } from "../train/model-record.js";
import { flatArrays, type NamedArray, type NamedArrays, parametersOf } from "../train/named-arrays.js";
import type { TrainingState } from "../train/state.js";
import { diffusionOptions } from "./diffusion/options.js";
import type { NoiseField } from "./noise/field.js";
import type { Ice } from "./noise/real-ice.js";
import { ORDERS, type Trend } from "./noise/trend.js";
import type { Unevenness } from "./noise/unevenness.js";
import { cryogemOptions } from "./options.js";
import { NETWORK_TRANSLATORS } from "./presets.js";

/** Every way to give a physics micrograph the noise of real ones. */
export const TRANSLATORS = [
  ...NETWORK_TRANSLATORS,
  "cyclediffusion",
  "gaussian",
  "poisson",
  "poisson-gaussian",
  "coloured-gaussian",
  "real-ice",
] as const;
export type TranslatorName = (typeof TRANSLATORS)[number];

/** What a model is, beside its numbers: the metadata of model.safetensors and of checkpoints. */
const modelRecord = z.object({
  format: z.literal("cryogem-model"),
  formatVersion: z.literal(1),
  program: z.string(),
  translator: z.enum(TRANSLATORS),
  /** Angstrom. */
  pixelSize: z.number().positive(),
  /** Mean contrast of the real micrographs, which generated ones are given. */
  contrast: z.object({ mean: z.number(), deviation: z.number().positive() }),
  noise: z.object({
    deviation: z.number().min(0),
    cleanDeviation: z.number().positive(),
    /** Its spectrum is the tensor "noise.power", measured on tiles of this shape. */
    colour: z
      .object({
        tile: z.tuple([z.int(), z.int()]),
        innovations: z.object({ skewness: z.number(), kurtosis: z.number() }),
      })
      .optional(),
    /** Its profile is the tensor "noise.unevenness". */
    unevenness: z
      .object({
        field: z.number().positive(),
        micrograph: z.number().min(0),
        diameter: z.number().positive(),
      })
      .optional(),
  }),
  /** Tiles of the profiles, by the names of their tensors; one that is not named ends at Nyquist. */
  tiles: z.record(z.string(), z.int().min(2)).default({}),
  /** Of real ice: mean defocus of each in angstrom, null where it is not known; the images are the tensors "ice.0", … */
  ices: z.array(z.number().nullable()).optional(),
  /** Electron / angstrom², for the kinds that count electrons. */
  dose: z.number().positive(),
  /** Steps after which the parameters were kept; 0 for kinds that only measure. */
  step: z.int().min(0),
  options: cryogemOptions.optional(),
  /** Of cyclediffusion. */
  diffusion: diffusionOptions.optional(),
});

/** What is stored of a model as text; the noise is stored partly so. */
export type ModelDescription = Omit<
  z.infer<typeof modelRecord>,
  "noise" | "format" | "formatVersion" | "ices" | "tiles"
>;

/** A translator as it is stored; a checkpoint's `parameters` are all of a training's state. */
export interface Model {
  readonly record: ModelDescription;
  readonly noise: NoiseField;
  /** The generator's; empty for kinds that only measure. */
  readonly parameters: TrainingState;
  /** Filter for the output. */
  readonly gain?: EvenProfile;
  /** Of the real micrographs: every output gets one of them. */
  readonly trends?: readonly Trend[];
  /** Real micrographs without their particles, on which clean ones are laid. */
  readonly ices?: readonly Ice[];
}

const POWER = "noise.power";
const GAIN = "output.gain";
const THON_RINGS = "noise.rings";
const SIGNAL = "signal.gain";
const UNEVENNESS = "noise.unevenness";
const TRENDS = "background.trends";
const ICE = "ice.";

/** The file of a model; parameters are flat, since the options decide their shapes. */
export function encodeModel({ record, noise, parameters, gain, trends, ices }: Model): NamedArrays {
  const tensors = flatArrays(parameters);
  const { colour, deviation, cleanDeviation, unevenness } = noise;
  if (colour) {
    const [rows, columns] = colour.power.shape;
    tensors.set(POWER, { shape: [rows, halfColumns(columns)], data: colour.power.data });
  }
  const tiles: Record<string, number> = {};
  for (const [name, profile] of [
    ...([
      [SIGNAL, noise.signal],
      [THON_RINGS, colour?.thonRings],
    ] as const),
    ...([
      [UNEVENNESS, unevenness?.profile],
      [GAIN, gain],
    ] as const),
  ] as const) {
    if (!profile) continue;
    tiles[name] = profile.tile;
    tensors.set(name, { shape: [profile.values.length], data: Float32Array.from(profile.values) });
  }
  if (trends) tensors.set(TRENDS, trendsTensor(trends));
  for (const [i, { image }] of (ices ?? []).entries()) tensors.set(`${ICE}${i}`, image);
  const described: z.infer<typeof modelRecord> = {
    format: "cryogem-model",
    formatVersion: 1,
    ...record,
    tiles,
    ...(ices && { ices: ices.map(({ defocus }) => defocus ?? null) }),
    noise: {
      deviation,
      cleanDeviation,
      ...(colour && { colour: { tile: [...colour.power.shape], innovations: colour.innovations } }),
      ...(unevenness && { unevenness: numbersOf(unevenness) }),
    },
  };
  return { tensors, metadata: { cryogem: JSON.stringify(described) } };
}

const KIND = { format: "cryogem-model", formatVersion: 1, writer: "train" };

/**
 * What the metadata of a model file say of its translator; undefined for a file of anything else, such as a picker.
 *
 * @throws FormatError, naming the file and the field
 */
export function describeModel(metadata: NamedArrays["metadata"], path: string): ModelDescription | undefined {
  return modelFormat(metadata, path) === KIND.format
    ? readModelRecord(metadata, KIND, modelRecord, path)
    : undefined;
}

/**
 * The translator that a model file holds.
 *
 * @param path of the file, for messages
 * @throws FormatError, naming the file and the field
 */
export function decodeModel({ tensors, metadata }: NamedArrays, path: string): Model {
  const parsed = readModelRecord(metadata, KIND, modelRecord, path);
  const { noise, format: _format, formatVersion: _version, ices, tiles, ...record } = parsed;
  const profileOf = profileReader(tensors, tiles);
  const others = [...tensors].filter(
    ([name]) =>
      ![POWER, GAIN, THON_RINGS, SIGNAL, UNEVENNESS, TRENDS].includes(name) && !name.startsWith(ICE),
  );
  const gain = profileOf(GAIN);
  const trends = tensors.get(TRENDS);
  return {
    record,
    noise: decodeNoise(noise, tensors, profileOf, path),
    parameters: parametersOf(others),
    ...(gain && { gain }),
    ...(trends && { trends: trendsOf(trends, path) }),
    ...(ices && { ices: ices.map((defocus, i) => iceOf(tensors.get(`${ICE}${i}`), i, defocus, path)) }),
  };
}

function decodeNoise(
  { deviation, cleanDeviation, colour, unevenness }: z.infer<typeof modelRecord>["noise"],
  tensors: NamedArrays["tensors"],
  profileOf: ProfileReader,
  path: string,
): NoiseField {
  const signal = profileOf(SIGNAL);
  const profile = profileOf(UNEVENNESS);
  if (unevenness && !profile) throw new FormatError(path, UNEVENNESS, "nothing", "a profile");
  const strengths = {
    deviation,
    cleanDeviation,
    ...(signal && { signal }),
    ...(unevenness && profile && { unevenness: { ...unevenness, profile } }),
  };
  if (!colour) return strengths;
  const { tile, innovations } = colour;
  const power = tensors.get(POWER);
  if (power?.data.length !== tile[0] * halfColumns(tile[1])) {
    throw new FormatError(
      path,
      POWER,
      power?.shape ?? "nothing",
      `the spectrum of a tile of ${tile.join(" x ")}`,
    );
  }
  const thonRings = profileOf(THON_RINGS);
  return {
    ...strengths,
    colour: {
      power: { data: power.data, shape: tile },
      innovations,
      ...(thonRings && { thonRings }),
    },
  };
}

function iceOf(tensor: NamedArray | undefined, index: number, defocus: number | null, path: string): Ice {
  const [rows, columns, ...more] = tensor?.shape ?? [];
  if (!tensor || rows === undefined || columns === undefined || more.length > 0) {
    throw new FormatError(path, `${ICE}${index}`, tensor?.shape ?? "nothing", "rows x columns");
  }
  return { image: { data: tensor.data, shape: [rows, columns] }, ...(defocus !== null && { defocus }) };
}

const numbersOf = ({ field, micrograph, diameter }: Unevenness) => ({ field, micrograph, diameter });

type ProfileReader = (name: string) => EvenProfile | undefined;

const profileReader =
  (tensors: NamedArrays["tensors"], tiles: Readonly<Record<string, number>>): ProfileReader =>
  (name) => {
    const tensor = tensors.get(name);
    if (!tensor) return undefined;
    return { tile: tiles[name] ?? 2 * (tensor.data.length - 1), values: Float64Array.from(tensor.data) };
  };

const trendsTensor = (trends: readonly Trend[]) => ({
  shape: [trends.length, ORDERS, ORDERS],
  data: Float32Array.from(trends.flatMap((trend) => [...trend])),
});

function trendsOf(
  { shape, data }: { readonly shape: readonly number[]; readonly data: Float32Array },
  path: string,
) {
  const size = ORDERS * ORDERS;
  if (shape.length !== 3 || shape[0] === 0 || data.length !== shape[0]! * size) {
    throw new FormatError(path, TRENDS, shape, `n x ${ORDERS} x ${ORDERS}, n at least 1`);
  }
  return Array.from({ length: shape[0]! }, (_, i) => data.slice(i * size, (i + 1) * size));
}
