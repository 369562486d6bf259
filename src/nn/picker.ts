import { integerInRange } from "../core/check.js";
import { add, relu } from "../tensor/elementwise.js";
import { concat } from "../tensor/layout.js";
import { conv2d } from "../tensor/linear.js";
import { averagePool, upsampleNearest } from "../tensor/reduce.js";
import type { Layer } from "./layers.js";
import type { Scope } from "./scope.js";

/** The picker networks by name. */
export const PICKER_NETWORKS = ["resnet", "unet"] as const;

export interface PickerNetworkOptions {
  readonly network: (typeof PICKER_NETWORKS)[number];
  /** Channels of the first layer. */
  readonly width: number;
}

/** Pixels of the image per cell of a picker's output. */
export const PICKER_STRIDE = 2;
/** Sides of a picker's input are multiples of this. */
export const PICKER_MULTIPLE = 8;
/** Pixels beyond which nothing bears on a cell: half of either network's field of view, rounded up to the multiple. */
export const PICKER_REACH = 56;

/** Log-odds that the networks start from: particles are rare. */
const FIRST_LOG_ODDS = -2;

/**
 * A small fully convolutional network that gives the log-odds of a particle's centre in every 2 x 2 pixels.
 *
 * Cell (i, j) is centred on pixel (2 i + 0.5, 2 j + 0.5): the strided kernels are even, so a turned or mirrored image gives
 * turned or mirrored scores' geometry. No layer normalises over the image: a score depends on its surroundings only.
 *
 * @returns images [n, 1, rows, columns] to log-odds [n, 1, rows / 2, columns / 2]
 */
export function pickerNetwork(scope: Scope, { network, width }: PickerNetworkOptions): Layer {
  integerInRange("picker width", width, 1, 512);
  return network === "resnet" ? pickerResnet(scope, width) : pickerUnet(scope, width);
}

/** Dilations of the residual blocks: 54 pixels to each side are seen. */
const DILATIONS = [1, 2, 4] as const;

/**
 * In the manner of Topaz's ResNet8 (Bepler et al. 2019): a strided convolution, residual blocks that widen the field of view by
 * dilation, a classifier of every cell; without its batch normalisation.
 */
function pickerResnet(scope: Scope, width: number): Layer {
  const stem = convolution(scope.child("stem"), [1, width], { side: 6, stride: 2 });
  const blocks = DILATIONS.map((dilation, i) => {
    const block = scope.child(`block${i + 1}`);
    const first = convolution(block.child("first"), [width, width], { side: 3, dilation });
    const second = convolution(block.child("second"), [width, width], { side: 3, dilation, gain: 0.5 });
    return (x: Parameters<Layer>[0]) => relu(add(x, second(relu(first(x)))));
  });
  const head = classifier(scope.child("head"), width);
  return (x) => head(blocks.reduce((y, block) => block(y), relu(stem(x))));
}

/** A U-Net of three scales: cells of 2, 4 and 8 pixels, joined by skip connections. */
function pickerUnet(scope: Scope, width: number): Layer {
  const layer = (name: string, from: number, to: number): Layer => {
    const each = convolution(scope.child(name), [from, to], { side: 3 });
    return (x) => relu(each(x));
  };
  const stem = convolution(scope.child("stem"), [1, width], { side: 6, stride: 2 });
  const fine = layer("fine", width, width);
  const middle = [layer("middle1", width, 2 * width), layer("middle2", 2 * width, 2 * width)] as const;
  const coarse = [
    layer("coarse1", 2 * width, 2 * width),
    layer("coarse2", 2 * width, 2 * width),
    layer("coarse3", 2 * width, 2 * width),
  ] as const;
  const upMiddle = layer("upMiddle", 4 * width, 2 * width);
  const upFine = layer("upFine", 3 * width, width);
  const head = classifier(scope.child("head"), width);
  return (x) => {
    const a = fine(relu(stem(x)));
    const b = middle[1](middle[0](averagePool(a, 2)));
    const c = coarse.reduce((y, each) => each(y), averagePool(b, 2));
    const d = upMiddle(concat([b, upsampleNearest(c, 2)], 1));
    return head(upFine(concat([a, upsampleNearest(d, 2)], 1)));
  };
}

/** Two 1 x 1 convolutions to one number a cell. */
function classifier(scope: Scope, width: number): Layer {
  const first = convolution(scope.child("first"), [width, width], { side: 1 });
  const second = convolution(scope.child("second"), [width, 1], {
    side: 1,
    gain: 0.5,
    bias: FIRST_LOG_ODDS,
  });
  return (x) => second(relu(first(x)));
}

interface ConvolutionOptions {
  readonly side: number;
  readonly stride?: 1 | 2;
  readonly dilation?: number;
  /** Over He's standard deviation, sqrt(2 / inputs of an output). */
  readonly gain?: number;
  /** First value of the bias. */
  readonly bias?: number;
}

/** Convolution that keeps the image's size, or halves it. */
function convolution(
  scope: Scope,
  [from, to]: readonly [number, number],
  { side, stride = 1, dilation = 1, gain = 1, bias = 0 }: ConvolutionOptions,
): Layer {
  const normal = gain * Math.sqrt(2 / (from * side * side));
  const weight = scope.parameter("weight", [to, from, side, side], { normal });
  const offset = scope.parameter("bias", [to], { constant: bias });
  const pads = (dilation * (side - stride)) / 2;
  return (x) => conv2d(x, weight, { stride, dilation, pads, bias: offset });
}
