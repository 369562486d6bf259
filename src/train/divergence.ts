import { DomainError } from "../core/errors.js";

/** Looks on while a network trains, for losses that tell of a training that has diverged. */
export class DivergenceWatch {
  private hasWarned = false;

  /** @param bounds of losses by name: far above anything that a training that goes well has ever shown */
  constructor(private readonly bounds: Readonly<Record<string, number>>) {}

  /**
   * @returns a warning, the first time that a loss is above its bound: such a training may come back
   * @throws DomainError for a loss that is no number: no later step can make it one
   */
  step(step: number, losses: Readonly<Record<string, number>>): string | undefined {
    for (const [name, value] of Object.entries(losses)) {
      if (!Number.isFinite(value)) {
        const expected = "a finite number: the training has diverged, a lower learning rate may help";
        throw new DomainError(`step ${step}: ${name}`, value, expected);
      }
    }
    if (this.hasWarned) return undefined;
    const [name, bound] = Object.entries(this.bounds).find(([name, bound]) => losses[name]! > bound) ?? [];
    if (name === undefined) return undefined;
    this.hasWarned = true;
    return (
      `step ${step}: ${name} is ${losses[name]!.toPrecision(3)}, above ${bound}: the training has diverged, a ` +
      "lower learning rate may help"
    );
  }
}
