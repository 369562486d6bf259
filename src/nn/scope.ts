import { ShapeError } from "../core/errors.js";
import { Random } from "../core/random.js";
import { type Shape, sameShape, sizeOf } from "../tensor/types.js";
import type { Value } from "../tensor/value.js";
import { input } from "../tensor/value.js";

/** How a parameter starts. `normal` has mean 0. */
export type Initial = { readonly normal: number } | { readonly constant: number };

/** A trainable tensor: its graph input is named like it. */
export interface ParameterSpec {
  readonly name: string;
  readonly shape: Shape;
  readonly initial: Initial;
  readonly value: Value;
}

/**
 * Names for the parameters of nested layers ("generator.down1.weight") and the list of all that were asked for.
 * Asking twice for one name gives the same tensor, so a network applied to several inputs shares its parameters.
 */
export class Scope {
  private constructor(
    private readonly prefix: string,
    private readonly known: Map<string, ParameterSpec>,
    private readonly substitutes: ReadonlyMap<string, Value>,
  ) {}

  static root(name: string): Scope {
    return new Scope(name, new Map(), new Map());
  }

  child(name: string): Scope {
    return new Scope(`${this.prefix}.${name}`, this.known, this.substitutes);
  }

  /** The same scope in which other tensors stand for the parameters named: a network after an optimiser's step. */
  substituting(substitutes: ReadonlyMap<string, Value>): Scope {
    return new Scope(this.prefix, this.known, substitutes);
  }

  /** The parameter of that name, made at the first request; throws ShapeError if it was made in another shape. */
  parameter(name: string, shape: Shape, initial: Initial): Value {
    const full = `${this.prefix}.${name}`;
    const found = this.known.get(full);
    if (found && !sameShape(found.shape, shape))
      throw new ShapeError(full, shape, `[${found.shape}], as before`);
    if (!found) this.known.set(full, { name: full, shape, initial, value: input(full, shape) });
    return this.substitutes.get(full) ?? this.known.get(full)!.value;
  }

  /** Every parameter asked for under the root, in the order of the first request. */
  get parameters(): readonly ParameterSpec[] {
    return [...this.known.values()];
  }
}

/** First values of a parameter: a stream of its own, so that they do not depend on the other parameters. */
export function initialValues({ name, shape, initial }: ParameterSpec, seed: number): Float32Array {
  const values = new Float32Array(sizeOf(shape));
  if ("constant" in initial) return values.fill(initial.constant);
  Random.of(seed, "parameter", name).fillNormal(values);
  for (let i = 0; i < values.length; i++) values[i]! *= initial.normal;
  return values;
}
