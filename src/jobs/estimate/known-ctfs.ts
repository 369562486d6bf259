import { OptionError } from "../../core/errors.js";
import type { JobContext } from "../../core/ports.js";
import { type MicrographCtf, readMicrographCtfs } from "../../io/particles/micrograph-ctf.js";
import { micrographStem } from "../../io/picks/pick.js";
import type { Defocus } from "../../physics/optics/optics.js";
import type { NamedMicrograph } from "../shared/micrographs/stems.js";
import { isUnfitted, micrographCtfDoubt } from "../shared/particles/ctf-doubt.js";
import { someNames } from "../shared/some-names.js";
import type { EstimateSettings } from "./plan.js";

/** Voltages and aberrations that differ by less are the same: programs write them in single precision. */
const SAME = 1e-3;

/**
 * The CTFs that another program fitted to micrographs, told by the micrographs' names. Warns of a negative defocus.
 *
 * @returns by the name of the micrograph without folder and ending
 * @throws OptionError for a micrograph that the table lacks, has twice or without a fitted CTF, and for another microscope than the one given
 */
export async function readKnownCtfs(
  path: string,
  micrographs: readonly NamedMicrograph[],
  { optics }: EstimateSettings,
  { files, report }: Pick<JobContext, "files" | "report">,
): Promise<ReadonlyMap<string, Defocus>> {
  const refuse = (problem: string): never => {
    throw new OptionError("ctf", problem);
  };
  const known = new Map<string, Defocus>();
  const used: MicrographCtf[] = [];
  const wanted = new Set(micrographs.map(({ stem }) => stem));
  for (const ctf of readMicrographCtfs(await files.read(path), path)) {
    const stem = micrographStem(ctf.micrograph);
    if (!wanted.has(stem)) continue;
    if (known.has(stem)) refuse(`${path}: found two rows for micrographs named ${stem}, expected one`);
    for (const name of ["voltage", "sphericalAberration", "amplitudeContrast"] as const) {
      if (Math.abs(ctf[name] - optics[name]) <= SAME * Math.max(1, Math.abs(optics[name]))) continue;
      refuse(`${path}: ${ctf.micrograph}: ${name}: found ${ctf[name]}, expected ${optics[name]} as given`);
    }
    if (isUnfitted(ctf)) refuse(`${path}: ${ctf.micrograph}: found a defocus of 0, expected a fitted CTF`);
    const { defocusU, defocusV, defocusAngle, phaseShift } = ctf;
    used.push(ctf);
    known.set(stem, { defocusU, defocusV, defocusAngle, phaseShift });
  }
  const missing = micrographs.filter(({ stem }) => !known.has(stem));
  if (missing.length > 0) {
    const stems = someNames(missing.map(({ stem }) => stem));
    refuse(`${path}: found no row for ${stems}, expected one for every micrograph`);
  }
  const doubt = micrographCtfDoubt(used, path);
  if (doubt) report.warn(doubt);
  return known;
}
