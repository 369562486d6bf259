import { generatorNetwork, planesOf } from "../../nn/generator.js";
import { Scope } from "../../nn/scope.js";
import { add, input, mul, type Value } from "../../tensor/index.js";
import { adamInputs } from "../../train/adam.js";
import { withAverages } from "../../train/average.js";
import type { StepPhase } from "../../train/phase.js";
import { optimise } from "../../train/update.js";
import { comparedMaps, maskContrast, patchContrast } from "./contrast/contrast.js";
import { cycleStep } from "./cycle.js";
import { discriminators } from "./discriminators.js";
import { byName, deviation, judge, type StepOptions, type TranslationStep } from "./networks.js";

/**
 * One step of a GAN's training.
 *
 * Inputs: `simulated` [1, planes, crop, crop], `real` [1, 1, crop, crop]; what the losses name (`maskContrast`, `patchContrast`, `cycleStep`); `nceWeight`
 * [1], 0 for a crop without particles where the loss needs them; `adamInputs` of "discriminator" and "generator";
 * `averageFeeds` where a moving average is kept; the state.
 */
export const translationStep = (options: StepOptions): TranslationStep =>
  options.cycle ? cycleStep(options, options.cycle) : oneWayStep(options);

/**
 * A step with one generator, in the published order of CryoGEM (Zhang et al. 2024) and CUT (Park et al. 2020): the discriminators
 * learn from a real crop and the translated one; then the generator and the heads, against the discriminators just improved.
 * The encoder's features of the input serve translation and contrastive loss alike (exact, and the published code
 * encodes it twice).
 */
function oneWayStep(options: StepOptions): TranslationStep {
  const { adam, crop } = options;
  const scope = { generator: Scope.root("generator"), heads: Scope.root("heads") };
  const generator = generatorNetwork(scope.generator, options.generator);
  const image = (name: string, planes = 1): Value => input(name, [1, planes, crop, crop]);
  const planes = planesOf(options.generator);
  const real = image("real");
  const translate = (x: Value) => {
    const features = generator.encode(x);
    return { features, translated: generator.translate(features, x) };
  };
  const { contrast } = options;
  const flips = contrast?.kind === "patch" && contrast.flip;
  const simulated = image("simulated", planes);
  const { features, translated: fake } = translate(flips ? image("simulatedSource", planes) : simulated);
  const scalars = adamInputs("discriminator", adam);
  const judged = discriminators(options.discriminator).map((each) => {
    const { loss, specs, outputs, gan } = judge(each, real, fake);
    return { specs, outputs, gan, updates: optimise(loss, byName(specs), scalars, adam) };
  });
  const gan = judged.map((each) => each.gan).reduce((sum, loss) => add(sum, loss));

  const featuresIn = flips ? generator.encode(simulated) : features;
  const compared = { generator, scope: scope.heads, weight: input("nceWeight", [1]) };
  const contrasts: Record<string, Value> = {};
  if (contrast?.kind === "mask") {
    contrasts["nce"] = maskContrast({ ...compared, featuresIn, translated: fake }, contrast, crop);
  } else if (contrast) {
    contrasts["nce"] = patchContrast("nce", { ...compared, featuresIn, translated: fake }, contrast);
    if (contrast.identity > 0) {
      const same = translate(flips ? image("realSource") : real);
      const pair = {
        featuresIn: flips ? generator.encode(real) : same.features,
        translated: same.translated,
      };
      contrasts["identity"] = patchContrast("identity", { ...compared, ...pair }, contrast);
    }
  }
  const learners = byName([...scope.generator.parameters, ...scope.heads.parameters]);
  const { nce, identity } = contrasts;
  const share = contrast?.kind === "patch" ? contrast.identity : 0;
  const content = nce && identity ? mul(add(nce, mul(identity, share)), 1 / (1 + share)) : nce;
  const loss = content ? add(gan, content) : gan;
  const learned = optimise(loss, learners, adamInputs("generator", adam), adam);
  const improveDiscriminators: StepPhase = {
    outputs: Object.assign({}, ...judged.map(({ outputs }) => outputs)),
    updates: judged.flatMap(({ updates }) => updates),
  };
  const improveGenerator: StepPhase = {
    outputs: { gan, ...contrasts, fakeDeviation: deviation(fake) },
    updates: options.averaged ? withAverages(learned, scope.generator.parameters) : learned,
  };
  return {
    phases: [improveDiscriminators, improveGenerator],
    generator: scope.generator.parameters,
    discriminator: judged.flatMap(({ specs }) => specs),
    heads: scope.heads.parameters,
    backward: [],
    maps: contrast?.kind === "patch" ? comparedMaps(featuresIn, contrast) : [],
  };
}
