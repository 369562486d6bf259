import { gaussianBlur } from "../array/filter.js";
import type { Image } from "../array/image.js";
import { bin } from "../array/resample.js";
import { type ImagePanelOptions, imagePanel, type Rectangle, standardContrast } from "../plot/image-panel.js";
import type { ReportPicture } from "./data.js";
import { htmlFigure, htmlRow, paragraph, type ReportSection } from "./html.js";

/** Longest side of an overview, pixels of its image. */
const OVERVIEW = 640;
/** Longest side of an overview and side of a crop, pixels on the screen: titles and scale bars are legible at these. */
const WIDTH = 400;
const CROP = 384;
/** Angstrom: finer detail is blurred away where the eye shall find particles in the noise. */
const BLUR = 15;

/** The micrographs side by side: whole, at full resolution, with their labels, and blurred. */
export function pictureSection(pictures: readonly ReportPicture[]): ReportSection {
  const side = Math.min(CROP, ...pictures.flatMap(({ image }) => image.shape));
  const crops = (options: { readonly labels: boolean; readonly blur: boolean }): string =>
    htmlRow(
      pictures.map((picture) => cropPanel(picture, side, options)),
      "exact",
    );
  const names = pictures.map(({ name }) => name).join(", ");
  const body =
    paragraph(
      `From left to right: ${names}. Each image runs from black at its mean less 3 standard deviations to white at its ` +
        "mean plus 3, so contrasts can be compared. Protein is dark.",
    ) +
    `<h3>Whole micrographs</h3>\n${htmlRow(overviews(pictures), "thirds")}` +
    "<h3>Full resolution: one image pixel is one screen pixel</h3>\n" +
    crops({ labels: false, blur: false }) +
    "<h3>The same with labels</h3>\n" +
    paragraph(
      "Circles mark the labelled particles, dashed ones those that the micrograph's edge cuts. Real micrographs have no labels.",
    ) +
    crops({ labels: true, blur: false }) +
    `<h3>The same, blurred by a Gaussian of ${BLUR} Å</h3>\n` +
    crops({ labels: true, blur: true });
  return { id: "pictures", title: "Real beside physics beside synthetic", body };
}

/** Whole micrographs, all averaged down by the same whole factor. */
function overviews(pictures: readonly ReportPicture[]): string[] {
  const longest = Math.max(...pictures.flatMap(({ image }) => image.shape));
  const factor = Math.ceil(longest / OVERVIEW);
  return pictures.map(({ name, image, pixelSize }) => {
    const small = factor > 1 ? bin(image, factor) : image;
    const title = titleOf(name, pixelSize * factor);
    const contrast = standardContrast(small);
    const zoom = Math.min(1, WIDTH / Math.max(...small.shape));
    return figure({ title, image: small, pixelSize: pixelSize * factor, contrast, zoom });
  });
}

function cropPanel(
  picture: ReportPicture,
  side: number,
  { labels, blur }: { readonly labels: boolean; readonly blur: boolean },
): string {
  const { name, pixelSize } = picture;
  const image = blur ? gaussianBlur(picture.image, BLUR / pixelSize) : picture.image;
  return figure({
    title: titleOf(name, pixelSize),
    image,
    pixelSize,
    contrast: standardContrast(image),
    crop: middleOf(image, side),
    ...(labels && picture.marks && { marks: picture.marks }),
    ...(picture.markRadius !== undefined && { markRadius: picture.markRadius }),
  });
}

/** Four digits of a pixel size, which binning makes a number of sixteen. */
const titleOf = (name: string, pixelSize: number): string =>
  `${name}, ${Number(pixelSize.toPrecision(4))} Å/pixel`;

const middleOf = ({ shape: [rows, columns] }: Image, side: number): Rectangle => ({
  left: (columns - side) >> 1,
  top: (rows - side) >> 1,
  rows: side,
  columns: side,
});

const figure = (options: ImagePanelOptions): string =>
  htmlFigure({ kind: "svg", markup: imagePanel(options), caption: "" });
