import { LIMITS, type Limit } from "../limits.js";
import { opticsRowsOf } from "./optics-groups.js";
import { originsOf } from "./origins.js";
import type { StarFile } from "./parse.js";
import { pixelSizesOf } from "./pixel-sizes.js";
import type { StarTable } from "./table.js";

const LIMIT_OF: Readonly<Record<string, Limit>> = {
  rlnVoltage: LIMITS.voltage,
  rlnSphericalAberration: LIMITS.sphericalAberration,
  rlnAmplitudeContrast: LIMITS.amplitudeContrast,
  rlnDefocusU: LIMITS.defocus,
  rlnDefocusV: LIMITS.defocus,
  rlnDefocusAngle: LIMITS.degrees,
  rlnPhaseShift: LIMITS.degrees,
  rlnCtfScalefactor: LIMITS.scale,
  rlnImagePixelSize: LIMITS.pixelSize,
  rlnMicrographPixelSize: LIMITS.pixelSize,
  rlnMicrographOriginalPixelSize: LIMITS.pixelSize,
  rlnPixelSize: LIMITS.pixelSize,
  rlnRandomSubset: LIMITS.halfSet,
};

/** Names of images in stacks. RELION counts from 1 and reads 0@ and 1@ both as the first image, so one image would stand twice. */
const IMAGES = ["rlnImageName", "rlnImageOriginalName", "rlnReconstructImageName", "rlnReferenceImage"];

/** What a program writes as inf or nan where it could not fit a CTF. */
const FITTED = new Set(["rlnDefocusU", "rlnDefocusV", "rlnDefocusAngle", "rlnPhaseShift"]);

/**
 * Refuses particles or micrographs of which a label says what cannot be, whether the label is used or only carried to another file:
 * a value beyond its limits, an image number 0, an optics group that is not defined, two origins that contradict each other. A text in place of a
 * number is refused too, but for the inf and nan of a CTF that was not fitted, which are left to those who use the label.
 *
 * @throws FormatError
 */
export function refuseImpossible(file: StarFile): void {
  for (const table of file.tables) {
    for (const [label, limit] of Object.entries(LIMIT_OF)) refuseBeyond(table, label, limit);
    for (const label of IMAGES) refuseImageZero(table, label);
  }
  const optics = file.find("optics");
  for (const table of file.tables) {
    if (table === optics) continue;
    if (optics && table.has("rlnOpticsGroup")) opticsRowsOf(optics, table);
    originsOf(table, () => pixelSizesOf(file, table));
  }
}

function refuseImageZero(table: StarTable, label: string): void {
  if (!table.has(label)) return;
  const names = table.strings(label);
  const row = names.findIndex((name) => /^0+@/.test(name));
  if (row >= 0) throw table.wrong(label, row, names[row], "N@stack with N from 1");
}

function refuseBeyond(table: StarTable, label: string, { fits, expected }: Limit): void {
  if (!table.has(label)) return;
  const values = table.carried(label);
  const text = FITTED.has(label) ? -1 : values.findIndex((value) => typeof value === "string");
  if (text >= 0) throw table.wrong(label, text, values[text], "a number");
  const row = values.findIndex((value) => typeof value === "number" && !fits(value));
  if (row >= 0) throw table.wrong(label, row, values[row], expected);
}
