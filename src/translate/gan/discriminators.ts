import type { Layer } from "../../nn/layers.js";
import { type PatchGanOptions, patchGan } from "../../nn/patchgan.js";
import { Scope } from "../../nn/scope.js";
import { averagePool, type Value } from "../../tensor/index.js";

/** Discriminators that look at one image at different scales. */
export interface DiscriminatorOptions {
  readonly width: number;
  readonly widest: number;
  /**
   * 1: one PatchGAN of 3 strided layers on the pixels (the paper). 2: beside it one of 2 strided layers on the means of
   * 4 x 4 pixels, where the noise of single pixels no longer hides how the signal differs.
   */
  readonly count: 1 | 2;
  /** Whether they halve by blurs, see `PatchGanOptions`; default not. */
  readonly antialiased?: boolean;
}

/** A discriminator: its name in the metrics, its parameters, and how it is built on any set of them. */
export interface Discriminator {
  readonly name: string;
  readonly scope: Scope;
  readonly judge: (scope: Scope) => Layer;
}

const COARSE_POOL = 4;

/** @param names of the fine and of the coarse one */
export function discriminators(
  { width, widest, count, antialiased = false }: DiscriminatorOptions,
  names: readonly [fine: string, coarse: string] = ["discriminator", "coarse"],
): readonly Discriminator[] {
  const patches = (layers: number): PatchGanOptions => ({ width, widest, layers, antialiased });
  const fine: Discriminator = {
    name: names[0],
    scope: Scope.root(names[0]),
    judge: (scope) => patchGan(scope, patches(3)),
  };
  if (count === 1) return [fine];
  const coarse: Discriminator = {
    name: names[1],
    scope: Scope.root(names[1]),
    judge: (scope) => {
      const onPooled = patchGan(scope, patches(2));
      return (x: Value) => onPooled(averagePool(x, COARSE_POOL));
    },
  };
  return [fine, coarse];
}
