import { UsageError } from "../../../core/errors.js";
import { micrographStem } from "../../../io/picks/pick.js";

/** What pickers add to a micrograph's name for their file of its coordinates. */
const PICKERS_SUFFIX = /(?<=.)_(autopick|automatch|manualpick|topazpicks|extract|pick|picks)$/;

/** A micrograph's name taken apart. */
interface Name {
  readonly full: string;
  /** Without folders and ending; other dots belong to it. */
  readonly stem: string;
  readonly folders: readonly string[];
}

const nameOf = (full: string): Name => ({
  full,
  stem: micrographStem(full),
  folders: full.split(/[\\/]/).slice(0, -1),
});

/**
 * Which micrograph of one list is which of another, whatever folders, endings and pickers' suffixes the names have. Names of
 * one stem are of one micrograph where each list has the stem once; where a list has it in several folders, the folders must
 * tell.
 *
 * @param wanted names, each once
 * @param known names, each once
 * @param where what the known names come from, for messages
 * @returns of each wanted name the known one; without those that have none
 * @throws UsageError where the folders do not tell
 */
export function matchNames(
  wanted: readonly string[],
  known: readonly string[],
  where: string,
): Map<string, string> {
  const found = new Map<string, string>();
  const taken = new Set<string>();
  const loose = ({ stem }: Name): string => stem.replace(PICKERS_SUFFIX, "");
  for (const keyOf of [({ stem }: Name): string => stem, loose]) {
    const free = groups(known.filter((name) => !taken.has(name)).map(nameOf), keyOf);
    const open = groups(wanted.filter((name) => !found.has(name)).map(nameOf), keyOf);
    for (const [key, names] of open) {
      for (const [name, match] of matchGroup(names, free.get(key) ?? [], where)) {
        found.set(name.full, match.full);
        taken.add(match.full);
      }
    }
  }
  return found;
}

function groups(names: readonly Name[], keyOf: (name: Name) => string): Map<string, Name[]> {
  const byKey = new Map<string, Name[]>();
  for (const name of names) {
    const key = keyOf(name);
    const own = byKey.get(key);
    if (own) own.push(name);
    else byKey.set(key, [name]);
  }
  return byKey;
}

/** Pairs of names of one stem: the only two, or those whose last folders agree, the farthest agreement first. */
function matchGroup(
  wanted: readonly Name[],
  known: readonly Name[],
  where: string,
): (readonly [Name, Name])[] {
  if (known.length === 0) return [];
  if (wanted.length === 1 && known.length === 1) return [[wanted[0]!, known[0]!]];
  const pairs = wanted
    .flatMap((name) => known.map((match) => ({ name, match, depth: commonFolders(name, match) })))
    .filter(({ depth }) => depth > 0);
  const found: (readonly [Name, Name])[] = [];
  const used = new Set<Name>();
  for (const depth of [...new Set(pairs.map((pair) => pair.depth))].sort((a, b) => b - a)) {
    const open = pairs.filter(
      (pair) => pair.depth === depth && !used.has(pair.name) && !used.has(pair.match),
    );
    for (const { name, match } of open) {
      if (used.has(name) || used.has(match)) throw ambiguous(wanted, known, where);
      used.add(name).add(match);
      found.push([name, match]);
    }
  }
  if (found.length === 0) throw ambiguous(wanted, known, where);
  return found;
}

/** How many of the last folders of two names are the same. */
function commonFolders({ folders: a }: Name, { folders: b }: Name): number {
  let depth = 0;
  while (depth < Math.min(a.length, b.length) && a.at(-1 - depth) === b.at(-1 - depth)) depth++;
  return depth;
}

const ambiguous = (wanted: readonly Name[], known: readonly Name[], where: string): UsageError =>
  new UsageError(
    `${where}: found ${known.map(({ full }) => full).join(" and ")} for ` +
      `${wanted.map(({ full }) => full).join(" and ")}, expected folders in the names that say which is which`,
  );

/** Names to show: without folder and ending where that is still one name each, else with the folders. */
export function shortNames(names: readonly string[]): Map<string, string> {
  const shortOf = (name: string): string => micrographStem(name).replace(PICKERS_SUFFIX, "");
  const counts = new Map<string, number>();
  for (const name of names) counts.set(shortOf(name), (counts.get(shortOf(name)) ?? 0) + 1);
  return new Map(names.map((name) => [name, counts.get(shortOf(name)) === 1 ? shortOf(name) : name]));
}
