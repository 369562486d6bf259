import { quantile } from "../../array/statistics.js";
import type { MicrographCtf } from "../../io/particles/micrograph-ctf.js";
import { micrographStem } from "../../io/picks/pick.js";
import { type Estimates, isCtfKnown, LEAST_EVIDENCE } from "../estimate/records.js";
import type { ProjectSettings } from "../project/options.js";
import { pixelSizesDiffer, rounded } from "../shared/micrographs/pixel-size.js";
import { isUnfitted } from "../shared/particles/ctf-doubt.js";
import type { GlancedMicrograph } from "./glance.js";
import type { Finding } from "./records.js";

/** Angstrom: a fit whose rings end before this tells less than the mean defocus of the session. */
const POOR = 25;
/** A fit that is so many times coarser than the median one, and coarser than `USUAL`, is of a bad micrograph. */
const FAR = 2.5;
/** Angstrom: so far the rings of usable micrographs are seen, thick ice included. */
const USUAL = 10;

/** Microscope values that differ by a smaller share are the same: programs write them in single precision. */
const SAME = 1e-3;

/** What a table of CTFs is held against: the project's own values. */
type Microscope = Pick<ProjectSettings, "pixelSize" | "voltage" | "cs" | "amplitudeContrast">;

/**
 * Whether a table of CTFs is one of these micrographs and of this microscope: a table of other names or of another microscope stops
 * the project, and a micrograph without a row is set aside.
 *
 * @param path of the table
 */
export function judgeTable(
  micrographs: readonly string[],
  ctfs: readonly MicrographCtf[],
  microscope: Microscope,
  path: string,
): readonly Finding[] {
  const byStem = new Map(ctfs.map((ctf) => [micrographStem(ctf.micrograph), ctf]));
  const rows = micrographs.flatMap((file) => byStem.get(micrographStem(file)) ?? []);
  const finding = (kind: Finding["kind"], about: string, found: string, advice: string): Finding => ({
    ...{ kind, about, found, advice },
    pictures: [],
  });
  if (rows.length === 0) {
    const names = `it names ${ctfs[0]!.micrograph}, the project ${micrographs[0]}`;
    return [
      finding(
        "stop",
        path,
        `it has no row for any of the micrographs (${names})`,
        "Rows are told by the file's name without folder and ending: take the table of these micrographs.",
      ),
    ];
  }
  const differs = (a: number, b: number): boolean => Math.abs(a - b) > SAME * Math.max(1, Math.abs(b));
  const wrong = (
    [
      ["voltage", "voltage", "kV"],
      ["cs", "sphericalAberration", "mm"],
      ["amplitudeContrast", "amplitudeContrast", ""],
    ] as const
  ).flatMap(([key, name, unit]): Finding[] => {
    const row = rows.find((each) => differs(each[name], microscope[key]));
    if (!row) return [];
    const of = (value: number): string => `${Number(value.toPrecision(6))} ${unit}`.trim();
    return [
      finding(
        "stop",
        path,
        `its ${key} is ${of(row[name])} (${row.micrograph}), the project says ${of(microscope[key])}`,
        "Correct the one that is wrong: a defocus is right only with the microscope that it was fitted with.",
      ),
    ];
  });
  const scaled = rows.find((row) => pixelSizesDiffer(row.pixelSize, microscope.pixelSize));
  const none = micrographs.filter((file) => !byStem.has(micrographStem(file)));
  return [
    ...wrong,
    ...(scaled
      ? [
          finding(
            "doubt",
            path,
            `it says ${rounded(scaled.pixelSize!)} angstrom per pixel, the project ${microscope.pixelSize}`,
            "Find out which is right: labels, CTFs and sizes depend on it. The pixel size of movies before binning does no harm here.",
          ),
        ]
      : []),
    ...none.map((file) =>
      finding(
        "set aside",
        file,
        `${path} has no row for it`,
        "Give a table with its CTF, or leave it out; without a table (ctf in the project file) CTFs are fitted here.",
      ),
    ),
  ];
}

/**
 * Micrographs whose CTF another program could not fit: by the resolution to which rings and fit agree, or by the fit's score, where
 * its table has them. Their defocus would be learned from, and it is wrong.
 */
export function judgeCtfs(
  micrographs: readonly GlancedMicrograph[],
  ctfs: readonly MicrographCtf[],
): readonly Finding[] {
  const byStem = new Map(ctfs.map((ctf) => [micrographStem(ctf.micrograph), ctf]));
  const known = micrographs.flatMap((micrograph) => {
    const ctf = byStem.get(micrographStem(micrograph.file));
    return ctf && micrograph.failure === null ? [{ micrograph, ctf }] : [];
  });
  const finite = known.flatMap(({ ctf }) => (Number.isFinite(ctf.resolution) ? [ctf.resolution!] : []));
  const middle = finite.length > 0 ? quantile(finite, 0.5) : POOR;
  const limit = Math.min(POOR, Math.max(USUAL, FAR * middle));
  return known.flatMap(({ micrograph: { file, picture }, ctf }): Finding[] => {
    const reason = failureOf(ctf, limit);
    if (reason === undefined) return [];
    return [
      {
        kind: "set aside",
        about: file,
        found: `its CTF could not be fitted: ${reason}`,
        advice:
          "Look at it: without rings, or with ice or contaminants over most of it, its defocus is a guess. Fit it again, or leave it out.",
        pictures: picture === null ? [] : [picture],
      },
    ];
  });
}

function failureOf(ctf: MicrographCtf, limit: number): string | undefined {
  const { resolution, score } = ctf;
  if (isUnfitted(ctf)) return "its defocus is 0";
  if (resolution !== undefined && !(resolution <= limit)) {
    return Number.isFinite(resolution)
      ? `rings and fit agree to ${Number(resolution.toPrecision(4))} angstrom only, expected ${Number(limit.toPrecision(3))} or better`
      : `its resolution is ${resolution}`;
  }
  if (score !== undefined && !(score > 0)) return `the score of the fit is ${score}, expected above 0`;
  return undefined;
}

/**
 * Micrographs in which `estimate` found no Thon rings; where it found none in any, that is a doubt of the whole set, and none is set aside.
 *
 * @param learned the micrographs as the project names them: `estimate` may have seen binned ones
 */
export function judgeEstimates(
  { micrographs }: Pick<Estimates, "micrographs">,
  learned: readonly string[],
): readonly Finding[] {
  const failed = micrographs.filter((micrograph) => !isCtfKnown(micrograph));
  const pictures = failed.map(({ files }) => `../estimates/${files.ctfPicture}`);
  if (failed.length === micrographs.length) {
    return [
      {
        ...{
          kind: "doubt",
          about: "micrographs",
          found: "none has Thon rings by which its CTF could be fitted",
        },
        advice:
          "Their defocus is a guess. Look at the fits; are voltage, Cs and pixel size right? A CTF table of " +
          "another program (ctf in the project file) is taken in their place.",
        pictures: pictures.slice(0, 2),
      },
    ];
  }
  const raw = new Map(learned.map((path) => [micrographStem(path), path]));
  return failed.map(({ file, evidence }, i) => ({
    kind: "set aside",
    about: raw.get(micrographStem(file)) ?? file,
    found: `its CTF could not be fitted: no Thon rings to speak of (evidence ${evidence.toFixed(0)}, expected ${LEAST_EVIDENCE} or more)`,
    advice:
      "Look at it: ice or contaminants over most of it, or nothing at all, would teach noise that the others do " +
      "not have. Leave it out, or give its CTF with a table (ctf in the project file).",
    pictures: [pictures[i]!],
  }));
}
