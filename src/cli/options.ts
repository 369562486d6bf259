import { InvalidArgumentError } from "commander";

/** A parser for a number option: unit and range stand in its refusal. */
export const numberIn = (unit: string, low: number, high: number) => (text: string) => {
  const value = Number(text);
  if (text.trim() === "" || !(value >= low && value <= high)) {
    throw new InvalidArgumentError(`got "${text}", expected ${low} to ${high}${unit && ` ${unit}`}`);
  }
  return value;
};

/** A parser for a whole-number option. */
export const integerIn = (low: number, high: number) => (text: string) => {
  const value = Number(text);
  if (text.trim() === "" || !Number.isInteger(value) || value < low || value > high) {
    throw new InvalidArgumentError(`got "${text}", expected a whole number from ${low} to ${high}`);
  }
  return value;
};

/** A parser for a pair "low,high" or "mean,sd" of numbers, each within the range. */
export const pairIn =
  (unit: string, low: number, high: number) =>
  (text: string): readonly [number, number] => {
    const parts = text.split(",");
    if (parts.length !== 2)
      throw new InvalidArgumentError(`got "${text}", expected two numbers with a comma between`);
    const parse = numberIn(unit, low, high);
    return [parse(parts[0]!), parse(parts[1]!)];
  };
