import { margin, micrographSize } from "../shared/options/micrographs.js";
import { pixelSize } from "../shared/options/microscope.js";
import {
  type CommandSpec,
  numberOption,
  type OptionsOf,
  pathOption,
  pathsOption,
  type ResolvedOptions,
  restated,
} from "../shared/options/option.js";

export const pickScoreOptions = {
  picks: pathsOption({
    value: "paths",
    help: "picks to score, one or several pickers: folders that `pick run` wrote, folders of coordinate files, or single files",
    required: true,
  }),
  truth: pathOption({
    value: "path",
    help: "coordinates (STAR, Topaz text, .box, .cbox, COCO, EMAN2, CSV, .cs) or a dataset folder",
    required: true,
  }),
  radius: numberOption(
    { unit: "angstrom", from: 1, to: 10_000 },
    { value: "A", help: "farthest that a pick may lie from the truth", required: true },
  ),
  pixelSize: restated(pixelSize, { help: "pixel size of the micrographs", required: true }),
  truthPixelSize: restated(pixelSize, {
    help: "pixel size of the coordinates of truth and ceiling",
    otherwise: "the micrographs'",
  }),
  margin: restated(margin, { help: "margin along the edges, which does not count", fallback: 0 }),
  threshold: numberOption(
    {},
    {
      value: "score",
      help: "least score of the picks behind precision, recall and F1",
      otherwise: "that of `pick run`, else all count",
    },
  ),
  ceiling: pathOption({
    value: "path",
    help: "a second annotator's coordinates: scored like a picker, as the ceiling",
  }),
  unsure: pathOption({
    value: "path",
    help: "coordinates in the micrographs' pixels, or what `pick run` wrote: a false pick there counts neither way",
  }),
  micrographs: pathOption({
    value: "dir",
    help: "folder of the micrographs, for sizes that `margin` needs where the picks do not say them",
  }),
  micrographSize: restated(micrographSize, { otherwise: "read from the micrographs" }),
  out: pathOption({
    value: "dir",
    help: "folder for tables (CSV, JSON) and the precision-recall curve (SVG)",
  }),
} as const;

/** What a user may ask of `pick score`. */
export type PickScoreOptions = OptionsOf<typeof pickScoreOptions>;
export type ResolvedPickScoreOptions = ResolvedOptions<typeof pickScoreOptions>;

export const pickScoreCommand: CommandSpec<typeof pickScoreOptions> = {
  name: "pick score",
  summary: "Score picks against true positions: precision, recall, F1, AUPRC.",
  options: pickScoreOptions,
  notes: `
Prints the protocol with the scores; docs/guide/picking.md explains it. Only micrographs that all files know are scored.
Example: cryogem pick score --picks picks --truth annotator-a --ceiling annotator-b --radius 30 --pixel-size 1.5 --out scores`,
};
