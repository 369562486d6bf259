import { OptionError, UsageError } from "../../core/errors.js";
import type { Files } from "../../core/ports.js";
import {
  type CoordinatePick,
  flawOfName,
  flipPickRows,
  micrographStem,
  type Pick,
} from "../../io/picks/pick.js";
import type { MicrographIndex } from "../shared/micrographs/micrograph-index.js";
import { pixelSizesDiffer } from "../shared/micrographs/pixel-size.js";
import { truePicks } from "../shared/micrographs/true-picks.js";
import type { LabelSource } from "../shared/particles/labels.js";
import type { ExportOptions, LabelFormat } from "./options.js";

/** How labels are written, beside the format. */
export interface LabelOptions {
  readonly flipY?: ExportOptions["flipY"];
  readonly box?: ExportOptions["box"];
  /** Of the micrographs, where origins need it and no file says it. */
  readonly pixelSize?: ExportOptions["pixelSize"];
}

/** What labels are written with. */
export interface LabelContext {
  readonly files: Files;
  readonly micrographs: MicrographIndex;
  readonly warn: (line: string) => void;
}

/** Where particles sit, under the names of the micrographs' files. */
export async function placesOf(
  source: LabelSource,
  { flipY, pixelSize }: LabelOptions,
  { micrographs, warn }: LabelContext,
): Promise<Pick[]> {
  const picks = source.picks();
  if (pixelSize !== undefined) refuseIdlePixelSize(pixelSize, picks, source.path);
  refuseStrangeNames(picks, source.path);
  const sizes = { given: pixelSize, header: micrographs.pixelSize, warn };
  const places = await truePicks(picks, source.path, sizes);
  return micrographs.named(flipY === undefined ? places : flipPickRows(places, flipY));
}

/** @throws UsageError for a micrograph whose name no line of a table can hold */
export function refuseStrangeNames(
  particles: readonly { readonly micrograph?: string | undefined }[],
  path: string,
): void {
  for (const { micrograph = "" } of particles) {
    const flaw = flawOfName(micrograph);
    if (!flaw) continue;
    throw new UsageError(
      `${path}: micrograph ${JSON.stringify(micrograph)}: found ${flaw} in its name, expected none`,
    );
  }
}

/** @throws OptionError for a pixel size that no origin needs, or another one than the file says */
function refuseIdlePixelSize(pixelSize: number, picks: readonly CoordinatePick[], path: string): void {
  const moved = picks.filter(({ origin }) => origin);
  if (moved.length === 0) {
    throw new OptionError("pixelSize", `found no origin in ${path}, which alone needs it`);
  }
  const said = moved.map(({ pixelSizes }) => pixelSizes?.micrograph).find((size) => size !== undefined);
  if (pixelSizesDiffer(said, pixelSize)) {
    throw new OptionError("pixelSize", `found ${pixelSize} angstrom, expected ${said} as in ${path}`);
  }
}

/** Refuses micrographs of several folders that would have one name or one file in a format. */
export function refuseSameStems(picks: readonly Pick[], path: string, format: LabelFormat): void {
  const byStem = new Map<string, string>();
  for (const { micrograph } of picks) {
    const stem = micrographStem(micrograph);
    const other = byStem.get(stem) ?? micrograph;
    byStem.set(stem, other);
    if (other === micrograph) continue;
    throw new UsageError(
      `${path}: found ${other} and ${micrograph}, which ${format} cannot tell apart: expected micrographs of ` +
        "different names, or csv or coco, which keep folders",
    );
  }
}

/** @throws OptionError for a pixel size beside a format that keeps coordinates and origins apart */
export function refusePixelSize(pixelSize: number | undefined): void {
  if (pixelSize === undefined) return;
  throw new OptionError("pixelSize", "found a format that keeps origins, expected it for coordinates only");
}
