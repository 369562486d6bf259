import { z } from "zod";
import { FormatError } from "../core/errors.js";
import type { TrainingState } from "../tensor/index.js";
import type { NoiseSeed } from "./noise-seed.js";
import { cryogemOptions } from "./options.js";

/** Every way to give a physics micrograph the noise of real ones. */
export const TRANSLATORS = [
  "cryogem",
  "gaussian",
  "poisson",
  "poisson-gaussian",
  "coloured-gaussian",
] as const;
export type TranslatorName = (typeof TRANSLATORS)[number];

const contrast = z.object({ mean: z.number(), deviation: z.number().positive() });

/** What a model is, beside its numbers: the metadata of model.safetensors. */
const modelRecord = z.object({
  format: z.literal("cryogem-model"),
  formatVersion: z.literal(1),
  program: z.string(),
  translator: z.enum(TRANSLATORS),
  /** Angstrom. */
  pixelSize: z.number().positive(),
  /** Mean contrast of the real micrographs, which generated ones are given. */
  contrast,
  noise: z.object({
    kind: z.enum(["white", "coloured"]),
    deviation: z.number().min(0),
    cleanDeviation: z.number().positive(),
    /** Of the tile whose power spectrum is the tensor "noise.power". */
    tile: z.tuple([z.int(), z.int()]).optional(),
  }),
  /** Electron / angstrom², for the kinds that count electrons. */
  dose: z.number().positive(),
  /** Steps trained; 0 for kinds that only measure. */
  step: z.int().min(0),
  options: cryogemOptions.optional(),
});
export type ModelRecord = z.infer<typeof modelRecord>;

/** A translator as it is stored. */
export interface Model {
  readonly record: ModelRecord;
  /** The generator's parameters; empty for kinds that only measure. */
  readonly parameters: TrainingState;
  readonly noise: NoiseSeed;
}

/** Named arrays with text beside them: the content of a safetensors file. */
export interface NamedArrays {
  readonly tensors: ReadonlyMap<string, { readonly shape: readonly number[]; readonly data: Float32Array }>;
  readonly metadata: Readonly<Record<string, string>>;
}

const POWER = "noise.power";

/** A noise seed's part of a record. */
export const noiseRecord = ({ kind, deviation, cleanDeviation, power }: NoiseSeed): ModelRecord["noise"] => ({
  kind,
  deviation,
  cleanDeviation,
  ...(power && { tile: [power.shape[0], power.shape[1]] }),
});

/** @param shapes of the tensors in `state`, for those that are not to be written flat */
export function encodeArrays(
  record: object,
  state: TrainingState,
  shapes: ReadonlyMap<string, readonly number[]>,
  noise: NoiseSeed,
): NamedArrays {
  const tensors = new Map<string, { shape: readonly number[]; data: Float32Array }>();
  for (const [name, data] of state) tensors.set(name, { shape: shapes.get(name) ?? [data.length], data });
  if (noise.power) {
    const [rows, columns] = noise.power.shape;
    tensors.set(POWER, { shape: [rows, (columns >> 1) + 1], data: Float32Array.from(noise.power.data) });
  }
  return { tensors, metadata: { cryogem: JSON.stringify(record) } };
}

/** @throws FormatError, naming the file and the field */
export function decodeModel({ tensors, metadata }: NamedArrays, path: string): Model {
  const text = metadata["cryogem"];
  if (text === undefined)
    throw new FormatError(path, "metadata", Object.keys(metadata), 'a "cryogem" record');
  const parsed = modelRecord.safeParse(parseJson(text, path));
  if (!parsed.success) {
    const issue = parsed.error.issues[0]!;
    throw new FormatError(
      path,
      `metadata cryogem.${issue.path.join(".")}`,
      issue.message,
      "a model's record",
    );
  }
  const parameters = new Map(
    [...tensors].filter(([name]) => name !== POWER).map(([name, { data }]) => [name, data]),
  );
  return { record: parsed.data, parameters, noise: decodeNoise(parsed.data, tensors, path) };
}

function decodeNoise({ noise }: ModelRecord, tensors: NamedArrays["tensors"], path: string): NoiseSeed {
  const { kind, deviation, cleanDeviation, tile } = noise;
  if (kind === "white") return { kind, deviation, cleanDeviation };
  const power = tensors.get(POWER);
  if (!tile || power?.data.length !== tile[0] * ((tile[1] >> 1) + 1)) {
    throw new FormatError(
      path,
      POWER,
      power?.shape ?? "nothing",
      `the spectrum of a tile of ${tile ?? "some size"}`,
    );
  }
  return { kind, deviation, cleanDeviation, power: { data: power.data, shape: tile } };
}

function parseJson(text: string, path: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new FormatError(path, "metadata cryogem", text.slice(0, 40), "JSON");
  }
}
