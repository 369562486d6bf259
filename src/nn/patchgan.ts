import { leakyRelu } from "../tensor/elementwise.js";
import { instanceNorm } from "../tensor/linear.js";
import { blurredHalf } from "./blur.js";
import { convolution4, type Layer } from "./layers.js";
import type { Scope } from "./scope.js";
import { channelsOf } from "./unet.js";

export interface PatchGanOptions {
  /** Channels of the first layer; the next have 2, 4, … times as many, up to `widest` times. */
  readonly width: number;
  readonly widest: number;
  /** Halvings of the sides. */
  readonly layers: number;
  /** Whether a halving is a convolution of stride 1 and then a blur, as CUT's; default a convolution of stride 2. */
  readonly antialiased?: boolean;
}

/**
 * PatchGAN discriminator (Isola et al. 2017): `layers` convolutions of kernel 4 and stride 2, then two of stride 1; instance
 * norms but at the two ends, leaky ReLU 0.2. With 3 layers each number of its output judges 70 x 70 pixels.
 *
 * @returns images [1, 1, side, side] to judgements [1, 1, side / 2^layers - 2, …]
 */
export function patchGan(scope: Scope, options: PatchGanOptions): Layer {
  const { layers, antialiased = false } = options;
  const channels = channelsOf(options);
  const stack = Array.from({ length: layers + 1 }, (_, i) => {
    const normalised = i > 0;
    const halves = i < layers;
    const layer = convolution4(
      scope.child(`layer${i + 1}`),
      [channels(i), channels(i + 1)],
      halves && !antialiased ? 2 : 1,
      { bias: !normalised },
    );
    return { layer, normalised, blurs: halves && antialiased };
  });
  const judge = convolution4(scope.child("judge"), [channels(layers + 1), 1], 1, { bias: true });
  return (x) => {
    let y = x;
    for (const { layer, normalised, blurs } of stack) {
      y = layer(y);
      if (normalised) y = instanceNorm(y);
      y = leakyRelu(y, 0.2);
      if (blurs) y = blurredHalf(y);
    }
    return judge(y);
  };
}
