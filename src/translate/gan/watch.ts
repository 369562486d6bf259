import type { StepMetrics } from "../../train/loop.js";

type Losses = StepMetrics["losses"];

/** Steps over which a loss is averaged. */
const WINDOW = 100;
const SIGNAL = {
  /** A discriminator below this average loss tells every image apart: it teaches the generator nothing more. */
  discriminatorLoss: 0.02,
  /** Real crops have standard deviation 1. */
  deviation: [0.5, 2] as const,
  particleCorrelation: 0.5,
  particleFall: 0.25,
} as const;

/**
 * Bounds for `DivergenceWatch`. Least-squares losses begin at 1 and, at learning rates up to 0.01, stayed below 5; translated crops
 * have about the deviation 1 of real ones. At a rate of 0.1 they came to 200 and 30, at 1 to 20 000 and 700.
 */
export const LOSS_BOUNDS: Losses = {
  ...{ discriminatorReal: 100, discriminatorFake: 100, coarseReal: 100, coarseFake: 100 },
  ...{ gan: 100, fakeDeviation: 10, backGan: 100 },
  ...{ backDiscriminatorReal: 100, backDiscriminatorFake: 100, backCoarseReal: 100, backCoarseFake: 100 },
};

/**
 * Looks on while a GAN trains and says, once for each kind, what a user would want to stop for: a discriminator that has
 * won, an output whose contrast has collapsed or exploded, particles that fade.
 */
export class TrainingWatch {
  private readonly recent: Losses[] = [];
  private readonly said = new Set<string>();
  private bestCorrelation = Number.NEGATIVE_INFINITY;

  /** @returns a warning, the first time that there is reason for it */
  step(step: number, losses: Losses): string | undefined {
    this.recent.push(losses);
    if (this.recent.length < WINDOW) return undefined;
    if (this.recent.length > WINDOW) this.recent.shift();
    const discriminator = (this.mean("discriminatorReal") + this.mean("discriminatorFake")) / 2;
    if (discriminator < SIGNAL.discriminatorLoss) {
      return this.once(
        "discriminator",
        `step ${step}: the discriminator's loss has been ${discriminator.toPrecision(2)} for ${WINDOW} steps: it tells ` +
          "every image apart and the generator learns little more; look at the samples",
      );
    }
    const deviation = this.mean("fakeDeviation");
    if (deviation < SIGNAL.deviation[0] || deviation > SIGNAL.deviation[1]) {
      return this.once(
        "deviation",
        `step ${step}: translated images have ${deviation.toPrecision(2)} times the real ones' standard deviation: ` +
          "the generator has collapsed",
      );
    }
    return undefined;
  }

  /**
   * @param particleCorrelation of a sample, see samples.ts; NaN without particles
   * @returns a warning, the first time that there is reason for it
   */
  sample(step: number, particleCorrelation: number): string | undefined {
    if (Number.isNaN(particleCorrelation)) return undefined;
    this.bestCorrelation = Math.max(this.bestCorrelation, particleCorrelation);
    const fallen = particleCorrelation < this.bestCorrelation - SIGNAL.particleFall;
    if (!fallen && particleCorrelation >= SIGNAL.particleCorrelation) return undefined;
    return this.once(
      "particles",
      `step ${step}: the average particle of translated crops correlates ${particleCorrelation.toFixed(2)} with the clean ` +
        `one (best so far ${this.bestCorrelation.toFixed(2)}): the labels no longer fit the images; look at the samples and train fewer steps`,
    );
  }

  private mean(name: string): number {
    return this.recent.reduce((sum, losses) => sum + losses[name]!, 0) / this.recent.length;
  }

  private once(kind: string, warning: string): string | undefined {
    if (this.said.has(kind)) return undefined;
    this.said.add(kind);
    return warning;
  }
}
