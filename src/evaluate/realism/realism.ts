import { DomainError } from "../../core/errors.js";
import { Random } from "../../core/random.js";
import { type Score, summarise } from "../spread.js";
import type { LocalStatistics } from "./features/local-statistics.js";
import { type BandPower, meanBandPower } from "./features/radial-spectrum.js";
import {
  type ComparedSet,
  compareSets,
  REALISM_MEASURES,
  type RealismMeasure,
  realScale,
} from "./measures.js";
import type { MicrographProfile, RealismProtocol } from "./profile.js";
import { allPatches, samplePatches } from "./sample.js";

/** A named set of measured micrographs. */
export interface ProfiledSet {
  readonly name: string;
  readonly profiles: readonly MicrographProfile[];
}

/** The scores of one set against real micrographs. */
export interface RealismRow {
  readonly name: string;
  /** The floor is real against real, the ceiling white noise against real. */
  readonly role: "floor" | "candidate" | "ceiling";
  readonly micrographs: number;
  /** A measure is absent where it needs masks that were not given. */
  readonly scores: Readonly<Partial<Record<RealismMeasure, Score>>>;
}

/** What the figures show of one set. */
export interface RealismCurves {
  readonly name: string;
  readonly spectrum: BandPower;
  readonly local: LocalStatistics;
}

/** The outcome of the protocol: what is needed to print it beside its numbers. */
export interface RealismResult {
  readonly protocol: RealismProtocol;
  readonly seed: number;
  /** Ways of cutting the real micrographs in two that were used. */
  readonly repeats: number;
  /** Patches on either side of every comparison. */
  readonly patches: number;
  /** Real micrographs, or halves of the only one. */
  readonly realMicrographs: number;
  readonly rows: readonly RealismRow[];
  readonly curves: readonly RealismCurves[];
}

/** Names of the two rows beside the candidates. */
export const FLOOR = "real against real";
export const CEILING = "white noise";

const MOST_REPEATS = 20;

/**
 * The realism protocol: how far each candidate lies from real micrographs, beside real against real as the floor and
 * white noise as the ceiling.
 *
 * Each repeat cuts the real micrographs into disjoint halves A and B (all ways if there are at most 20, otherwise 20
 * drawn). Everything is compared with A: B for the floor, and every candidate. All sets enter with equal numbers of
 * patches, because the distances shrink as samples grow; a candidate's are drawn from all its micrographs, so that a set is not
 * punished for micrographs that differ. Scores are means over the repeats; their spread is the standard deviation over
 * the repeats, which share micrographs.
 *
 * @param real at least two profiles: of micrographs, or of the halves of a single one
 * @throws DomainError for fewer than two real profiles or a candidate without micrographs
 */
export function realism(
  real: readonly MicrographProfile[],
  candidates: readonly ProfiledSet[],
  whiteNoise: readonly MicrographProfile[],
  options: { readonly protocol: RealismProtocol; readonly seed: number },
): RealismResult {
  if (real.length < 2) throw new DomainError("real micrographs", real.length, "at least 2");
  const sets: readonly RankedSet[] = [
    { name: FLOOR, role: "floor", profiles: real },
    ...candidates.map(({ name, profiles }) => ({ name, role: "candidate" as const, profiles })),
    { name: CEILING, role: "ceiling", profiles: whiteNoise },
  ];
  for (const { name, profiles } of sets) {
    if (profiles.length === 0) throw new DomainError(`micrographs of ${name}`, 0, "at least 1");
  }
  const splits = halves(real.length, Random.of(options.seed, "realism"));
  const patches = commonPatches(sets, real.length);
  const found = compareOverSplits(sets, splits, patches, options.seed);
  return {
    ...options,
    repeats: splits.length,
    patches,
    realMicrographs: real.length,
    rows: sets.map(({ name, role, profiles }, i) => ({
      name,
      role,
      micrographs: profiles.length,
      scores: summariseMeasures(found[i]!),
    })),
    curves: [{ name: "real", profiles: real }, ...sets.slice(1)].map(curvesOf),
  };
}

interface RankedSet extends ProfiledSet {
  readonly role: RealismRow["role"];
}

type Measured = Partial<Record<RealismMeasure, number>>;

/** For each set its measures in every repeat. What is drawn from a set depends on its name only. */
function compareOverSplits(
  sets: readonly RankedSet[],
  splits: readonly (readonly number[])[],
  patches: number,
  seed: number,
): readonly (readonly Measured[])[] {
  const real = sets[0]!.profiles;
  const scale = realScale(allPatches(real));
  const found = sets.map((): Measured[] => []);
  splits.forEach((split, repeat) => {
    const stream = (name: string): Random => Random.of(seed, "realism", repeat, name);
    const first = split.map((i) => real[i]!);
    const second = real.filter((_, i) => !split.includes(i));
    const reference = drawn(first, patches, stream("reference"));
    sets.forEach(({ name, role, profiles }, i) => {
      const from = role === "floor" ? second : profiles;
      found[i]!.push(compareSets(reference, drawn(from, patches, stream(name)), scale));
    });
  });
  return found;
}

/** Index sets of floor(n / 2) out of n: all of them, or 20 at random where there are more. */
function halves(n: number, random: Random): readonly (readonly number[])[] {
  const size = Math.floor(n / 2);
  const all: number[][] = [];
  const extend = (chosen: readonly number[], next: number): void => {
    if (all.length > MOST_REPEATS) return;
    if (chosen.length === size) all.push([...chosen]);
    else for (let i = next; i < n; i++) extend([...chosen, i], i + 1);
  };
  extend([], 0);
  if (all.length <= MOST_REPEATS) return all;
  const indices = Array.from({ length: n }, (_, i) => i);
  return Array.from({ length: MOST_REPEATS }, () => random.shuffle([...indices]).slice(0, size));
}

/** The most patches that every side of every comparison can give, whatever micrographs are drawn. */
function commonPatches(sets: readonly RankedSet[], realCount: number): number {
  const half = Math.floor(realCount / 2);
  const fewest = sets.map(({ role, profiles }) => {
    const counts = profiles.map((profile) => profile.features.patches).sort((a, b) => a - b);
    return (role === "floor" ? counts.slice(0, half) : counts).reduce((sum, count) => sum + count, 0);
  });
  return Math.min(...fewest);
}

/** The micrographs and `patches` of their patches. */
const drawn = (profiles: readonly MicrographProfile[], patches: number, random: Random): ComparedSet => ({
  profiles,
  sample: samplePatches(profiles, patches, random),
});

function summariseMeasures(found: readonly Measured[]): RealismRow["scores"] {
  const scores: Partial<Record<RealismMeasure, Score>> = {};
  for (const measure of REALISM_MEASURES) {
    const values = found.flatMap((one) => one[measure] ?? []);
    if (values.length === found.length) scores[measure] = summarise(values);
  }
  return scores;
}

const curvesOf = ({ name, profiles }: ProfiledSet): RealismCurves => ({
  name,
  spectrum: meanBandPower(profiles.map((profile) => profile.spectrum)),
  local: allPatches(profiles).local,
});
