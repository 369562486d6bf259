import { FormatError } from "../../core/errors.js";
import { decodeText } from "../bytes/text.js";
import { parseStar } from "./parse.js";

/** Curves of half maps by RELION's labels, the best first: of a refinement, and corrected for the mask, masked, unmasked. */
const LABELS = [
  "rlnGoldStandardFsc",
  "rlnFourierShellCorrelationCorrected",
  "rlnFourierShellCorrelation",
  "rlnFourierShellCorrelationMaskedMaps",
  "rlnFourierShellCorrelationUnmaskedMaps",
];

/**
 * Reads the FSC of two half maps, shell by shell from zero: of a model.star of relion_refine, or the STAR file of relion_postprocess
 * or of `cryogem postprocess`.
 *
 * @returns frequencies in 1/angstrom, evenly spaced from 0
 * @throws FormatError for a file without such a curve
 */
export function readFscStar(
  content: Uint8Array | string,
  path: string,
): { readonly frequencies: Float64Array; readonly correlation: Float64Array } {
  const file = parseStar(decodeText(content, path), path);
  const hasCurve = (label: string) =>
    file.tables.find((each) => each.isLoop && each.has(label) && each.has("rlnResolution"));
  const label = LABELS.find(hasCurve);
  const table = label === undefined ? undefined : hasCurve(label);
  if (!table || label === undefined) {
    const names = file.tables.map(({ name }) => `data_${name}`);
    throw new FormatError(path, "blocks", names, `one with rlnResolution and an FSC, as ${LABELS[0]}`);
  }
  const frequencies = table.numbers("rlnResolution");
  const correlation = table.numbers(label);
  if (frequencies.length < 2) throw new FormatError(path, "rows", frequencies.length, "at least two");
  const step = frequencies[frequencies.length - 1]! / (frequencies.length - 1);
  for (const [row, frequency] of frequencies.entries()) {
    // RELION says 999 angstrom of shell 0
    const isEven = row === 0 ? frequency < 0.01 : Math.abs(frequency - row * step) < 1e-3 * step * row;
    if (!isEven) throw table.wrong("rlnResolution", row, frequency, "shells one step apart, from 0");
  }
  return { frequencies: Float64Array.from(frequencies, (_, row) => row * step), correlation };
}
