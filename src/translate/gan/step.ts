import { patchHeads } from "../../nn/patch-heads.js";
import { type ParameterSpec, Scope } from "../../nn/scope.js";
import { type Unet, type UnetOptions, unet } from "../../nn/unet.js";
import {
  type AdamScalars,
  adamInputs,
  add,
  input,
  type LateUpdate,
  mul,
  type Optimised,
  optimise,
  reduceMean,
  type StateTensor,
  type StepGraph,
  type StepPhase,
  slice,
  sqrt,
  square,
  stopGradient,
  sub,
  type Value,
} from "../../tensor/index.js";
import { type Discriminator, type DiscriminatorOptions, discriminators } from "./discriminators.js";
import { type DiscriminatorLoss, discriminatorLoss, generatorLoss } from "./loss.js";
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

/** One training step: what it computes and carries on, and the parameters of its networks. */
export interface CryogemStep extends StepGraph {
  readonly generator: readonly ParameterSpec[];
  readonly discriminator: readonly ParameterSpec[];
  readonly heads: readonly ParameterSpec[];
  /** Derivatives of the losses by each parameter. */
  readonly gradients: Readonly<Record<string, Value>>;
}

/**
 * One step of CryoGEM's training (Zhang et al. 2024) in the published order: the discriminators learn from a real crop
 * and the translated one; then the generator and the heads, against the discriminators just improved.
 * The encoder's features of the input serve translation and contrastive loss alike (exact, and the published code
 * encodes it twice); they are not detached, as there.
 *
 * Inputs: `simulated`, `real` [1, 1, crop, crop]; `samplingInputs` of every level for particle points, then background points; `nceWeight` [1], 0 for a crop without particles; `adamInputs` of "discriminator" and "generator";
 * `averageDecay` [1] where a moving average is kept; parameters, moments and `average:` parameters.
 */
export function cryogemStep(options: StepOptions): CryogemStep {
  const { scope, generator, featuresIn, fake } = translation(options);
  const scalars = adamInputs("discriminator");
  const real = realImage(options);
  const judged = discriminators(options.discriminator).map((each) =>
    judgeAndLearn(each, real, fake, scalars, options),
  );
  const gan = judged.map((each) => each.gan).reduce((sum, loss) => add(sum, loss));
  const nce = contrastiveLoss(generator, scope.heads, featuresIn, fake, options);
  const learners = byName([...scope.generator.parameters, ...scope.heads.parameters]);
  const learned = optimise(add(gan, nce), learners, adamInputs("generator"), { beta1: options.beta1 });
  return {
    generator: scope.generator.parameters,
    discriminator: judged.flatMap(({ specs }) => specs),
    heads: scope.heads.parameters,
    outputs: {
      ...Object.assign({}, ...judged.map(({ outputs }) => outputs)),
      gan,
      nce,
      fakeDeviation: deviation(fake),
    },
    state: [
      ...judged.flatMap(({ learned: { state } }) => state),
      ...learned.state,
      ...(options.averaged ? movingAverages(scope.generator.parameters, learned) : []),
    ],
    late: options.averaged ? withAverages(scope.generator.parameters, learned) : learned.updates,
    gradients: Object.assign({}, ...judged.map((each) => each.learned.gradients), learned.gradients),
  };
}

/** The two halves of a step over several crops, and the parameters of its networks. */
export interface CryogemPhases {
  readonly phases: readonly StepPhase[];
  readonly generator: readonly ParameterSpec[];
  readonly discriminator: readonly ParameterSpec[];
  readonly heads: readonly ParameterSpec[];
}

/**
 * The same step over several crops (`AccumulatedTraining`): the discriminators learn from all of them, then the generator and
 * the heads, which translates every crop a second time. Inputs as for `cryogemStep`.
 */
export function cryogemPhases(options: StepOptions): CryogemPhases {
  const { scope, generator, featuresIn, fake } = translation(options);
  const scalars = adamInputs("discriminator");
  const real = realImage(options);
  const judging = discriminators(options.discriminator).map((each) => {
    const judge = each.judge(each.scope);
    const loss = discriminatorLoss(judge(real), judge(stopGradient(fake)));
    const specs = each.scope.parameters;
    const { updates } = optimise(loss.total, byName(specs), scalars, options);
    return { specs, outputs: lossesOf(each, loss), updates, gan: generatorLoss(judge(fake)) };
  });
  const gan = judging.map((each) => each.gan).reduce((sum, loss) => add(sum, loss));
  const nce = contrastiveLoss(generator, scope.heads, featuresIn, fake, options);
  const learners = byName([...scope.generator.parameters, ...scope.heads.parameters]);
  const learned = optimise(add(gan, nce), learners, adamInputs("generator"), options);
  return {
    phases: [
      {
        outputs: Object.assign({}, ...judging.map(({ outputs }) => outputs)),
        updates: judging.flatMap(({ updates }) => updates),
      },
      {
        outputs: { gan, nce, fakeDeviation: deviation(fake) },
        updates: options.averaged ? withAverages(scope.generator.parameters, learned) : learned.updates,
      },
    ],
    generator: scope.generator.parameters,
    discriminator: judging.flatMap(({ specs }) => specs),
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

const realImage = ({ crop }: StepOptions): Value => input("real", [1, 1, crop, crop]);
const deviation = (x: Value): Value => sqrt(reduceMean(square(sub(x, reduceMean(x)))));
const lossesOf = ({ name }: Discriminator, { real, fake }: DiscriminatorLoss): Record<string, Value> => ({
  ...{ [`${name}Real`]: real, [`${name}Fake`]: fake },
});

/** A discriminator's own step, and what the improved one says of the translated crop. */
function judgeAndLearn(
  discriminator: Discriminator,
  real: Value,
  fake: Value,
  scalars: AdamScalars,
  { beta1 }: StepOptions,
) {
  const { scope, judge } = discriminator;
  const judging = judge(scope);
  const loss = discriminatorLoss(judging(real), judging(stopGradient(fake)));
  const specs = scope.parameters;
  const learned = optimise(loss.total, byName(specs), scalars, { beta1 });
  const improved = judge(scope.substituting(new Map(Object.entries(learned.parameters))));
  return { specs, learned, outputs: lossesOf(discriminator, loss), gan: generatorLoss(improved(fake)) };
}

/** average = decay average + (1 - decay) parameter, for every parameter named; the decay is the input `averageDecay` [1]. */
export function movingAverages(
  specs: readonly ParameterSpec[],
  { parameters }: Optimised,
): readonly StateTensor[] {
  const decay = input("averageDecay", [1]);
  return specs.map(({ name, shape }) => {
    const average = input(averageName(name), shape);
    const next = add(mul(average, decay), mul(parameters[name]!, sub(1, decay)));
    return { name: averageName(name), next, inPlace: true };
  });
}

/** The updates of an optimiser, with the moving averages of those parameters named. */
export function withAverages(specs: readonly ParameterSpec[], { updates }: Optimised): readonly LateUpdate[] {
  const averaged = new Set(specs.map(({ name }) => name));
  const decay = input("averageDecay", [1]);
  return updates.map((update) =>
    averaged.has(update.parameter)
      ? { ...update, average: { name: averageName(update.parameter), decay } }
      : update,
  );
}

/** State tensor of a parameter's moving average. */
export const averageName = (parameter: string): string => `average:${parameter}`;

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
