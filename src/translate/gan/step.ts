import { patchHeads } from "../../nn/patch-heads.js";
import { type ParameterSpec, Scope } from "../../nn/scope.js";
import { type Unet, type UnetOptions, unet } from "../../nn/unet.js";
import {
  add,
  input,
  mul,
  reduceMean,
  slice,
  sqrt,
  square,
  stopGradient,
  sub,
  type Value,
} from "../../tensor/index.js";
import { adamInputs } from "../../train/adam.js";
import { withAverages } from "../../train/average.js";
import type { StepPhase } from "../../train/phase.js";
import { optimise } from "../../train/update.js";
import { type Discriminator, type DiscriminatorOptions, discriminators } from "./discriminators.js";
import { discriminatorLoss, generatorLoss } from "./loss.js";
import { type MaskNceOptions, maskNce, overLevels } from "./mask-nce.js";
import { samplingInputs } from "./sampling-inputs.js";

/** The networks and losses of a CryoGEM training. */
export interface StepOptions {
  /** Side of the square crops; a multiple of 2^depth. */
  readonly crop: number;
  readonly generator: UnetOptions;
  readonly discriminator: DiscriminatorOptions;
  readonly headWidth: number;
  /** Encoder levels compared by the contrastive loss, from the first. */
  readonly levels: number;
  /** Query points of each kind. */
  readonly queries: number;
  readonly nce: MaskNceOptions;
  readonly beta1: number;
  /** Whether a moving average of the generator is kept beside it. */
  readonly averaged: boolean;
}

/** A training step, and the parameters of its networks. */
export interface CryogemStep {
  readonly phases: readonly StepPhase[];
  readonly generator: readonly ParameterSpec[];
  readonly discriminator: readonly ParameterSpec[];
  readonly heads: readonly ParameterSpec[];
}

/**
 * One step of CryoGEM's training (Zhang et al. 2024) in the published order: the discriminators learn from a real crop
 * and the translated one; then the generator and the heads, against the discriminators just improved.
 * The encoder's features of the input serve translation and contrastive loss alike (exact, and the published code
 * encodes it twice); they are not detached, as there.
 *
 * Inputs: `simulated`, `real` [1, 1, crop, crop]; `samplingInputs` of every level for particle points, then background points;
 * `nceWeight` [1], 0 for a crop without particles; `adamInputs` of "discriminator" and "generator"; `averageFeeds` where a moving
 * average is kept; the state.
 */
export function cryogemStep(options: StepOptions): CryogemStep {
  const { beta1 } = options;
  const { scope, generator, featuresIn, fake } = translation(options);
  const real = input("real", [1, 1, options.crop, options.crop]);
  const scalars = adamInputs("discriminator");
  const judged = discriminators(options.discriminator).map((each) => {
    const { loss, specs, outputs, gan } = judge(each, real, fake);
    return { specs, outputs, gan, updates: optimise(loss, byName(specs), scalars, { beta1 }) };
  });
  const gan = judged.map((each) => each.gan).reduce((sum, loss) => add(sum, loss));
  const nce = contrastiveLoss(generator, scope.heads, featuresIn, fake, options);
  const learners = byName([...scope.generator.parameters, ...scope.heads.parameters]);
  const learned = optimise(add(gan, nce), learners, adamInputs("generator"), { beta1 });
  const improveDiscriminators: StepPhase = {
    outputs: Object.assign({}, ...judged.map(({ outputs }) => outputs)),
    updates: judged.flatMap(({ updates }) => updates),
  };
  const improveGenerator: StepPhase = {
    outputs: { gan, nce, fakeDeviation: deviation(fake) },
    updates: options.averaged ? withAverages(learned, scope.generator.parameters) : learned,
  };
  return {
    phases: [improveDiscriminators, improveGenerator],
    generator: scope.generator.parameters,
    discriminator: judged.flatMap(({ specs }) => specs),
    heads: scope.heads.parameters,
  };
}

/** The generator applied to the simulated crop. */
function translation(options: StepOptions) {
  const scope = { generator: Scope.root("generator"), heads: Scope.root("heads") };
  const generator = unet(scope.generator, options.generator);
  const simulated = input("simulated", [1, 1, options.crop, options.crop]);
  const featuresIn = generator.encode(simulated);
  return { scope, generator, featuresIn, fake: generator.translate(featuresIn, simulated) };
}

const deviation = (x: Value): Value => sqrt(reduceMean(square(sub(x, reduceMean(x)))));

/** A discriminator's own loss, and what it says of the translated crop. */
function judge({ name, scope, judge }: Discriminator, real: Value, fake: Value) {
  const judging = judge(scope);
  const loss = discriminatorLoss(judging(real), judging(stopGradient(fake)));
  return {
    specs: scope.parameters,
    loss: loss.total,
    outputs: { [`${name}Real`]: loss.real, [`${name}Fake`]: loss.fake },
    gan: generatorLoss(judging(fake)),
  };
}

const byName = (specs: readonly ParameterSpec[]): Record<string, Value> =>
  Object.fromEntries(specs.map(({ name, value }) => [name, value]));

function contrastiveLoss(
  generator: Unet,
  scope: Scope,
  featuresIn: readonly Value[],
  fake: Value,
  { crop, levels, headWidth, queries, nce }: StepOptions,
): Value {
  const head = patchHeads(scope, headWidth);
  const featuresOut = generator.encode(fake);
  const losses = Array.from({ length: levels }, (_, i) => {
    const points = samplingInputs(i + 1, 2 * queries, crop);
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
