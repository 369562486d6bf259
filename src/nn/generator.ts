import type { Generator } from "./layers.js";
import { type ResnetOptions, resnet } from "./resnet.js";
import type { Scope } from "./scope.js";
import { type UnetOptions, unet } from "./unet.js";

export type GeneratorOptions = ({ readonly network: "unet" } & UnetOptions) | ResnetOptions;

/** The network of a generator. */
export const generatorNetwork = (scope: Scope, options: GeneratorOptions): Generator =>
  options.network === "unet" ? unet(scope, options) : resnet(scope, options);
