import type { Generator } from "./layers.js";
import { type ResnetOptions, resnet } from "./resnet.js";
import type { Scope } from "./scope.js";
import { type UnetOptions, unet } from "./unet.js";

export type GeneratorOptions = ({ readonly network: "unet" } & UnetOptions) | ResnetOptions;

/** The network of a generator. */
export const generatorNetwork = (scope: Scope, options: GeneratorOptions): Generator =>
  options.network === "unet" ? unet(scope, options) : resnet(scope, options);

/** Planes that a generator is given: an image, or an image and its noise field (`NoiseAt`). */
export const planesOf = (options: GeneratorOptions): 1 | 2 =>
  options.network === "unet" && (options.noiseAt ?? "input") !== "input" ? 2 : 1;
