import { writeStar } from "./write.js";

/** What a postprocessing found, as relion_postprocess writes it. */
export interface PostprocessRecord {
  readonly halves: readonly [string, string];
  /** Angstrom. */
  readonly resolution: number;
  /** Angstrom². */
  readonly bFactor: number;
  /** Sides of the box times the voxel size, angstrom. */
  readonly boxLength: number;
  /** Where a mask was used. */
  readonly mask?: {
    readonly path: string;
    /** Share of the box in which the mask is above 0.5. */
    readonly share: number;
    /** First shell with random phases. */
    readonly randomisedFrom: number;
    /** By shell. */
    readonly corrected: Float64Array;
    readonly masked: Float64Array;
    readonly randomised: Float64Array;
  };
  readonly unmasked: Float64Array;
  /** Where the B factor was fitted. */
  readonly fit?: { readonly slope: number; readonly intercept: number; readonly correlation: number };
  readonly guinier: {
    /** 1/angstrom², by shell, and logarithms of amplitudes by shell. */
    readonly resolutionSquared: Float64Array;
    readonly original: Float64Array;
    readonly overMtf?: Float64Array;
    readonly weighted?: Float64Array;
    readonly sharpened?: Float64Array;
  };
}

/** RELION's resolution of shell 0, angstrom. */
const ENDLESS = 999;
/** The volume of a sphere in a box whose sides are its diameter, less RELION's rounding of π / 6. */
const SPHERE = 0.476;

/** The STAR file of relion_postprocess: data_general, data_fsc and data_guinier. */
export function postprocessStar(record: PostprocessRecord): string {
  return writeStar([
    { name: "general", isLoop: false, columns: generalColumns(record) },
    { name: "fsc", columns: fscColumns(record) },
    { name: "guinier", columns: guinierColumns(record) },
  ]);
}

function generalColumns({ halves, resolution, bFactor, boxLength, mask, fit }: PostprocessRecord) {
  return {
    rlnFinalResolution: [Number.isFinite(resolution) ? resolution : ENDLESS],
    rlnBfactorUsedForSharpening: [bFactor],
    rlnUnfilteredMapHalf1: [halves[0]],
    rlnUnfilteredMapHalf2: [halves[1]],
    ...(mask && {
      rlnParticleBoxFractionSolventMask: [SPHERE / mask.share],
      rlnMaskName: [mask.path],
      rlnRandomiseFrom: [boxLength / mask.randomisedFrom],
    }),
    ...(fit && {
      rlnFittedSlopeGuinierPlot: [fit.slope],
      rlnFittedInterceptGuinierPlot: [fit.intercept],
      rlnCorrelationFitGuinierPlot: [fit.correlation],
    }),
  };
}

function fscColumns({ boxLength, mask, unmasked }: PostprocessRecord) {
  const resolutions = Float64Array.from(unmasked, (_, s) => (s === 0 ? ENDLESS : boxLength / s));
  const columns = {
    rlnSpectralIndex: Float64Array.from(unmasked, (_, s) => s),
    rlnResolution: resolutions.map((angstrom) => 1 / angstrom),
    rlnAngstromResolution: resolutions,
  };
  if (!mask) return { ...columns, rlnFourierShellCorrelationUnmaskedMaps: unmasked };
  // what the unmasked curve says of a particle that fills this part of the box, as cisTEM estimates it
  const part = SPHERE / mask.share;
  return {
    ...columns,
    rlnFourierShellCorrelationCorrected: mask.corrected,
    rlnFourierShellCorrelationParticleMaskFraction: unmasked.map(
      (value) => (part * value) / (1 + (part - 1) * value),
    ),
    rlnFourierShellCorrelationUnmaskedMaps: unmasked,
    rlnFourierShellCorrelationMaskedMaps: mask.masked,
    rlnCorrectedFourierShellCorrelationPhaseRandomizedMaskedMaps: mask.randomised,
  };
}

function guinierColumns({ guinier, fit }: PostprocessRecord) {
  return {
    rlnResolutionSquared: guinier.resolutionSquared,
    rlnLogAmplitudesOriginal: guinier.original,
    ...(guinier.overMtf && { rlnLogAmplitudesMTFCorrected: guinier.overMtf }),
    ...(guinier.weighted && { rlnLogAmplitudesWeighted: guinier.weighted }),
    ...(guinier.sharpened && { rlnLogAmplitudesSharpened: guinier.sharpened }),
    ...(fit && { rlnLogAmplitudesIntercept: guinier.original.map(() => fit.intercept) }),
  };
}
