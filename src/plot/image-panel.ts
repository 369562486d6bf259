import type { Image } from "../array/image.js";
import { crop } from "../array/resample.js";
import { robustScale } from "../array/statistics.js";
import { encodePng } from "../io/png/write.js";
import { pngUri } from "./data-uri.js";
import { element, label, svgDocument } from "./svg.js";

/** Grey values shown as black and as white. */
export interface Contrast {
  readonly black: number;
  readonly white: number;
}

/**
 * Contrast from the mean less `deviations` standard deviations (black) to as much above it (white), outliers aside:
 * images shown at the contrast of the same number of deviations can be compared.
 */
export function standardContrast(image: Image, deviations = 3): Contrast {
  const { mean, standardDeviation } = robustScale(image.data);
  const reach = deviations * (standardDeviation || 1);
  return { black: mean - reach, white: mean + reach };
}

/** A place to mark, pixels of the image. */
export interface Mark {
  readonly x: number;
  readonly y: number;
  /** Cut by the edge, say: drawn dashed. */
  readonly partial?: boolean;
}

export interface Rectangle {
  readonly left: number;
  readonly top: number;
  readonly rows: number;
  readonly columns: number;
}

export interface ImagePanelOptions {
  readonly title: string;
  readonly image: Image;
  /** Angstrom per pixel of the image, for the scale bar. */
  readonly pixelSize: number;
  readonly contrast: Contrast;
  /** Rectangle to show, pixels; the whole image when absent. */
  readonly crop?: Rectangle;
  /** Screen pixels for one image pixel; 1 = full resolution. */
  readonly zoom?: number;
  readonly marks?: readonly Mark[];
  /** Radius of the marks, pixels of the image. */
  readonly markRadius?: number;
}

/** Height of the title. */
const CAPTION = 24;
/** A wider panel is shown narrower than it is: its letters and lines grow with it, so that they stay legible at this width. */
const SHOWN_WIDTH = 600;

/** A grey image with its title, a scale bar in angstrom and circles on marked places, as a standalone SVG. */
export function imagePanel(options: ImagePanelOptions): string {
  const { title, image, zoom = 1, marks = [], markRadius = 10, pixelSize } = options;
  const { left, top, rows, columns } = options.crop ?? wholeOf(image);
  const shown = crop(image, left, top, [rows, columns]);
  const moved = marks.map((mark) => ({ ...mark, x: mark.x - left, y: mark.y - top }));
  const href = pngDataUri(shown, options.contrast);
  return drawPanel({ title, pixelSize, href, shape: [rows, columns], zoom, marks: moved, markRadius });
}

/** A picture that is a PNG file already, with the same around it. */
export interface PicturePanelOptions {
  readonly title: string;
  readonly png: Uint8Array;
  readonly shape: readonly [rows: number, columns: number];
  /** Angstrom per pixel of the picture, for the scale bar. */
  readonly pixelSize: number;
  readonly marks: readonly Mark[];
  /** Radius of the marks, pixels of the picture. */
  readonly markRadius: number;
}

/** A PNG with its title, a scale bar in angstrom and circles on marked places, as a standalone SVG. */
export const picturePanel = ({ png, ...options }: PicturePanelOptions): string =>
  drawPanel({ ...options, href: pngUri(png), zoom: 1 });

interface PanelDrawing extends Omit<PicturePanelOptions, "png"> {
  readonly href: string;
  readonly zoom: number;
}

function drawPanel({ title, href, shape, zoom, marks, markRadius, pixelSize }: PanelDrawing): string {
  const [rows, columns] = shape;
  const width = columns * zoom;
  const height = rows * zoom;
  const size = Math.max(1, width / SHOWN_WIDTH);
  const caption = Math.round(CAPTION * size);
  const picture = element("image", {
    href,
    y: caption,
    width,
    height,
    // pixels stay pixels where they are enlarged
    style: zoom > 1 ? "image-rendering:pixelated" : undefined,
  });
  const circles = marks
    .filter(({ x, y }) => inside(x, columns, markRadius) && inside(y, rows, markRadius))
    .map((mark) => circle(mark, (mark.x + 0.5) * zoom, (mark.y + 0.5) * zoom, markRadius * zoom, size));
  const scaleBar = drawScaleBar(width, height + caption, zoom / pixelSize, size);
  const count = marks.length > 0 ? ` ${marks.length} labelled particles are circled.` : "";
  return svgDocument(
    { width, height: height + caption },
    {
      title,
      description: `Grey image of ${columns} x ${rows} pixels at ${Number(pixelSize.toPrecision(4))} angstrom.${count}`,
    },
    label(2, 16 * size, title, { "font-weight": "bold", "font-size": 12 * size }),
    picture,
    element("svg", { y: caption, width, height, overflow: "hidden" }, ...circles),
    scaleBar,
  );
}

const wholeOf = ({ shape }: Image): Rectangle => ({ left: 0, top: 0, rows: shape[0], columns: shape[1] });

const inside = (at: number, size: number, margin: number): boolean => at >= -margin && at <= size + margin;

const circle = (mark: Mark, cx: number, cy: number, r: number, size: number): string =>
  element("circle", {
    cx,
    cy,
    r,
    fill: "none",
    stroke: "#ffd400",
    "stroke-width": 1.5 * size,
    "stroke-dasharray": mark.partial ? `${4 * size} ${3 * size}` : undefined,
  });

/** A bar of a round length near a fifth of the width, white on a dark ground, lower right. */
function drawScaleBar(width: number, bottom: number, pixelsPerAngstrom: number, size: number): string {
  const length = roundLength(width / 5 / pixelsPerAngstrom);
  const bar = length * pixelsPerAngstrom;
  const text =
    length >= 10_000 ? `${length / 10_000} µm` : length >= 1000 ? `${length / 10} nm` : `${length} Å`;
  const box = Math.max(bar, text.length * 7 * size) + 12 * size;
  const middle = width - 6 * size - box / 2;
  return (
    element("rect", {
      x: width - 6 * size - box,
      y: bottom - 36 * size,
      width: box,
      height: 30 * size,
      fill: "#000",
      "fill-opacity": 0.6,
    }) +
    element("rect", {
      x: middle - bar / 2,
      y: bottom - 14 * size,
      width: bar,
      height: 4 * size,
      fill: "#fff",
    }) +
    label(middle, bottom - 20 * size, text, {
      ...{ fill: "#fff", "text-anchor": "middle", "font-size": 12 * size },
    })
  );
}

/** The largest of 1, 2, 5 times a power of ten that is not above `wanted`. */
function roundLength(wanted: number): number {
  const power = 10 ** Math.floor(Math.log10(wanted));
  return power * ([5, 2, 1].find((digit) => digit * power <= wanted) ?? 1);
}

/** The 8-bit grey PNG of an image at a contrast, as a data URI. */
export function pngDataUri(image: Image, { black, white }: Contrast): string {
  const scale = 255 / (white - black);
  const samples = Uint8ClampedArray.from(image.data, (value) => (value - black) * scale);
  return pngUri(encodePng({ shape: image.shape, channels: 1, samples }));
}
