import { OptionError, UsageError } from "../../core/errors.js";
import type { RowPixelSizes } from "../../io/star/pixel-sizes.js";
import { headerPixelSize, pixelSizesDiffer, saidPixelSize } from "../shared/micrographs/pixel-size.js";

/** Who says the pixel size of a micrograph, angstrom. */
export interface PixelSizeVoices {
  /** Path of the STAR file, and what it says of the particle. */
  readonly star: string;
  readonly sizes: RowPixelSizes;
  /** Path of the micrograph, and what its header says. */
  readonly micrograph: string;
  readonly header: number | undefined;
  /** What the user says. */
  readonly given: number | undefined;
  /** The table of CTFs, and what it says of the micrograph; absent without one. */
  readonly table?: { readonly path: string; readonly size: number };
}

/**
 * The pixel size of a micrograph: the STAR file's rlnMicrographPixelSize, else the user's, else the header's, else that of the
 * table of CTFs. Only where none of them says it, that of the particle images or of the movie, with a warning: both may have been binned.
 *
 * @throws OptionError for a user's pixel size that the STAR file contradicts, UsageError where nothing says it
 */
export function micrographPixelSize(voices: PixelSizeVoices, warn: (line: string) => void): number {
  const { star, sizes, micrograph, header, given, table } = voices;
  if (pixelSizesDiffer(given, sizes.micrograph)) {
    throw new OptionError(
      "pixelSize",
      `found ${given} angstrom, expected ${sizes.micrograph}, as ${star} says, or none`,
    );
  }
  const said = saidPixelSize(header);
  const known = sizes.micrograph ?? given ?? headerPixelSize(micrograph, header) ?? table?.size;
  if (known === undefined) return guessed(voices, warn);
  if (pixelSizesDiffer(known, said)) {
    const by = sizes.micrograph === undefined ? "asked for" : `${star} says`;
    warn(`${micrograph}: its header says ${header} angstrom; ${known} is used, as ${by}`);
  }
  if (table && pixelSizesDiffer(known, table.size))
    warn(`${table.path}: says ${table.size} angstrom per pixel of ${micrograph}; ${known} is used`);
  return known;
}

function guessed({ star, sizes, micrograph, header }: PixelSizeVoices, warn: (line: string) => void): number {
  const { image, original } = sizes;
  if (image === undefined && original === undefined && header !== undefined) {
    warn(
      `${micrograph}: its header says ${header} angstrom, a value that programs also write where they do not know it; it is used`,
    );
    return header;
  }
  if ((image === undefined) === (original === undefined)) {
    throw new UsageError(
      `${star}: found no pixel size of ${micrograph} in it nor in the micrograph, expected it as \`pixelSize\``,
    );
  }
  const [size, of] =
    image === undefined ? [original!, "the movie before any binning"] : [image, "the particle images"];
  warn(`${star}: found no pixel size of ${micrograph}; that of ${of} is used, ${size} angstrom`);
  return size;
}
