import type { RingSolution } from "./ctf-search.js";

/** The fit as a curve, for a picture: bins of frequency along which the CTF's phase is that of the mean defocus. */
export interface RingProfile {
  /** 1/angstrom. */
  readonly k: Float64Array;
  /** Equiphase average of the whitened power. */
  readonly power: Float64Array;
  readonly baseline: Float64Array;
  readonly envelope: Float64Array;
  /** |CTF|². */
  readonly ring: Float64Array;
}

/** How well the Thon rings of a spectrum agree with a CTF. */
export interface RingAgreement {
  /** Correlation of the equiphase average less its baseline with the fitted rings over the band, -1 to 1. */
  readonly score: number;
  /**
   * Twice the logarithm of how much likelier the spectrum is with rings than without: about 15 by chance after the search,
   * above 50 for reliable rings.
   */
  readonly evidence: number;
  /** Angstrom: up to here rings and fit agree; absent when they agree nowhere. */
  readonly resolution: number | undefined;
  readonly profile: RingProfile;
}

/** Local correlation from which on rings are said to agree, as in CTFFIND4. */
const AGREES = 0.5;

/**
 * How well and how far a fit agrees with its spectrum. The resolution is where the correlation in a window of one and a
 * half rings first falls below 0.5. It must be above somewhere in the lowest third of the band: rings that begin only
 * later are chance.
 */
export function ringAgreement(
  solution: RingSolution,
  band: readonly [low: number, high: number],
): RingAgreement {
  const inside = [...solution.profile.k.keys()].filter(
    (i) => solution.profile.k[i]! >= band[0] && solution.profile.k[i]! <= band[1],
  );
  const pick = (values: Float64Array): Float64Array => Float64Array.from(inside, (i) => values[i]!);
  const profile: RingProfile = {
    k: pick(solution.profile.k),
    power: pick(solution.profile.mean),
    baseline: pick(solution.baseline),
    envelope: pick(solution.envelope),
    ring: pick(solution.ring),
  };
  const rings = profile.power.map((power, i) => power - profile.baseline[i]!);
  const model = profile.ring.map((ring, i) => ring * profile.envelope[i]!);
  return {
    score: correlation(rings, model, 0, rings.length),
    evidence: solution.evidence,
    resolution: agreementResolution(profile, rings),
    profile,
  };
}

function agreementResolution({ k, ring }: RingProfile, rings: Float64Array): number | undefined {
  let last: number | undefined;
  for (let i = 0; i < k.length; i++) {
    const half = windowHalf(ring, i);
    const local = correlation(rings, ring, Math.max(0, i - half), Math.min(k.length, i + half + 1));
    if (local >= AGREES) last = 1 / k[i]!;
    else if (last !== undefined || 3 * i > k.length) break;
  }
  return last;
}

/** Bins on either side that hold one and a half rings: three of the maxima and minima of |CTF|², at least five bins. */
function windowHalf(ring: Float64Array, at: number): number {
  let turns = 0;
  let half = 1;
  for (; half < ring.length && turns < 3; half++) {
    for (const i of [at - half, at + half]) {
      if (i < 1 || i >= ring.length - 1) continue;
      if ((ring[i]! - ring[i - 1]!) * (ring[i + 1]! - ring[i]!) <= 0) turns++;
    }
  }
  return Math.max(5, half);
}

/** Pearson's correlation over [from, to); 0 where either is constant. */
function correlation(a: Float64Array, b: Float64Array, from: number, to: number): number {
  const n = to - from;
  let sumA = 0;
  let sumB = 0;
  for (let i = from; i < to; i++) {
    sumA += a[i]!;
    sumB += b[i]!;
  }
  let aa = 0;
  let bb = 0;
  let ab = 0;
  for (let i = from; i < to; i++) {
    const da = a[i]! - sumA / n;
    const db = b[i]! - sumB / n;
    aa += da * da;
    bb += db * db;
    ab += da * db;
  }
  return aa > 0 && bb > 0 ? ab / Math.sqrt(aa * bb) : 0;
}
