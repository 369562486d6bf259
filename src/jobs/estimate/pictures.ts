import type { Image } from "../../array/image.js";
import { bin, coarserPosition } from "../../array/resample.js";
import type { CtfFit } from "../../estimate/ctf/ctf-fit.js";
import type { Spot } from "../../estimate/particle-count.js";
import type { SizeEstimate } from "../../estimate/particle-size.js";
import { imagePanel, standardContrast } from "../../plot/image-panel.js";
import { lineChart } from "../../plot/line-chart.js";

/** Longest side of a micrograph that is shown, pixels. */
const SHOWN = 1024;

/** Power along the rings and the fit to it. */
export function fitChart({ profile, defocusU, defocusV, score }: CtfFit, stem: string): string {
  const { k, power, baseline, envelope, ring } = profile;
  return lineChart({
    title: `${stem}: defocus ${Math.round(defocusU)} / ${Math.round(defocusV)} Å, score ${score.toFixed(3)}`,
    x: { label: "spatial frequency, 1/Å (equal phase)" },
    y: { label: "power over its trend" },
    series: [
      { name: "micrograph", x: k, y: power },
      { name: "fit", x: k, y: power.map((_, i) => baseline[i]! + envelope[i]! * ring[i]!) },
      { name: "baseline", x: k, y: baseline },
    ],
    width: 800,
    height: 360,
  });
}

/** A micrograph with a circle of the particle's diameter (angstrom) about every place that looks like one. */
export function spotsPicture(
  image: Image,
  spots: readonly Spot[],
  what: { readonly stem: string; readonly diameter: number | undefined; readonly pixelSize: number },
): string {
  const { stem, diameter, pixelSize } = what;
  const factor = Math.ceil(Math.max(...image.shape) / SHOWN);
  const small = bin(image, factor);
  const found =
    diameter === undefined
      ? "nothing stands out as a particle"
      : `${spots.length} places that look like particles of ${Math.round(diameter)} Å`;
  return imagePanel({
    title: `${stem}: ${found}`,
    ...{ image: small, pixelSize: pixelSize * factor, contrast: standardContrast(small) },
    marks: spots.map(({ x, y }) => ({ x: coarserPosition(x, factor), y: coarserPosition(y, factor) })),
    markRadius: (diameter ?? 0) / 2 / (pixelSize * factor),
  });
}

/** How far the places that look most like a ball of some size stand out, over that size. */
export function sizeChart({ diameter, diameters, strength }: SizeEstimate, stem: string): string {
  const edge = diameter === undefined ? "no size stands out" : `falls off beyond ${Math.round(diameter)} Å`;
  return lineChart({
    title: `${stem}: ${edge}`,
    x: { label: "diameter of the ball, Å", scale: "log" },
    y: { label: "response, standard deviations" },
    series: [{ name: "strongest places", x: [...diameters], y: [...strength] }],
    width: 800,
    height: 360,
  });
}
