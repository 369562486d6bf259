import { OptionError } from "../../core/errors.js";
import type { JobContext } from "../../core/ports.js";
import { symmetryOperators } from "../../core/symmetry.js";
import { readAnglesStar } from "../../io/particles/star.js";
import type { Cone, Orientations } from "../../physics/specimen/orientations.js";
import { decimalOfText } from "../shared/options/kinds.js";
import { checkedByFormula } from "../shared/options/refusal.js";
import { oneViewDoubt } from "../shared/particles/image-doubt.js";
import type { Consensus } from "./consensus.js";

/** How particles shall be oriented, before any file is read. */
export type OrientationRequest =
  | { readonly kind: "uniform" }
  | { readonly kind: "cones"; readonly cones: readonly Cone[] }
  | { readonly kind: "star"; readonly path: string; readonly keepPsi: boolean }
  /** As the particles of a refinement lie. */
  | { readonly kind: "consensus"; readonly keepPsi: boolean };

/**
 * What the option `orientations` asks for: uniform, cones as cone:rot,tilt,half-angle[,weight] in degrees, or one STAR file.
 *
 * @throws OptionError for anything else
 */
export function parseOrientations(words: readonly string[], keepPsi: boolean): OrientationRequest {
  const refuse = (found: string): never => {
    throw new OptionError(
      "orientations",
      `found "${found}", expected uniform, cones as cone:rot,tilt,half-angle[,weight] (-360 to 360, 0 to 180, 0 ` +
        "to 180 degrees, 0 or more), or one .star file",
    );
  };
  const [first = "uniform"] = words;
  if (first.startsWith("cone:")) {
    if (keepPsi)
      throw new OptionError("keepPsi", "found cones, expected a STAR file, which has in-plane angles");
    const cones = words.map((word) => parseCone(word) ?? refuse(word));
    if (cones.some(({ weight = 1 }) => weight > 0)) return { kind: "cones", cones };
    throw new OptionError(
      "orientations",
      `found ${words.join(" ")}, expected at least one cone with a weight above 0`,
    );
  }
  if (words.length > 1) return refuse(words.join(" "));
  if (/\.star(\.gz|\.bz2)?$/i.test(first)) return { kind: "star", path: first, keepPsi };
  if (keepPsi) throw new OptionError("keepPsi", "found no STAR file, expected one in `orientations`");
  return first === "uniform" ? { kind: "uniform" } : refuse(first);
}

function parseCone(word: string): Cone | undefined {
  const numbers = word
    .slice("cone:".length)
    .split(",")
    .map((part) => decimalOfText(part) ?? Number.NaN);
  const [rot, tilt, halfAngle, weight = 1] = numbers;
  const isWhole = word.startsWith("cone:") && (numbers.length === 3 || numbers.length === 4);
  if (!isWhole || numbers.some((value) => !Number.isFinite(value))) return undefined;
  const fits = Math.abs(rot!) <= 360 && tilt! >= 0 && tilt! <= 180 && halfAngle! >= 0 && halfAngle! <= 180;
  return fits && weight >= 0 ? { rot: rot!, tilt: tilt!, halfAngle: halfAngle!, weight } : undefined;
}

/**
 * The orientations of a request, a STAR file's particles read.
 *
 * @throws FileError, FormatError for the file, as for one without angles; OptionError for one without particles
 */
export async function readOrientations(
  request: OrientationRequest,
  { files, report }: Pick<JobContext, "files" | "report">,
  consensus?: Pick<Consensus, "angles"> & { readonly path: string },
): Promise<Orientations> {
  if (request.kind === "consensus") {
    const { angles, path } = consensus!;
    const doubt = oneViewDoubt(angles, path);
    if (doubt) report.warn(`${doubt}: views of all directions are simulated`);
    // particles that nobody aligned say nothing of their views
    return angles.length > 0 && !doubt
      ? { kind: "list", angles, keepPsi: request.keepPsi }
      : { kind: "uniform" };
  }
  if (request.kind !== "star") return request;
  const { path, keepPsi } = request;
  const angles = readAnglesStar(await files.read(path), path);
  if (angles.length === 0) throw new OptionError("orientations", `${path}: found no particle, expected some`);
  const doubt = oneViewDoubt(angles, path);
  if (doubt) report.warn(doubt);
  return { kind: "list", angles, keepPsi };
}

/** The point group of each map: one for all of them, or one for each, by RELION's names with commas between. */
export function symmetriesOf(text: string, maps: number): readonly string[] {
  const names = text.split(",").map((name) => name.trim());
  for (const name of names) {
    checkedByFormula(() => symmetryOperators(name));
  }
  if (names.length !== 1 && names.length !== maps) {
    throw new OptionError(
      "symmetry",
      `found ${names.length} groups, expected one, or one for each of ${maps} maps`,
    );
  }
  return names.length === 1 ? new Array<string>(maps).fill(names[0]!) : names;
}
