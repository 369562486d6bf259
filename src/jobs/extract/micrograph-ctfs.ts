import { OptionError } from "../../core/errors.js";
import type { JobContext } from "../../core/ports.js";
import { type MicrographCtf, readMicrographCtfs } from "../../io/particles/micrograph-ctf.js";
import { LABEL } from "../../io/star/names.js";
import { opticsRowsOf } from "../../io/star/optics-groups.js";
import { matchNames } from "../shared/micrographs/match-names.js";
import { isUnfitted, micrographCtfDoubt } from "../shared/particles/ctf-doubt.js";
import { someNames } from "../shared/some-names.js";
import type { CoordinateTable } from "./coordinates.js";

/** Values that differ by less are the same: programs write them in single precision. */
const SAME = 1e-3;

/** What a CTF says of the microscope. */
export const MICROSCOPE = ["voltage", "sphericalAberration", "amplitudeContrast"] as const;

/**
 * The CTFs that `estimate`, RELION or cryoSPARC fitted to the micrographs of particles that have none. Micrographs are told by their
 * names, whatever their folders and endings. Warns of a negative defocus.
 *
 * @param star path of the particles, for messages
 * @returns by the name that the particles' table gives the micrograph
 * @throws OptionError for particles that have CTFs already, a micrograph that the file lacks or to which no CTF was
 *   fitted, another microscope than the particles'
 * @throws FileError and FormatError for a file that cannot be read
 */
export async function readCtfsOf(
  table: CoordinateTable,
  star: string,
  path: string,
  { files, report }: Pick<JobContext, "files" | "report">,
): Promise<ReadonlyMap<string, MicrographCtf>> {
  const refuse = (problem: string): OptionError => new OptionError("ctf", problem);
  if (table.particles.has(LABEL.defocusU)) {
    throw refuse(
      `found CTFs in ${star} already (${LABEL.defocusU}), expected particles without, or no \`ctf\``,
    );
  }
  const fitted = readMicrographCtfs(await files.read(path), path);
  const ctfs = new Map(fitted.map((ctf) => [ctf.micrograph, ctf]));
  const wanted = [...new Set(table.micrographs)];
  const matches = matchNames(wanted, [...ctfs.keys()], path);
  const missing = wanted.filter((name) => !matches.has(name));
  if (missing.length > 0) {
    const has = someNames([...ctfs.keys()]);
    throw refuse(`${path}: found no row for ${someNames(missing)}, expected all micrographs; it has ${has}`);
  }
  const found = new Map(wanted.map((name) => [name, ctfs.get(matches.get(name)!)!]));
  for (const [name, ctf] of found) {
    if (isUnfitted(ctf)) throw refuse(`${path}: ${name}: found a defocus of 0, expected a fitted CTF`);
  }
  requireMicroscope(table, found, star, path);
  const doubt = micrographCtfDoubt([...found.values()], path);
  if (doubt) report.warn(doubt);
  return found;
}

/** @throws OptionError where the particles' file names another microscope */
function requireMicroscope(
  { optics, particles, micrographs }: CoordinateTable,
  ctfs: ReadonlyMap<string, MicrographCtf>,
  star: string,
  path: string,
): void {
  const said = optics ?? (particles.has(LABEL.voltage) ? particles : undefined);
  if (!said) return;
  const rows = optics && opticsRowsOf(optics, particles);
  for (const name of MICROSCOPE) {
    const values = said.numbers(LABEL[name]);
    for (const [row, micrograph] of micrographs.entries()) {
      const [expected, found] = [values[rows ? rows[row]! : row]!, ctfs.get(micrograph)![name]];
      if (Math.abs(found - expected) <= SAME * Math.max(1, Math.abs(expected))) continue;
      const problem = `${path}: ${micrograph}: ${name}: found ${found}, expected ${expected}, as ${star} says`;
      throw new OptionError("ctf", problem);
    }
  }
}
