import { generatorNetwork } from "../../nn/generator.js";
import { Scope } from "../../nn/scope.js";
import { abs, add, input, mul, reduceMean, sub, type Value } from "../../tensor/index.js";
import { adamInputs } from "../../train/adam.js";
import { withAverages } from "../../train/average.js";
import { optimise } from "../../train/update.js";
import { discriminators } from "./discriminators.js";
import { pooled } from "./image-pool.js";
import {
  byName,
  type CycleOptions,
  deviation,
  judge,
  type StepOptions,
  type TranslationStep,
} from "./networks.js";

/**
 * One step of CycleGAN (Zhu et al. 2017): a generator from simulated to real crops and one back, discriminators on either side.
 *
 *   GAN(forward) + GAN(back) + w (|back(forward(s)) - s| + |forward(back(r)) - r|) + i w (|forward(r) - r| + |back(s) - s|)
 *
 * with means of absolute differences. Generators and discriminators learn at once from the networks before the step: the published code
 * moves the generators first, but its discriminators then see images that were made before. Discriminators see images of a pool
 * (inputs of `pooled` for "pool:real" and "pool:simulated").
 */
export function cycleStep(options: StepOptions, cycle: CycleOptions): TranslationStep {
  const { adam, crop } = options;
  const [simulated, real] = ["simulated", "real"].map((name) => input(name, [1, 1, crop, crop])) as [
    Value,
    Value,
  ];
  const scopes = { forward: Scope.root("generator"), back: Scope.root("backward") };
  const translator = (scope: Scope): ((x: Value) => Value) => {
    const { encode, translate } = generatorNetwork(scope, options.generator);
    return (x) => translate(encode(x), x);
  };
  const [forward, back] = [translator(scopes.forward), translator(scopes.back)];
  const [fakeReal, fakeSimulated] = [forward(simulated), back(real)];
  const pools = {
    real: pooled("pool:real", fakeReal, cycle.pool),
    simulated: pooled("pool:simulated", fakeSimulated, cycle.pool),
  };
  const onReal = discriminators(options.discriminator).map((each) =>
    judge(each, real, fakeReal, pools.real.seen),
  );
  const onSimulated = discriminators(options.discriminator, ["backDiscriminator", "backCoarse"]).map((each) =>
    judge(each, simulated, fakeSimulated, pools.simulated.seen),
  );
  const judged = [...onReal, ...onSimulated];

  const losses: Record<string, Value> = {
    gan: sum(onReal.map(({ gan }) => gan)),
    backGan: sum(onSimulated.map(({ gan }) => gan)),
    cycle: mul(
      add(distance(back(fakeReal), simulated), distance(forward(fakeSimulated), real)),
      cycle.weight,
    ),
    ...(cycle.identity > 0 && {
      identity: mul(
        add(distance(forward(real), real), distance(back(simulated), simulated)),
        cycle.weight * cycle.identity,
      ),
    }),
  };
  const generators = byName([...scopes.forward.parameters, ...scopes.back.parameters]);
  const learned = optimise(sum(Object.values(losses)), generators, adamInputs("generator", adam), adam);
  const critics = judged.flatMap(({ specs }) => specs);
  const criticism = optimise(
    sum(judged.map(({ loss }) => loss)),
    byName(critics),
    adamInputs("discriminator", adam),
    adam,
  );
  return {
    phases: [
      {
        outputs: {
          ...Object.assign({}, ...judged.map(({ outputs }) => outputs)),
          ...losses,
          fakeDeviation: deviation(fakeReal),
        },
        updates: [
          ...(options.averaged ? withAverages(learned, scopes.forward.parameters) : learned),
          ...criticism,
        ],
        carried: [...pools.real.carried, ...pools.simulated.carried],
      },
    ],
    generator: scopes.forward.parameters,
    backward: scopes.back.parameters,
    discriminator: critics,
    heads: [],
    maps: [],
  };
}

const sum = (values: readonly Value[]): Value => values.reduce((total, value) => add(total, value));

/** Mean absolute difference. */
const distance = (a: Value, b: Value): Value => reduceMean(abs(sub(a, b)));
