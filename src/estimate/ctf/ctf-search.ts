import type { PowerSpectrum } from "../../array/spectrum/power.js";
import { ctf, electronWavelength } from "../../physics/optics/ctf.js";
import type { Optics } from "../../physics/optics/optics.js";
import {
  type BandSamples,
  type Bins,
  bandSamples,
  type DefocusVector,
  equiphaseAverage,
} from "./equiphase.js";
import { type Minimum, minimise } from "./nelder-mead.js";
import { type EquiphaseProfile, fitRings, type RingBasis, type RingFit, ringBasis } from "./ring-model.js";
import { removeTrend } from "./spectrum-trend.js";

/** What is known before a search: the whitened spectrum, its frequencies and what is not fitted of the CTF. */
export interface RingProblem {
  readonly samples: BandSamples;
  readonly optics: Optics & { readonly phaseShift: number };
  /** Frequencies fitted, 1/angstrom. */
  readonly band: readonly [low: number, high: number];
  readonly bins: Bins;
  /** Bases of smooth curves to choose from. */
  readonly bases: readonly RingBasis[];
  /** Mean defocus searched, angstrom. */
  readonly defocusRange: readonly [low: number, high: number];
}

interface RingEvaluation extends RingFit {
  readonly at: DefocusVector;
  /** Equiphase average of the whitened spectrum. */
  readonly profile: EquiphaseProfile;
  /** |CTF|² of the mean defocus at the bins. */
  readonly ring: Float64Array;
}

export interface RingSolution extends RingEvaluation {
  /** Twice the logarithm of how much likelier the spectrum is with rings than without. */
  readonly evidence: number;
}

/**
 * Spacings of the smooth curves' knots, 1/angstrom, stiffest first. A weak spectrum is safest with stiff curves, which
 * cannot follow the rings; a clear one shows that they do not suffice.
 */
const KNOT_SPACINGS = [
  { baseline: 0.033, envelope: 0.05 },
  { baseline: 0.017, envelope: 0.025 },
  { baseline: 0.0115, envelope: 0.0175 },
] as const;
/**
 * Before looking, half the astigmatism is expected to be a vector of density exp(-length / 200 angstrom). Wide enough to
 * leave a clear spectrum alone, whatever it shows; in a weak one it keeps chance from inventing an astigmatism.
 */
const EXPECTED_ASTIGMATISM = 200;
/** How much of the mean defocus half the astigmatism may be. */
const LARGEST_ASTIGMATISM = 0.2;
/** Neighbouring powers under a Hann window are correlated: this many count as one, (35/18)² (sum of their correlations). */
const CORRELATED_SAMPLES = 3.78;
const CANDIDATES = 5;
const REFINED = 2;

/** Sets up the search in a spectrum between two frequencies. */
export function ringProblem(
  spectrum: PowerSpectrum,
  optics: RingProblem["optics"],
  band: readonly [low: number, high: number],
  defocusRange: readonly [low: number, high: number],
): RingProblem {
  const width = 1 / (spectrum.shape[0] * optics.pixelSize);
  // room on both sides, for the equiphase average moves samples along k
  const first = Math.floor((band[0] * 0.9) / width);
  const bins = { first, count: Math.ceil((band[1] * 1.1) / width) - first + 1, width };
  const k = Float64Array.from({ length: bins.count }, (_, i) => (first + i) * width);
  return {
    samples: removeTrend(bandSamples(spectrum, optics.pixelSize, band)),
    optics,
    band,
    bins,
    bases: KNOT_SPACINGS.map(({ baseline, envelope }) => {
      const knots = (spacing: number): number => Math.max(2, Math.round((band[1] - band[0]) / spacing));
      return ringBasis(k, band, { baseline: knots(baseline), envelope: knots(envelope) });
    }),
    defocusRange,
  };
}

/** The best fit at one defocus. */
function evaluateRings(problem: RingProblem, basis: RingBasis, at: DefocusVector): RingEvaluation {
  const profile = equiphaseAverage(problem.samples, at, problem.optics, problem.bins);
  const ring = ringCurve(problem, profile.k, at.mean);
  return { at, profile, ring, ...fitRings(profile, ring, basis) };
}

/** |CTF|² without astigmatism. */
function ringCurve({ optics }: RingProblem, k: Float64Array, mean: number): Float64Array {
  const value = ctf({ ...optics, defocusU: mean, defocusV: mean, defocusAngle: 0 });
  return k.map((frequency) => value(frequency, 0) ** 2);
}

/**
 * The defocus and astigmatism whose rings explain most of the spectrum: a scan of the mean defocus on the radial
 * average and a coarse search of the astigmatism around its peaks, with stiff curves; then refinement with every basis,
 * of which the one of highest Bayesian information criterion (Schwarz 1978, Ann. Stat. 6:461) is taken.
 */
