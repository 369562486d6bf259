import { leakyRelu } from "../tensor/elementwise.js";
import { instanceNorm } from "../tensor/linear.js";
import { convolution4, type Layer } from "./layers.js";
import type { Scope } from "./scope.js";

/**
 * PatchGAN discriminator (Isola et al. 2017): `layers` convolutions of kernel 4 and stride 2, then two of stride 1; instance
 * norms but at the two ends, leaky ReLU 0.2. With 3 layers each number of its output judges 70 x 70 pixels.
 *
 * @param width channels of the first layer
 * @returns images [1, 1, side, side] to judgements [1, 1, side / 2^layers - 2, …]
 */
export function patchGan(scope: Scope, width: number, layers = 3): Layer {
  const channels = (i: number): number => (i === 0 ? 1 : width * Math.min(2 ** (i - 1), 8));
  const stack = Array.from({ length: layers + 1 }, (_, i) => {
    const normalised = i > 0;
    const layer = convolution4(
      scope.child(`layer${i + 1}`),
      [channels(i), channels(i + 1)],
      i < layers ? 2 : 1,
      {
        bias: !normalised,
      },
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
