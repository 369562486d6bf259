import { DomainError } from "./errors.js";

/** `value` if it is a finite number in [low, high]; otherwise a DomainError that names the quantity and its unit. */
export function inRange(quantity: string, value: number, unit: string, low: number, high: number): number {
  if (!(value >= low && value <= high)) {
    throw new DomainError(quantity, value, `${low} to ${high}${unit && ` ${unit}`}`);
  }
  return value;
}

/** `value` if it is a whole number in [low, high]; otherwise a DomainError that names the quantity. */
export function integerInRange(quantity: string, value: number, low: number, high: number): number {
  if (!Number.isInteger(value)) throw new DomainError(quantity, value, "a whole number");
  return inRange(quantity, value, "", low, high);
}
