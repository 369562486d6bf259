import { FormatError, UsageError } from "../../../core/errors.js";
import type { Report } from "../../../core/ports.js";
import { isPixelSize, PIXEL_SIZES } from "../../../io/pixel-size.js";

/** Pixel sizes that differ by a smaller share are the same: headers and files round. */
const SAME = 0.02;

/** What a header says of the pixel size: 0 and 1 angstrom are what programs write that do not know. */
export const saidPixelSize = (header: number | null | undefined): number | undefined =>
  header === undefined || header === null || header === 0 || header === 1 ? undefined : header;

/**
 * The same where nothing else says the pixel size.
 *
 * @param path of the file with the header
 * @throws FormatError for one that is none in angstrom
 */
export function headerPixelSize(path: string, header: number | null | undefined): number | undefined {
  const said = saidPixelSize(header);
  if (said === undefined || isPixelSize(said)) return said;
  throw new FormatError(
    path,
    "pixel size in the header",
    said,
    `${PIXEL_SIZES}, or \`pixelSize\` in its place`,
  );
}

/** Whether two pixel sizes, angstrom, cannot be the same; false where one is not known. */
export const pixelSizesDiffer = (a: number | undefined, b: number | undefined): boolean =>
  a !== undefined && b !== undefined && !(Math.abs(a / b - 1) <= SAME);

/** A micrograph, or a dataset, and the pixel size that it says, angstrom. */
export interface SaidPixelSize {
  readonly path: string;
  readonly said: number | undefined;
}

/**
 * Holds the headers of micrographs against the pixel size that is taken, as they come in; without one, against the first header
 * that says something. The first that differs by more than 2 % is told at once, the others by their number at the end, and so
 * are those that say nothing.
 */
export class PixelSizeWatch {
  private readonly taken: number | undefined;
  private first: { readonly path: string; readonly said: number } | undefined;
  private seen = 0;
  private readonly silent: string[] = [];
  private readonly other: number[] = [];

  /** @param taken angstrom, as the user gives it; undefined where each header counts for its own micrograph */
  constructor(
    taken: number | undefined,
    private readonly report: Pick<Report, "warn" | "note">,
  ) {
    this.taken = taken;
  }

  /** @param header angstrom; undefined or null where the file has none */
  see(path: string, header: number | null | undefined): void {
    this.seen++;
    const said = saidPixelSize(header);
    if (said === undefined) {
      if (header !== this.taken) this.silent.push(path);
      return;
    }
    this.first ??= { path, said };
    const expected = this.taken ?? this.first.said;
    if (!pixelSizesDiffer(said, expected)) return;
    if (this.other.push(said) > 1) return;
    const than = this.taken === undefined ? `that of ${this.first.path} ${expected}` : `not ${expected}`;
    this.report.warn(`${path}: its header says ${rounded(said)} angstrom per pixel, ${than}`);
  }

  /** Says what is left to say of all of them. */
  close(): void {
    const { other, silent, seen, taken } = this;
    if (other.length > 1) {
      const [low, high] = [Math.min(...other), Math.max(...other)].map(rounded);
      const range = low === high ? `${low}` : `${low} to ${high}`;
      this.report.warn(
        `${other.length} of ${seen} micrographs have headers with another pixel size: ${range} angstrom per pixel`,
      );
    }
    if (silent.length > 0 && taken !== undefined) {
      this.report.note(
        `${silent.length} of ${seen} micrographs give no pixel size (none, 0, or 1 angstrom, which programs write ` +
          `where they do not know it): ${taken} is used`,
      );
    }
  }
}

/**
 * The pixel size that all of some micrographs say: what is compared by it means nothing where they differ.
 *
 * @returns undefined where none says anything
 * @throws UsageError for two that differ by more than 2 %
 */
export function commonPixelSize(all: readonly SaidPixelSize[]): number | undefined {
  const first = all.find(({ said }) => said !== undefined);
  const other = all.find(({ said }) => pixelSizesDiffer(said, first?.said));
  if (!other) return first?.said;
  throw new UsageError(
    `${other.path}: found ${rounded(other.said!)} angstrom per pixel, expected ${rounded(first!.said!)}, as ${first!.path} says: ` +
      "what is measured on them cannot be compared; bin the finer ones (`bin`), or correct the header that is wrong",
  );
}

/** Headers hold single precision: 1.06, not 1.059999942779541. */
export const rounded = (pixelSize: number): number => Number(pixelSize.toPrecision(6));
