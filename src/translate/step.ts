import { patchHeads, type SamplingInputs } from "../nn/patch-heads.js";
import { patchGan } from "../nn/patchgan.js";
import { type ParameterSpec, Scope } from "../nn/scope.js";
import { type Unet, type UnetOptions, unet } from "../nn/unet.js";
import {
  adamInputs,
  add,
  input,
  mul,
  optimise,
  reduceMean,
  type StepGraph,
  slice,
  sqrt,
  square,
  stopGradient,
  sub,
  type Value,
} from "../tensor/index.js";
import { discriminatorLoss, generatorLoss } from "./gan-loss.js";
import { type MaskNceOptions, maskNce, overLevels } from "./mask-nce.js";

/** The networks and losses of a CryoGEM training. */
export interface StepOptions {
  /** Side of the square crops; a multiple of 2^depth. */
  readonly crop: number;
  readonly generator: UnetOptions;
  /** Channels of the discriminator's first layer. */
  readonly discriminatorWidth: number;
  readonly headWidth: number;
  /** Encoder levels compared by the contrastive loss, from the first. */
  readonly levels: number;
  /** Query points of each kind. */
  readonly queries: number;
  readonly nce: MaskNceOptions;
  readonly beta1: number;
}

/** One training step: what it computes and carries on, and the parameters of its three networks. */
export interface CryogemStep extends StepGraph {
  readonly generator: readonly ParameterSpec[];
  readonly discriminator: readonly ParameterSpec[];
  readonly heads: readonly ParameterSpec[];
  /** Derivatives of the losses by each parameter. */
  readonly gradients: Readonly<Record<string, Value>>;
}

/** Names of the losses, as outputs of the graph and as columns of metrics.jsonl. */
export const LOSSES = ["discriminatorReal", "discriminatorFake", "gan", "nce", "fakeDeviation"] as const;

/**
 * One step of CryoGEM's training (Zhang et al. 2024) in the published order: the discriminator learns from a real crop
 * and the translated one; then the generator and the heads, against the discriminator just improved.
 * The encoder's features of the input serve translation and contrastive loss alike (exact, and the published code
 * encodes it twice); they are not detached, as there. Inputs: `simulated`, `real` [1, 1, crop, crop]; `level1:indices`,
 * `level1:weights`, … for particle points, then background points; `nceWeight` [1], 0 for a crop without particles;
 * those of `adamInputs("adam")`; parameters and moments.
 */
export function cryogemStep(options: StepOptions): CryogemStep {
  const image = [1, 1, options.crop, options.crop];
  const scope = {
    generator: Scope.root("generator"),
    discriminator: Scope.root("discriminator"),
    heads: Scope.root("heads"),
  };
  const generator = unet(scope.generator, options.generator);
  const simulated = input("simulated", image);
  const featuresIn = generator.encode(simulated);
  const fake = generator.translate(featuresIn, simulated);
  const [scalars, settings] = [adamInputs("adam"), { beta1: options.beta1 }];

  const judge = patchGan(scope.discriminator, options.discriminatorWidth);
  const judged = discriminatorLoss(judge(input("real", image)), judge(stopGradient(fake)));
  const improved = optimise(judged.total, byName(scope.discriminator.parameters), scalars, settings);
  const improvedScope = scope.discriminator.substituting(new Map(Object.entries(improved.parameters)));
  const gan = generatorLoss(patchGan(improvedScope, options.discriminatorWidth)(fake));

  const nce = contrastiveLoss(generator, scope.heads, featuresIn, fake, options);
  const learners = [...scope.generator.parameters, ...scope.heads.parameters];
  const learned = optimise(add(gan, nce), byName(learners), scalars, settings);
  const fakeDeviation = sqrt(reduceMean(square(sub(fake, reduceMean(fake)))));
  return {
    generator: scope.generator.parameters,
    discriminator: scope.discriminator.parameters,
    heads: scope.heads.parameters,
    outputs: { discriminatorReal: judged.real, discriminatorFake: judged.fake, gan, nce, fakeDeviation },
    state: [...improved.state, ...learned.state],
    gradients: { ...improved.gradients, ...learned.gradients },
  };
}

const byName = (specs: readonly ParameterSpec[]): Record<string, Value> =>
  Object.fromEntries(specs.map(({ name, value }) => [name, value]));

function contrastiveLoss(
  generator: Unet,
  scope: Scope,
  featuresIn: readonly Value[],
  fake: Value,
  { levels, headWidth, queries, nce }: StepOptions,
): Value {
  const head = patchHeads(scope, headWidth);
  const featuresOut = generator.encode(fake);
  const losses = Array.from({ length: levels }, (_, i) => {
    const points = samplingInputs(i + 1, 2 * queries);
    const queriesIn = head(i + 1, featuresIn[i]!, points);
    const queriesOut = head(i + 1, featuresOut[i]!, points);
    return maskNce(
      {
        particlesIn: slice(queriesIn, { axis: 0, end: queries }),
        particlesOut: slice(queriesOut, { axis: 0, end: queries }),
        backgroundIn: slice(queriesIn, { axis: 0, start: queries }),
        backgroundOut: slice(queriesOut, { axis: 0, start: queries }),
      },
      nce,
    );
  });
  return reduceMean(mul(overLevels(losses), input("nceWeight", [1])));
}

const samplingInputs = (level: number, points: number): SamplingInputs => ({
  indices: input(`level${level}:indices`, [4 * points], "int32"),
  weights: input(`level${level}:weights`, [4 * points]),
});
