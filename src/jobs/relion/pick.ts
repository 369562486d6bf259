import { FormatError } from "../../core/errors.js";
import type { Files } from "../../core/ports.js";
import { inside } from "../../dataset/layout.js";
import { decodeText } from "../../io/bytes/text.js";
import { LABEL } from "../../io/star/names.js";
import { parseStar } from "../../io/star/parse.js";
import type { PipelineForm, PipelineNode } from "../../io/star/pipeline.js";
import { pixelSizesOf } from "../../io/star/pixel-sizes.js";
import type { PickRunOptions } from "../pick-run/options.js";
import { PICKS } from "../pick-run/records.js";

/** Micrographs of RELION, as `pick run` is told of them. */
export type PickingInputs = Pick<
  PickRunOptions,
  "micrographs" | "pixelSize" | "voltage" | "cs" | "amplitudeContrast"
>;

/**
 * The micrographs of a STAR file of RELION 3.1 or newer with their pixel size and microscope.
 *
 * @throws FormatError where it has no micrographs, or they differ in what one run of a picker needs to be one
 */
export async function readMicrographs(files: Files, path: string): Promise<PickingInputs> {
  const file = parseStar(decodeText(await files.read(path), path), path);
  const [optics, table] = [file.table("optics"), file.table("micrographs")];
  const micrographs = table.strings(LABEL.micrograph);
  if (micrographs.length === 0) throw new FormatError(path, "data_micrographs", "no rows", "micrographs");
  const one = (label: string): number => same(optics.numbers(label), path, `data_optics, ${label}`);
  const sizes = pixelSizesOf(file, table).map(
    ({ micrograph, original }) => micrograph ?? original ?? Number.NaN,
  );
  const pixelSize = same(sizes, path, "data_optics, rlnMicrographPixelSize");
  return {
    ...{ micrographs, pixelSize, voltage: one(LABEL.voltage), cs: one(LABEL.sphericalAberration) },
    amplitudeContrast: one(LABEL.amplitudeContrast),
  };
}

/** Optics groups of beam tilt have one microscope; programs write six digits. */
const SAME = 1e-4;

function same(values: ArrayLike<number>, path: string, where: string): number {
  const [first = Number.NaN] = Array.from(values);
  const other = Array.from(values).find((value) => !(Math.abs(value - first) <= SAME * Math.abs(first)));
  if (other !== undefined) {
    const found = Number.isNaN(other) ? "none" : `${first} and ${other}`;
    throw new FormatError(path, where, found, "one value for all micrographs");
  }
  return first;
}

/**
 * What RELION finds picks by, of a finished `pick run`. RELION 4 and newer read its list of coordinate files. RELION 3.1 reads a
 * file whose name says how those of the micrographs end, which lies beside them and holds the name of the micrographs' STAR file.
 *
 * @param picks the folder that `pick run` wrote
 */
export async function nameCoordinates(
  files: Files,
  {
    folder,
    picks,
    micrographs,
  }: { readonly folder: string; readonly picks: string; readonly micrographs: string },
  form: PipelineForm,
): Promise<PipelineNode> {
  if (form !== "3.1") {
    const path = inside(folder, PICKS.autopick);
    await files.write(path, await files.read(inside(picks, PICKS.autopick)));
    return { path, kind: "coordinates" };
  }
  const path = inside(picks, "coordinates/coords_suffix_autopick.star");
  await files.write(path, `${micrographs}\n`);
  return { path, kind: "coordinates" };
}
