import { scaleLinear } from "d3-scale";

/** From numbers to places on a chart, with round ticks. */
export interface Axis {
  readonly at: (value: number) => number;
  readonly valueAt: (place: number) => number;
  readonly ticks: readonly { readonly place: number; readonly text: string }[];
}

/** @param isLog by factors of ten; low must be above 0 */
export function axisOf(
  [low, high]: readonly [number, number],
  [from, to]: readonly [number, number],
  count: number,
  isLog = false,
): Axis {
  const [a, b] = isLog ? [Math.log10(low), Math.log10(high)] : [low, high];
  const scale = scaleLinear([a, b === a ? a + 1 : b], [from, to]);
  const unlog = (value: number): number => (isLog ? 10 ** value : value);
  return {
    at: (value) => scale(isLog ? Math.log10(value) : value),
    valueAt: (place) => unlog(scale.invert(place)),
    ticks: scale.ticks(count).map((tick) => ({ place: scale(tick), text: numberText(unlog(tick)) })),
  };
}

/** A number to read: four digits, without a tail of zeros. */
export function numberText(value: number): string {
  if (!Number.isFinite(value)) return "–";
  const size = Math.abs(value);
  if (size !== 0 && (size >= 1e6 || size < 1e-3)) return value.toExponential(2).replace(/\.?0+e/, "e");
  return String(Number(value.toPrecision(size >= 1000 ? 6 : 4)));
}

/** Least and greatest of the numbers that are finite. */
export function extentOf(values: Iterable<number>): readonly [number, number] | undefined {
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const value of values) {
    if (!Number.isFinite(value)) continue;
    if (value < low) low = value;
    if (value > high) high = value;
  }
  return low <= high ? [low, high] : undefined;
}
