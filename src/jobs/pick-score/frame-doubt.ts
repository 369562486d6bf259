import { MANY_PLACES } from "../shared/micrographs/corner-doubt.js";
import type { Coordinates } from "./read.js";

type Places = readonly { readonly x: number; readonly y: number }[];

/** How far picks may reach beside the truth in micrographs of the same pixels. */
const SAME_REACH = 0.6;
/** By how much two sides of one micrograph may be reached unlike. */
const SAME_ASPECT = 0.2;
/** Share of the truth that picks meet when they are turned over, where they were written from below. */
const MET = 0.5;

/**
 * What to say of picks that can hardly lie in the truth's pixels: they reach much less or more far along both sides, or they meet the
 * truth when rows are counted from below; undefined where they lie as the truth does, or are few.
 *
 * @param names of the micrographs
 * @param radius pixels
 */
export function frameDoubt(
  names: readonly string[],
  truth: Coordinates,
  picker: Coordinates,
  radius: number,
): string | undefined {
  const of = ({ picks }: Coordinates, name: string): Places => picks.get(name) ?? [];
  const theirs = names.flatMap((name) => of(truth, name));
  const own = names.flatMap((name) => of(picker, name));
  if (Math.min(theirs.length, own.length) < MANY_PLACES) return undefined;
  const reach = (places: Places, axis: "x" | "y"): number =>
    places.reduce((most, place) => Math.max(most, place[axis]), 0);
  const [x, y] = [reach(own, "x") / reach(theirs, "x"), reach(own, "y") / reach(theirs, "y")];
  const isOther = Math.max(x, y) < SAME_REACH || Math.min(x, y) > 1 / SAME_REACH;
  if (isOther && Math.abs(x / y - 1) < SAME_ASPECT) {
    return (
      `${picker.path}: picks reach ${Number(x.toPrecision(2))} times as far as the truth along both sides: are they of micrographs ` +
      "binned otherwise?"
    );
  }
  const pairs = names.map((name) => [of(truth, name), of(picker, name)] as const);
  const height = heightBetween(pairs, radius);
  // the height is known to within a radius
  const metBy = (turn: (y: number) => number): number =>
    pairs.reduce((sum, [places, picks]) => sum + metIn(places, picks, turn, 2 * radius), 0);
  const [met, turned] = [metBy((y) => y), metBy((y) => height - y)];
  if (turned < MET * theirs.length || turned < 2 * met) return undefined;
  return (
    `${picker.path}: ${turned} of ${theirs.length} true places have a pick near them if its rows are counted from below, in micrographs of ` +
    `about ${Math.round(height)} rows, and ${met} as they are: \`export\` turns them over (\`flipY\`)`
  );
}

/** How many places have a pick within a radius, once its y is turned. */
const metIn = (places: Places, picks: Places, turn: (y: number) => number, radius: number): number =>
  places.filter(({ x, y }) => picks.some((pick) => Math.hypot(pick.x - x, turn(pick.y) - y) <= radius))
    .length;

/**
 * The height that fits best where picks are turned over: y of a pick and of its true place then add up to the same for all of them, in
 * steps of a radius.
 */
function heightBetween(pairs: readonly (readonly [places: Places, picks: Places])[], radius: number): number {
  const counts = new Map<number, number>();
  for (const [places, picks] of pairs) {
    for (const { x, y } of places) {
      for (const pick of picks) {
        if (Math.abs(pick.x - x) > radius) continue;
        const step = Math.floor((pick.y + y) / radius);
        // within a radius of either border of a step
        for (const near of [step, step + 1]) counts.set(near, (counts.get(near) ?? 0) + 1);
      }
    }
  }
  return [...counts].reduce((best, each) => (each[1] > best[1] ? each : best), [0, 0])[0] * radius;
}
