import type { StarColumnInput } from "./write.js";

/** RELION's names of what the program reads and writes in tables. Lengths in angstrom, angles in degrees, where the name says no other. */
export const LABEL = {
  micrograph: "rlnMicrographName",
  coordinates: "rlnMicrographCoordinates",
  image: "rlnImageName",
  referenceImage: "rlnReferenceImage",
  /** Pixels of the micrograph. */
  x: "rlnCoordinateX",
  y: "rlnCoordinateY",
  rot: "rlnAngleRot",
  tilt: "rlnAngleTilt",
  psi: "rlnAnglePsi",
  originX: "rlnOriginXAngst",
  originY: "rlnOriginYAngst",
  score: "rlnAutopickFigureOfMerit",
  structure: "rlnClassNumber",
  halfSet: "rlnRandomSubset",
  /** Of segments along a helix, which overlap. */
  helix: "rlnHelicalTubeID",
  defocusU: "rlnDefocusU",
  defocusV: "rlnDefocusV",
  defocusAngle: "rlnDefocusAngle",
  phaseShift: "rlnPhaseShift",
  /** Square angstrom. */
  bFactor: "rlnCtfBfactor",
  /** By which the CTF is multiplied. */
  strength: "rlnCtfScalefactor",
  /** Strengths that RELION's refinement found: of an image, and of a group of micrographs. */
  normCorrection: "rlnNormCorrection",
  groupScale: "rlnGroupScaleCorrection",
  /** Whether an image is to be mirrored before it is used. */
  mirrored: "rlnIsFlip",
  /** Whether images were corrected for their CTF before. */
  premultiplied: "rlnCtfDataAreCtfPremultiplied",
  phaseFlipped: "rlnCtfDataArePhaseFlipped",
  astigmatism: "rlnCtfAstigmatism",
  fitScore: "rlnCtfFigureOfMerit",
  fitResolution: "rlnCtfMaxResolution",
  opticsGroup: "rlnOpticsGroup",
  opticsGroupName: "rlnOpticsGroupName",
  /** kV. */
  voltage: "rlnVoltage",
  /** mm. */
  sphericalAberration: "rlnSphericalAberration",
  amplitudeContrast: "rlnAmplitudeContrast",
  micrographPixelSize: "rlnMicrographPixelSize",
  /** Of the movie, before it was binned. */
  originalPixelSize: "rlnMicrographOriginalPixelSize",
  imagePixelSize: "rlnImagePixelSize",
  /** Pixels. */
  imageSize: "rlnImageSize",
  imageDimensions: "rlnImageDimensionality",
  mtf: "rlnMtfFileName",
  mtfValue: "rlnMtfValue",
} as const;

/** Labels by which RELION says that images were corrected for their CTF before. */
export const OF_CORRECTED_IMAGES: ReadonlySet<string> = new Set([LABEL.premultiplied, LABEL.phaseFlipped]);

/** What RELION 3.0 named otherwise. */
export const LABEL_30 = {
  /** Pixels of the particle's image. */
  originX: "rlnOriginX",
  originY: "rlnOriginY",
  /** Angstrom, of the particle's image. */
  pixelSize: "rlnPixelSize",
  /** Micrometre on the detector. */
  detectorPixelSize: "rlnDetectorPixelSize",
  magnification: "rlnMagnification",
} as const;

export type StarColumns = Readonly<Record<string, StarColumnInput>>;

/** A column for each thing named, under RELION's name, in the order given. */
export function starColumns<Row>(
  rows: readonly Row[],
  values: { readonly [Name in keyof typeof LABEL]?: (row: Row) => number | string },
): StarColumns {
  const names = Object.keys(values) as (keyof typeof LABEL)[];
  return Object.fromEntries(names.map((name) => [LABEL[name], rows.map((row) => values[name]!(row))]));
}

/** The columns of a CTF: defocus, underfocus positive, and phase shift. */
export const CTF_COLUMNS = {
  defocusU: ({ defocusU }: CtfValues): number => defocusU,
  defocusV: ({ defocusV }: CtfValues): number => defocusV,
  defocusAngle: ({ defocusAngle }: CtfValues): number => defocusAngle,
  phaseShift: ({ phaseShift }: CtfValues): number => phaseShift,
} as const;

interface CtfValues {
  readonly defocusU: number;
  readonly defocusV: number;
  readonly defocusAngle: number;
  readonly phaseShift: number;
}

/** The path of a stack by its name in a STAR file: without the format that RELION lets stand behind a name, as x.stk:mrcs. */
export const stackPath = (name: string): string => name.replace(/:mrcs?$/i, "");

/**
 * The name of a stack for RELION, which takes .mrc for a map and refuses images in it, as cryoSPARC extracts them: the format then stands
 * behind the name.
 */
export const stackName = (path: string): string => (/\.(mrc|map|stk?)$/i.test(path) ? `${path}:mrcs` : path);
