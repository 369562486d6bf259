import type { Files } from "../core/ports.js";
import { inside } from "../dataset/layout.js";
import { type MicrographEstimate, parseEstimates } from "../jobs/estimate/records.js";
import { ESTIMATES } from "../jobs/estimate/run.js";
import type { ReportEstimates, ReportFigure } from "./data.js";
import { stemOf } from "./estimates.js";

/** Micrographs whose pictures are shown: more would make the page heavy. */
const SHOWN = 8;

/**
 * What the report shows of a folder that `estimate` wrote.
 *
 * @throws FileError, FormatError for a folder without estimates or with damaged ones
 */
export async function readEstimates(dir: string, files: Files): Promise<ReportEstimates> {
  const path = inside(dir, ESTIMATES.record);
  const { micrographs } = parseEstimates(new TextDecoder().decode(await files.read(path)), path);
  const figures: ReportEstimates["figures"][number][] = [];
  for (const micrograph of micrographs.slice(0, SHOWN)) {
    figures.push({ name: stemOf(micrograph.file), figures: await figuresOf(dir, micrograph, files) });
  }
  const noise = inside(dir, ESTIMATES.noise);
  const caption = "Noise spectrum of the background, with its spread between micrographs.";
  return { micrographs, figures, overall: [await readFigure(noise, caption, files)] };
}

async function figuresOf(dir: string, micrograph: MicrographEstimate, files: Files): Promise<ReportFigure[]> {
  const { ctfPicture, ctfCurve, icePreview } = micrograph.files;
  const read = (path: string, caption: string): Promise<ReportFigure> =>
    readFigure(inside(dir, path), caption, files);
  return [
    await read(
      ctfPicture,
      "Left the micrograph's spectrum (above as means along lines of equal phase), right |CTF|² of the fit. Where the fit " +
        "is right, the rings go on across the middle line.",
    ),
    await read(ctfCurve, "Mean of the spectrum along lines of equal phase, with the fit."),
    await read(
      icePreview,
      "Micrograph, the same blurred, and its ice gradient, which should look like the blurred one.",
    ),
  ];
}

/** A PNG or SVG file as a figure. */
async function readFigure(path: string, caption: string, files: Files): Promise<ReportFigure> {
  const bytes = await files.read(path);
  if (!path.endsWith(".svg")) return { kind: "png", bytes, caption };
  return { kind: "svg", markup: new TextDecoder().decode(bytes), caption };
}
