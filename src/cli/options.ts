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

/** A parser for a range "low,high" of numbers. */
export const rangeIn = (unit: string, low: number, high: number) => {
  const parse = pairIn(unit, low, high);
  return (text: string): readonly [number, number] => {
    const [first, second] = parse(text);
    if (first > second) throw new InvalidArgumentError(`got "${text}", expected the lower number first`);
    return [first, second];
  };
};

/** A parser for numbers with commas between. */
export const numbersIn = (unit: string, low: number, high: number) => (text: string) =>
  text.split(",").map(numberIn(unit, low, high));

/** A parser for "mean" or "mean,sd" of a count: at least one on average. */
export const countIn =
  (high: number) =>
  (text: string): readonly [mean: number, deviation: number] => {
    const parts = text.split(",");
    if (parts.length > 2) throw new InvalidArgumentError(`got "${text}", expected mean or mean,deviation`);
    return [numberIn("", 1, high)(parts[0]!), numberIn("", 0, high)(parts[1] ?? "0")];
  };

/** A parser for a size in pixels: "N", or "WIDTHxHEIGHT"; as [rows, columns]. */
export const sizeIn =
  (low: number, high: number) =>
  (text: string): readonly [rows: number, columns: number] => {
    const parts = text.toLowerCase().split("x");
    if (parts.length > 2) throw new InvalidArgumentError(`got "${text}", expected N or WIDTHxHEIGHT`);
    const [width, height = width] = parts.map(integerIn(low, high));
    return [height!, width!];
  };

/** A parser for a signal-to-noise ratio: a positive number, or inf for no noise. */
export const snrIn = (text: string): number => {
  const value = text.toLowerCase() === "inf" ? Number.POSITIVE_INFINITY : Number(text);
  if (text.trim() === "" || !(value > 0)) {
    throw new InvalidArgumentError(`got "${text}", expected a number above 0, or inf`);
  }
  return value;
};

/** A parser for a choice, for options whose choices are a type. */
export const oneOf =
  <Choice extends string>(...choices: readonly Choice[]) =>
  (text: string): Choice => {
    const found = choices.find((choice) => choice === text);
    if (found === undefined) throw new InvalidArgumentError(`got "${text}", expected ${choices.join(", ")}`);
    return found;
  };

/** A parser for several of some choices, with commas between. */
export const listOf =
  <Choice extends string>(...choices: readonly Choice[]) =>
  (text: string): readonly Choice[] =>
    text.split(",").map(oneOf(...choices));
