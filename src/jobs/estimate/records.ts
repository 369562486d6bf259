import { z } from "zod";
import { parseJson } from "../../dataset/check.js";

const finite = z.number();
const positive = z.number().positive();
const fraction = z.number().min(0).max(1);
const spread = z.object({ mean: finite, standardDeviation: z.number().min(0) });

const optics = z.object({
  pixelSize: positive,
  voltage: z.number().min(60).max(1000),
  sphericalAberration: z.number().min(0).max(10),
  amplitudeContrast: fraction,
});

const micrograph = z.object({
  /** As it was given to the command. */
  file: z.string().min(1),
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
  shape: z.tuple([z.int().min(1), z.int().min(1)]),
  /** Angstrom, underfocus positive, U >= V; degrees, +x towards +y. */
  defocusU: finite,
  defocusV: finite,
  defocusAngle: finite,
  phaseShift: finite,
  /** Whether these five were fitted here, or taken from a table of another program. */
  ctfFrom: z.enum(["fit", "table"]).default("fit"),
  /** Correlation of spectrum and fitted rings, -1 to 1. */
  score: z.number().min(-1).max(1),
  /** Twice the logarithm of the likelihood ratio of rings to none; chance reaches about 20. */
  evidence: finite,
  /** Angstrom; null where rings and fit agree nowhere. */
  resolution: positive.nullable(),
  /** Mean and least of W over the field. */
  ice: z.object({ mean: fraction, lowest: fraction }),
  signalFraction: fraction,
  backgroundFraction: fraction,
  /** Places that look like particles; null where no diameter was given. */
  particles: z.int().min(0).nullable(),
  /** Angstrom; null where nothing stands out at any size. */
  particleSize: positive.nullable(),
  /** Relative to the folder of the estimates. */
  files: z.object({
    ...{ ctfPicture: z.string(), ctfCurve: z.string(), ice: z.string(), icePreview: z.string() },
    ...{ particlePicture: z.string(), sizeCurve: z.string() },
  }),
});

/** Cycles per pixel, beyond the corner of any spectrum. */
const MOST_FREQUENCY = 1;
/** Values in a half plane of a square tile, row by row. */
const halfPlane = (tile: number): number => tile * (Math.floor(tile / 2) + 1);

const noise = z
  .object({
    /** Cycles per pixel. */
    frequency: z.array(positive),
    /** Background power over the variance of the micrograph; white noise alone is 1 everywhere. */
    power: z.array(z.number().min(0)),
    /** Standard deviation between micrographs over the mean. */
    relativeDeviation: z.array(z.number().min(0)),
    /** Power over its average over directions: half plane, row by row, of a square tile. */
    anisotropy: z
      .object({ tile: z.int().min(2), ratio: z.array(z.number().min(0)) })
      .refine(({ tile, ratio }) => ratio.length === halfPlane(tile), {
        path: ["ratio"],
        message: "expected a half plane of the tile",
      }),
  })
  .refine(
    ({ frequency: f }) => f.length > 0 && f.every((k, i) => k <= MOST_FREQUENCY && k > (f[i - 1] ?? 0)),
    {
      path: ["frequency"],
      message: `expected frequencies that ascend to ${MOST_FREQUENCY} at most`,
    },
  )
  .refine(({ frequency, power }) => power.length === frequency.length, {
    path: ["power"],
    message: "expected one for each frequency",
  })
  .refine(({ frequency, relativeDeviation }) => relativeDeviation.length === frequency.length, {
    path: ["relativeDeviation"],
    message: "expected one for each frequency",
  });

const estimates = z.object({
  format: z.literal("cryogem-estimates"),
  formatVersion: z.literal(1),
  program: z.string().min(1),
  options: z.record(z.string(), z.unknown()),
  optics,
  /** Angstrom: as given, or the default with which noise was told from particles. */
  particleDiameter: positive,
  micrographs: z.array(micrograph).min(1),
  /** Over the micrographs whose CTF is known (`isCtfKnown`); over all where there is none. */
  distributions: z.object({
    /** Mean of U and V, angstrom. */
    defocus: spread.refine(({ mean }) => mean === 0 || Math.abs(mean) >= 50, {
      path: ["mean"],
      message: "expected angstrom, as 21000, not micrometre",
    }),
    /** U less V, angstrom. */
    astigmatism: spread,
    /** Degrees: direction of the mean astigmatism. */
    astigmatismAngle: finite,
    signalFraction: spread,
    particles: spread.nullable(),
    /** Angstrom: median; null where no micrograph shows any. */
    particleSize: positive.nullable(),
  }),
  noise,
});

/** estimates.json: what was measured on a set of real micrographs. */
export type Estimates = z.infer<typeof estimates>;
export type MicrographEstimate = z.infer<typeof micrograph>;
export type NoiseRecord = z.infer<typeof noise>;

/** Least evidence of reliable Thon rings: more than twice what chance makes. */
export const LEAST_EVIDENCE = 50;

/** Whether its own Thon rings show the CTF. */
export const hasRings = ({ evidence }: Pick<MicrographEstimate, "evidence">): boolean =>
  evidence >= LEAST_EVIDENCE;

/** Whether the CTF of a micrograph is known: by its rings, or by the table of another program, which may have seen finer ones. */
export const isCtfKnown = (micrograph: Pick<MicrographEstimate, "evidence" | "ctfFrom">): boolean =>
  micrograph.ctfFrom === "table" || hasRings(micrograph);

/** A warning of a micrograph whose Thon rings are not reliable; undefined where they are. */
export const ringsDoubt = (path: string, evidence: number): string | undefined =>
  !hasRings({ evidence })
    ? `${path}: no Thon rings to speak of (evidence ${evidence.toFixed(0)}): its defocus is a guess`
    : undefined;

/** Reads estimates.json. @throws FormatError that names the field */
export const parseEstimates = (text: string, path: string): Estimates => parseJson(estimates, text, path);

const part = z.object({
  /** What it was made from: options, contents, program. */
  key: z.string(),
  micrograph,
  /** Angstrom, as the file has it. */
  headerPixelSize: z.number().nullable(),
  radial: z.array(finite),
  anisotropy: z.array(finite),
});

/** What is kept of one micrograph until the others are measured too. */
export type EstimatePart = z.infer<typeof part>;

/** Reads a part. @throws FormatError that names the field */
export const parseEstimatePart = (text: string, path: string): EstimatePart => parseJson(part, text, path);
