import type { OpAttrs } from "../../src/tensor/types.js";
import type { OpCase } from "./op-case.js";

type Convolution = "conv2d" | "convTranspose2d";

/** Convolutions with what a wrong index gets wrong: odd sizes, uneven pads, strides that leave rows over, dilations, groups. */
export const CONVOLUTIONS: { readonly [K in Convolution]: readonly OpCase<OpAttrs[K]>[] } = {
  conv2d: [
    {
      name: "stride 2, odd sizes, uneven pads, bias",
      operands: [[2, 2, 7, 6], [3, 2, 4, 3], [3]],
      attrs: { strides: [2, 2], pads: [1, 0, 2, 1], dilations: [1, 1], groups: 1 },
    },
    {
      name: "wide, stride 2, kernel 4",
      operands: [
        [2, 2, 8, 22],
        [1, 2, 4, 4],
      ],
      attrs: { strides: [2, 2], pads: [1, 1, 1, 1], dilations: [1, 1], groups: 1 },
    },
    {
      name: "wide, stride 1, dilated, uneven pads, two groups",
      operands: [
        [1, 2, 5, 21],
        [2, 1, 2, 2],
      ],
      attrs: { strides: [1, 1], pads: [2, 0, 0, 2], dilations: [3, 2], groups: 2 },
    },
    {
      name: "one channel out of five, uneven pads, dilated",
      operands: [
        [2, 5, 6, 7],
        [1, 5, 2, 3],
      ],
      attrs: { strides: [1, 1], pads: [1, 0, 0, 2], dilations: [1, 2], groups: 1 },
    },
    {
      name: "stride 3 that leaves two rows over",
      operands: [
        [1, 1, 9, 8],
        [2, 1, 1, 3],
      ],
      attrs: { strides: [3, 2], pads: [0, 0, 0, 0], dilations: [1, 1], groups: 1 },
    },
    {
      name: "dilated, two groups",
      operands: [
        [1, 4, 6, 7],
        [6, 2, 3, 2],
      ],
      attrs: { strides: [1, 1], pads: [1, 1, 1, 1], dilations: [2, 1], groups: 2 },
    },
    {
      name: "stride 1, kernel 3",
      operands: [
        [1, 2, 5, 4],
        [2, 2, 3, 3],
      ],
      attrs: { strides: [1, 1], pads: [1, 1, 1, 1], dilations: [1, 1], groups: 1 },
    },
  ],
  convTranspose2d: [
    {
      name: "stride 2, kernel 4, bias",
      operands: [[1, 3, 3, 4], [3, 2, 4, 4], [2]],
      attrs: { strides: [2, 2], pads: [1, 1, 1, 1], dilations: [1, 1], groups: 1, outputPads: [0, 0] },
    },
    {
      name: "output pads, uneven pads, two images",
      operands: [
        [2, 2, 3, 2],
        [2, 3, 3, 2],
      ],
      attrs: { strides: [2, 3], pads: [1, 0, 0, 1], dilations: [1, 1], groups: 1, outputPads: [1, 2] },
    },
    {
      name: "dilated, two groups",
      operands: [
        [1, 4, 3, 3],
        [4, 2, 2, 3],
      ],
      attrs: { strides: [1, 2], pads: [1, 1, 1, 0], dilations: [2, 1], groups: 2, outputPads: [0, 0] },
    },
  ],
};
