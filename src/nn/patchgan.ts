import { leakyRelu } from "../tensor/elementwise.js";
import { instanceNorm } from "../tensor/linear.js";
import { convolution4, type Layer } from "./layers.js";
import type { Scope } from "./scope.js";
import { channelsOf } from "./unet.js";

export interface PatchGanOptions {
  /** Channels of the first layer; the next have 2, 4, … times as many, up to `widest` times. */
  readonly width: number;
  readonly widest: number;
  /** Stride-2 convolutions. */
  readonly layers: number;
}

/**
 * PatchGAN discriminator (Isola et al. 2017): `layers` convolutions of kernel 4 and stride 2, then two of stride 1; instance
 * norms but at the two ends, leaky ReLU 0.2. With 3 layers each number of its output judges 70 x 70 pixels.
 *
 * @returns images [1, 1, side, side] to judgements [1, 1, side / 2^layers - 2, …]
 */
export function patchGan(scope: Scope, options: PatchGanOptions): Layer {
  const { layers } = options;
  const channels = channelsOf(options);
  const stack = Array.from({ length: layers + 1 }, (_, i) => {
    const normalised = i > 0;
    const layer = convolution4(
      scope.child(`layer${i + 1}`),
      [channels(i), channels(i + 1)],
      i < layers ? 2 : 1,
      { bias: !normalised },
    );
    return { layer, normalised };
  });
  const judge = convolution4(scope.child("judge"), [channels(layers + 1), 1], 1, { bias: true });
  return (x) => {
    let y = x;
    for (const { layer, normalised } of stack) {
      y = layer(y);
      if (normalised) y = instanceNorm(y);
      y = leakyRelu(y, 0.2);
    }
    return judge(y);
  };
}
