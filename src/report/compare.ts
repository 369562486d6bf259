import type { Image } from "../array/image.js";
import { UsageError } from "../core/errors.js";
import type { Files } from "../core/ports.js";
import { readDataset, readMicrograph } from "../dataset/reader.js";
import { scoreText } from "../evaluate/realism/table.js";
import type { Score } from "../evaluate/spread.js";
import { readImage } from "../io/read-image.js";
import type { FinishedComparison } from "../jobs/compare/run.js";
import { type Comparison, measuresOf, titleOf } from "../jobs/compare/table.js";
import { imagePanel, standardContrast } from "../plot/image-panel.js";
import { escapeText } from "../plot/svg.js";
import { htmlFigure, htmlPage, htmlRow, htmlTable, paragraph, type ReportSection } from "./html.js";
import { shownMicrograph } from "./project.js";
import { duration } from "./training.js";

/** Side of the parts of micrographs that are shown, pixels. */
const CROP = 300;

/** Writes the page of a comparison: its table, and a part of a micrograph of every row at one scale and one contrast. */
export async function writeComparePage(finished: FinishedComparison, files: Files): Promise<void> {
  const { project, comparison, page, made } = finished;
  const real = await shownMicrograph(finished, files);
  const images = [{ name: "real", image: (await readImage(await files.read(real), real)).image }];
  for (const { row, folder } of made) images.push({ name: row, image: await firstMicrograph(folder, files) });
  const introduction =
    paragraph(
      `${comparison.minutes} ${comparison.minutes === 1 ? "minute" : "minutes"} of training for every row with a network, ` +
        `${comparison.seeds.length === 1 ? "seed" : "seeds"} ${comparison.seeds.join(", ")}, the same specimens, ` +
        "scored against micrographs that took no part in learning.",
    ) +
    paragraph(
      "Every measure but the correlation is better when lower; ± is the standard deviation over the seeds, and " +
        "of floor and ceiling over the ways to halve the real micrographs. The table goes on to the right; table.csv " +
        "holds it too, and docs/results/evaluation.md explains the measures.",
    );
  const html = htmlPage(
    {
      title: `${project.settings.title}: translators compared`,
      introduction,
      footer: paragraph(`Made by ${comparison.program}.`),
    },
    [tableSection(comparison), imageSection(images, finished.data.pixelSize)],
  );
  await files.write(page, html);
}

async function firstMicrograph(folder: string, files: Files): Promise<Image> {
  const dataset = await readDataset(files, folder);
  const [first] = dataset.manifest.micrographs;
  if (!first) throw new UsageError(`${folder}: found no micrograph, expected one to show`);
  return readMicrograph(files, dataset.dir, first);
}

function tableSection(comparison: Comparison): ReportSection {
  const measures = measuresOf(comparison);
  const rows = comparison.rows.map(({ text, role, steps, seconds, scores }) => ({
    cells: [
      escapeText(text),
      steps === undefined ? "–" : String(steps),
      seconds === undefined ? "–" : duration(seconds),
      ...measures.map((measure) => shown(scores[measure])),
    ],
    ...(role !== "candidate" && { kind: "reference" as const }),
  }));
  const header = ["row", "steps", "training", ...measures.map((measure) => escapeText(titleOf(measure)))];
  const body = htmlTable("Scores of all rows; in italics the floor and the ceiling", header, rows);
  return { id: "scores", title: "Scores", body };
}

/** A score; without a spread where there is one seed only. */
const shown = (score: Score | undefined): string =>
  score?.values.length === 1 ? scoreText(score).replace(/ ±.*/, "") : scoreText(score);

function imageSection(
  images: readonly { readonly name: string; readonly image: Image }[],
  pixelSize: number,
): ReportSection {
  const side = Math.min(CROP, ...images.flatMap(({ image }) => image.shape));
  const panels = images.map(({ name, image }) =>
    htmlFigure({
      kind: "svg",
      markup: imagePanel({
        ...{ title: name, image, pixelSize, contrast: standardContrast(image) },
        crop: {
          left: (image.shape[1] - side) >> 1,
          top: (image.shape[0] - side) >> 1,
          ...{ rows: side, columns: side },
        },
      }),
      caption: "",
    }),
  );
  const body =
    paragraph(
      "The middle of one micrograph of each, at full resolution; black is the mean less 3 standard deviations, white the mean plus 3.",
    ) + htmlRow(panels, "exact");
  return { id: "images", title: "Images", body };
}
