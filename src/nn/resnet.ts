import { add, relu } from "../tensor/elementwise.js";
import { padImage } from "../tensor/layout.js";
import { conv2d, convTranspose2d, instanceNorm } from "../tensor/linear.js";
import type { Value } from "../tensor/value.js";
import { blurredDouble, blurredHalf } from "./blur.js";
import { type Generator, INITIAL_WEIGHTS, type Layer } from "./layers.js";
import type { Scope } from "./scope.js";
import { channelsOf, imageFrom, type OutputKind } from "./unet.js";

export interface ResnetOptions {
  /**
   * "resnet": strided convolutions down and their transposes up (CycleGAN's). "antialiased": every halving and doubling is a
   * convolution and a blur (CUT's).
   */
  readonly network: "resnet" | "antialiased";
  /** Channels of the first layer; the two halvings double them, up to `widest` times. */
  readonly width: number;
  readonly widest: number;
  readonly output: OutputKind;
}

/** Halvings of the sides. */
export const RESNET_DEPTH = 2;
/** Feature maps that are compared. */
export const RESNET_MAPS = 5;
const BLOCKS = 9;
/** Blocks after which features are compared: CUT's layers 12 and 16 of the anti-aliased network, after 0, 4 and 8 before the blocks. */
const COMPARED_BLOCKS = [1, 5] as const;

/**
 * The generator of Johnson et al. 2016 as CycleGAN and CUT use it for images of 256 x 256 and more: a 7 x 7 convolution, two
 * halvings, nine residual blocks, two doublings, a 7 x 7 convolution; instance norms, ReLU, images mirrored at their edges. Biases
 * that an instance norm would take away again are left out.
 *
 * Its features are five, as CUT compares them: the padded image, the convolutions of the two halvings before their norms, and
 * the sums after blocks 1 and 5.
 */
export function resnet(scope: Scope, options: ResnetOptions): Generator {
  const channels = channelsOf(options);
  const [first, half, quarter] = [channels(1), channels(2), channels(3)];
  const stem = convolution(scope.child("stem"), [1, first], { side: 7 });
  const downs = [
    [first, half],
    [half, quarter],
  ].map(([from, to], i) => downLayer(scope.child(`down${i + 1}`), [from!, to!], options.network));
  const blocks = Array.from({ length: BLOCKS }, (_, i) => block(scope.child(`block${i + 1}`), quarter));
  const ups = [
    [quarter, half],
    [half, first],
  ].map(([from, to], i) => upLayer(scope.child(`up${i + 1}`), [from!, to!], options.network));
  const last = convolution(scope.child("image"), [first, 1], {
    ...{ side: 7, bias: true, zero: options.output === "correction" },
  });
  const run = (x: Value, [from, to]: readonly [number, number]): Value =>
    blocks.slice(from, to).reduce((y, each) => each(y), x);
  const [early, late] = COMPARED_BLOCKS;
  return {
    encode: (x) => {
      const padded = padImage(x, [3, 3, 3, 3], "reflect");
      const convolved: Value[] = [];
      let y = relu(instanceNorm(stem(padded)));
      for (const { convolve, after } of downs) {
        const features = convolve(y);
        convolved.push(features);
        y = after(relu(instanceNorm(features)));
      }
      const afterEarly = run(y, [0, early]);
      return [padded, ...convolved, afterEarly, run(afterEarly, [early, late])];
    },
    translate: (features, x) => {
      const deep = run(features.at(-1)!, [late, BLOCKS]);
      const full = ups.reduce((y, up) => relu(instanceNorm(up(y))), deep);
      return imageFrom(last(padImage(full, [3, 3, 3, 3], "reflect")), x, options.output);
    },
  };
}

interface Kernel {
  readonly side: number;
  readonly stride?: 1 | 2;
  /** Zeros around the image; default none: it was padded before. */
  readonly pads?: number;
  readonly bias?: boolean;
  /** Whether the weights start at zero. */
  readonly zero?: boolean;
}

function convolution(
  scope: Scope,
  [from, to]: readonly [number, number],
  { side, stride = 1, pads = 0, bias = false, zero = false }: Kernel,
): Layer {
  const weight = scope.parameter("weight", [to, from, side, side], zero ? { constant: 0 } : INITIAL_WEIGHTS);
  const offset = bias ? scope.parameter("bias", [to], { constant: 0 }) : undefined;
  return (x) => conv2d(x, weight, { stride, pads, ...(offset && { bias: offset }) });
}

/** A halving: its convolution, and what follows norm and ReLU. */
function downLayer(
  scope: Scope,
  channels: readonly [number, number],
  network: ResnetOptions["network"],
): { readonly convolve: Layer; readonly after: Layer } {
  return network === "resnet"
    ? { convolve: convolution(scope, channels, { side: 3, stride: 2, pads: 1 }), after: (x) => x }
    : { convolve: convolution(scope, channels, { side: 3, pads: 1 }), after: blurredHalf };
}

function upLayer(
  scope: Scope,
  [from, to]: readonly [number, number],
  network: ResnetOptions["network"],
): Layer {
  if (network === "antialiased") {
    const convolve = convolution(scope, [from, to], { side: 3, pads: 1 });
    return (x) => convolve(blurredDouble(x));
  }
  const weight = scope.parameter("weight", [from, to, 3, 3], INITIAL_WEIGHTS);
  return (x) => convTranspose2d(x, weight, { stride: 2, pads: 1, outputPads: 1 });
}

/** x plus two convolutions of it. */
function block(scope: Scope, channels: number): Layer {
  const [first, second] = ["first", "second"].map((name) =>
    convolution(scope.child(name), [channels, channels], { side: 3 }),
  );
  const mirrored = (x: Value): Value => padImage(x, [1, 1, 1, 1], "reflect");
  return (x) => {
    const middle = relu(instanceNorm(first!(mirrored(x))));
    return add(x, instanceNorm(second!(mirrored(middle))));
  };
}
