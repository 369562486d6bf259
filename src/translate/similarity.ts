import type { Image } from "../array/image.js";
import { OptionError } from "../core/errors.js";
import type { ComputeRuntime } from "../core/ports.js";
import { generatorNetwork } from "../nn/generator.js";
import { patchHeads, unitRows } from "../nn/patch-heads.js";
import { Scope } from "../nn/scope.js";
import { compile, constant, gemm, input, reshape, slice, transpose, type Value } from "../tensor/index.js";
import type { TrainingState } from "../train/state.js";
import { generatorOptions } from "./generator-runner.js";
import type { CryogemOptions } from "./options.js";

/** A generator under training, with the heads through which its features are compared, as a checkpoint has them. */
export interface TrainedEncoder {
  readonly options: CryogemOptions;
  /** Parameters `generator.…` and, where there was a contrastive loss, `heads.…`. */
  readonly parameters: TrainingState;
}

/**
 * How like the features of one place of an image those of every other are, as the contrastive loss of CUT and CryoGEM compares
 * them: cosines of the encoder's features through their head; without a contrastive loss, of the features.
 *
 * @param image square, its side a multiple of 2^depth, mean 0 and standard deviation 1
 * @param query pixel of the image
 * @param level of the encoder, from 1
 * @returns a cosine for each place of the feature map, -1 to 1, and how many pixels of the image a place is wide
 * @throws OptionError for a level that the training did not compare
 */
export async function featureSimilarity<DeviceTensor>(
  runtime: ComputeRuntime<DeviceTensor>,
  { options, parameters }: TrainedEncoder,
  image: Image,
  query: { readonly x: number; readonly y: number },
  level: number,
): Promise<{ readonly cosines: Image; readonly step: number }> {
  if (level > options.levels) {
    throw new OptionError("level", `found ${level}, expected 1 to ${options.levels}, which were compared`);
  }
  const side = image.shape[0];
  const features = (scopes: Scopes): Value =>
    generatorNetwork(scopes.generator, generatorOptions(options)).encode(input("x", [1, 1, side, side]))[
      level - 1
    ]!;
  const scopes = trained({ options, parameters }, level, features);
  const map = features(scopes);
  const [, , rows, columns] = map.type.shape as readonly [number, number, number, number];
  const step = side / columns;
  const at = Math.floor(query.y / step) * columns + Math.floor(query.x / step);
  const units = compared(scopes, options, level, map);
  const cosines = gemm(slice(units, { axis: 0, start: at, end: at + 1 }), units, { transB: true });
  const session = await runtime.load(compile({ cosines }).model);
  try {
    const places = Int32Array.from({ length: rows * columns }, (_, i) => i);
    const found = await session.run({
      x: { dtype: "float32", dims: [1, 1, side, side], data: image.data },
      ...(hasHeads(options) && { places: { dtype: "int32", dims: [places.length], data: places } }),
    });
    const host = await runtime.toHost(found["cosines"]!);
    const data = Float32Array.from(host.data as Float32Array);
    runtime.dispose(found["cosines"]!);
    return { cosines: { data, shape: [rows, columns] }, step };
  } finally {
    await session.close();
  }
}

interface Scopes {
  readonly generator: Scope;
  readonly heads: Scope;
}

const hasHeads = ({ contrast }: CryogemOptions): boolean => contrast !== "none";

/** The features of all places as unit vectors, [places, width]. */
function compared({ heads }: Scopes, options: CryogemOptions, level: number, map: Value): Value {
  const [, channels, rows, columns] = map.type.shape as readonly [number, number, number, number];
  if (!hasHeads(options)) return unitRows(transpose(reshape(map, [channels, -1])));
  const positions = input("places", [rows * columns], "int32");
  return patchHeads(heads, options.headWidth)(level, map, { positions });
}

/** Scopes in which the trained values stand for the parameters. */
function trained(
  { options, parameters }: TrainedEncoder,
  level: number,
  features: (scopes: Scopes) => Value,
): Scopes {
  const declared = { generator: Scope.root("generator"), heads: Scope.root("heads") };
  compared(declared, options, level, features(declared));
  const filled = (scope: Scope): Scope =>
    scope.substituting(
      new Map(
        scope.parameters.map(({ name, shape }) => [name, constant(parameters.get(name)!, shape)] as const),
      ),
    );
  return { generator: filled(declared.generator), heads: filled(declared.heads) };
}
