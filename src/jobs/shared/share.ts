import { FileError, OptionError, UsageError } from "../../core/errors.js";
import { Random } from "../../core/random.js";
import { asJson } from "./options/check.js";
import type { CommandSpec, OptionSet, OptionsOf } from "./options/option.js";

/** Which part of a job's micrographs a process sees to. */
export type Share =
  /** All of them, and the tables. */
  | { readonly kind: "whole" }
  /** One of `of` shares, counted from 1, without the tables: other processes do the others at the same time. */
  | { readonly kind: "shard"; readonly index: number; readonly of: number }
  /** None: the tables alone, of micrographs that are all there. */
  | { readonly kind: "join" };

/** What a process was told to do: which command with which options, and which share of it. */
export interface Assignment {
  readonly share: Share;
  readonly command: string;
  /** As they were given, as JSON gives them back; without `shard`. */
  readonly options: Readonly<Record<string, unknown>>;
  /** A digest of the command and those of these options that all shares of one job have in common. */
  readonly identity: string;
}

/** Shares that one job may be cut into: as many as there may be micrographs. */
export const MOST_SHARES = 999_999;

/** The assignment of a command with its options. @throws OptionError for a `shard` that is none */
export function assignmentOf<Set extends OptionSet>(
  { name, options: set }: CommandSpec<Set>,
  given: OptionsOf<Set> & { readonly shard?: string },
): Assignment {
  const { shard, ...rest } = given;
  const options = asJson(rest);
  const deciding = Object.keys(set).filter((each) => set[each]!.role !== "machine" && each !== "out");
  return {
    share: shard === undefined ? { kind: "whole" } : parseShare(shard),
    command: name,
    options,
    identity: digest([name, deciding.map((each) => options[each] ?? null)]),
  };
}

/** 64 bits that two values share by chance alone if they differ, in hexadecimal digits. */
export const digest = (value: unknown): string =>
  [0, 1].map((seed) => Random.of(seed, JSON.stringify(value)).bits().toString(16).padStart(8, "0")).join("");

function parseShare(text: string): Share {
  if (text === "join") return { kind: "join" };
  const [, index, of] = (/^(\d+)\/(\d+)$/.exec(text) ?? []).map(Number);
  const isOne = index !== undefined && of !== undefined && index >= 1 && index <= of && of <= MOST_SHARES;
  if (isOne) return { kind: "shard", index, of };
  throw new OptionError(
    "shard",
    `found ${text}, expected i/n, as 3/16, with i from 1 to n and n up to ${MOST_SHARES}, or join`,
  );
}

/** Where a share begins and ends among `count` items, counted from 0: shares are consecutive and differ by one item at most. */
export function boundsOf(share: Share, count: number): readonly [from: number, to: number] {
  if (share.kind !== "shard") return [0, count];
  const { index, of } = share;
  return [Math.floor(((index - 1) * count) / of), Math.floor((index * count) / of)];
}

/** The items of a share. */
export const ofShare = <T>(items: readonly T[], share: Share): readonly T[] =>
  items.slice(...boundsOf(share, items.length));

/** What a process leaves that did one share. */
export interface ShardDone {
  readonly out: string;
  /** Of its share, now there. */
  readonly micrographs: number;
}

/** @throws UsageError for one share, which leaves no tables behind that could be returned */
export function requireTables({ share }: Assignment, instead: string): void {
  if (share.kind !== "shard") return;
  throw new UsageError(`shard: found ${share.index}/${share.of}, which ${instead} does`);
}

/**
 * Refuses to write the tables of a job whose micrographs are not all there.
 *
 * @param missing their numbers, in order, or names
 * @throws FileError that names them
 */
export function refuseMissing(
  dir: string,
  missing: readonly (number | string)[],
  { total, what = "micrographs" }: { readonly total: number; readonly what?: string },
): void {
  if (missing.length === 0) return;
  const runs = runsOf(missing);
  const some = runs.slice(0, MOST_NAMED).join(", ") + (runs.length > MOST_NAMED ? ", …" : "");
  throw new FileError(
    dir,
    `${total - missing.length} of ${total} ${what}`,
    `all of them; missing: ${some}. Run the command again with the shards that have not ended well, then join`,
  );
}

/** Names or runs of numbers that a message shows. */
const MOST_NAMED = 20;

/** Numbers that follow each other as one text: 3, 5-8. */
function runsOf(items: readonly (number | string)[]): readonly string[] {
  const runs: { from: number | string; to: number | string }[] = [];
  for (const item of items) {
    const last = runs.at(-1);
    if (last && typeof item === "number" && typeof last.to === "number" && item === last.to + 1)
      last.to = item;
    else runs.push({ from: item, to: item });
  }
  return runs.map(({ from, to }) => (from === to ? String(from) : `${from}-${to}`));
}