export function searchDefocus(problem: RingProblem): RingSolution {
  const [stiff, ...finer] = problem.bases as readonly [RingBasis, ...RingBasis[]];
  const { value: values } = problem.samples;
  const total = sumOfSquares(values);
  const peaks = scanDefocus(problem, stiff);
  const noise = (CORRELATED_SAMPLES * (total - peaks[0]!.explained)) / values.length;
  const price = (2 * noise) / EXPECTED_ASTIGMATISM;
  const starts = peaks.map(({ mean }) => coarseAstigmatism(costOf(problem, stiff, price), mean));
  const refine = (basis: RingBasis, x: readonly number[]): Refined => ({
    basis,
    ...minimise(costOf(problem, basis, price), x, { steps: [100, 100, 100], tolerance: 0.01 }),
  });
  const [first] = starts
    .sort((a, b) => a.value - b.value)
    .slice(0, REFINED)
    .map(({ x }) => refine(stiff, x))
    .sort((a, b) => a.value - b.value) as [Refined];
  const { basis, x } = mostLikely([first, ...finer.map((one) => refine(one, first.x))], total, values.length);
  const [mean, cosine, sine] = x as [number, number, number];
  return judged(problem, basis, { mean, cosine, sine });
}

/** What the rings of a known defocus explain, with the basis of the highest Bayesian information criterion. */
export function judgeDefocus(problem: RingProblem, at: DefocusVector): RingSolution {
  const { value: values } = problem.samples;
  const fits = problem.bases.map((basis) => ({
    basis,
    x: [at.mean, at.cosine, at.sine],
    value: -evaluateRings(problem, basis, at).explained,
  }));
  return judged(problem, mostLikely(fits, sumOfSquares(values), values.length).basis, at);
}

/** The rings of one defocus, with the evidence that there are any. */
function judged(problem: RingProblem, basis: RingBasis, at: DefocusVector): RingSolution {
  const { value: values } = problem.samples;
  const solution = evaluateRings(problem, basis, at);
  const without = fitRings(solution.profile, new Float64Array(solution.ring.length), basis).explained;
  const spread = (CORRELATED_SAMPLES * (sumOfSquares(values) - solution.explained)) / values.length;
  return { ...solution, evidence: (solution.explained - without) / spread };
}

const sumOfSquares = (values: ArrayLike<number> & { reduce: Float64Array["reduce"] }): number =>
  values.reduce((sum, value) => sum + value * value, 0);

interface Refined extends Minimum {
  readonly basis: RingBasis;
}

function mostLikely(all: readonly Refined[], total: number, samples: number): Refined {
  const residual = (total + Math.min(...all.map(({ value }) => value))) / samples;
  const price = Math.log(samples / CORRELATED_SAMPLES);
  const criterion = ({ basis, value }: Refined): number =>
    -value / (CORRELATED_SAMPLES * residual) - basis.functions.length * price;
  return all.reduce((a, b) => (criterion(b) > criterion(a) ? b : a));
}

interface Peak {
  readonly mean: number;
  readonly explained: number;
}

/** Highest local maxima of what rings without astigmatism explain, best first; at least one. */
function scanDefocus(problem: RingProblem, basis: RingBasis): readonly Peak[] {
  const { samples, optics, bins, band } = problem;
  const [low, high] = problem.defocusRange;
  const round = { mean: 1, cosine: 0, sine: 0 };
  const radial = equiphaseAverage(samples, round, { ...optics, sphericalAberration: 0 }, bins);
  // a step turns the phase at the end of the band by 0.4 radians, an eighth of a ring
  const step = 0.4 / (Math.PI * electronWavelength(optics.voltage) * band[1] ** 2);
  const steps = Math.max(1, Math.ceil((high - low) / step));
  const curve = Array.from({ length: steps + 1 }, (_, i): Peak => {
    const mean = low + ((high - low) * i) / steps;
    return { mean, explained: fitRings(radial, ringCurve(problem, radial.k, mean), basis).explained };
  });
  const at = (i: number): number => curve[i]?.explained ?? 0;
  return curve
    .filter((peak, i) => peak.explained >= at(i - 1) && peak.explained >= at(i + 1))
    .sort((a, b) => b.explained - a.explained)
    .slice(0, CANDIDATES);
}

type Cost = (x: readonly number[]) => number;

/** Minus what the rings explain, plus the price of astigmatism; 0, the worst, outside what is searched. */
function costOf(problem: RingProblem, basis: RingBasis, price: number): Cost {
  const [low, high] = problem.defocusRange;
  return (x) => {
    const [mean, cosine, sine] = x as [number, number, number];
    const squared = cosine * cosine + sine * sine;
    if (mean < low || mean > high || squared > (LARGEST_ASTIGMATISM * mean) ** 2) return 0;
    return price * Math.sqrt(squared) - evaluateRings(problem, basis, { mean, cosine, sine }).explained;
  };
}

function coarseAstigmatism(
  cost: Cost,
  mean: number,
): { readonly x: readonly number[]; readonly value: number } {
  let best = { x: [mean, 0, 0], value: cost([mean, 0, 0]) };
  for (const size of [250, 750]) {
    for (let i = 0; i < 6; i++) {
      const x = [mean, size * Math.cos((i * Math.PI) / 3), size * Math.sin((i * Math.PI) / 3)];
      const value = cost(x);
      if (value < best.value) best = { x, value };
    }
  }
  return best;
}
