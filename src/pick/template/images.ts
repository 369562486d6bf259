import { fftFriendlySize } from "../../array/fft/fft.js";
import type { Volume } from "../../array/image.js";
import { padOrCrop } from "../../array/resample.js";
import { inRange } from "../../core/check.js";
import { project } from "../../physics/projection/project.js";
import { prepareProjector } from "../../physics/projection/projector.js";
import { workingScale } from "../working-image.js";
import { templateViews } from "./views.js";

/** Projections of a structure at the sampling in which they are looked for. Plain data, so that workers can share it. */
export interface Templates {
  /** Images of box x box pixels one after another, white particle, without CTF. */
  readonly data: Float32Array;
  readonly count: number;
  readonly box: number;
  /** Angstrom per pixel of the micrographs, and their pixels to a template's pixel. */
  readonly pixelSize: number;
  readonly scale: number;
  /** Angstrom. */
  readonly diameter: number;
}

/** How templates are made from a map. */
export interface TemplateOptions {
  /** Angstrom per micrograph pixel. */
  readonly pixelSize: number;
  /** Of the particle, angstrom. */
  readonly diameter: number;
  /** Degrees between views, and between turns in the plane. */
  readonly step: number;
  /** Point group of the map in RELION's setting. */
  readonly symmetry: string;
}

/**
 * Pixels across a particle. Finer detail costs time and finds fewer particles: what a map at a given orientation predicts
 * of it agrees with a noisy image only where orientation and defocus are right.
 */
const ACROSS = 18;
/** Side of a template over the particle's diameter: room for what the CTF spreads. */
const ROOM = 2;

/**
 * Projections of a map in all directions that its symmetry leaves different.
 *
 * @param volume solvent at 0, positive particle
 * @throws DomainError for a pixel size, diameter or step outside its range, or a map without positive density
 */
export function prepareTemplates(
  volume: Volume,
  { pixelSize, diameter, step, symmetry }: TemplateOptions,
): Templates {
  inRange("diameter", diameter, "angstrom", 4 * pixelSize, 1e5);
  const scale = workingScale(diameter / pixelSize, ACROSS);
  const projector = prepareProjector(volume, { pixelSize: pixelSize * scale });
  const box = fftFriendlySize(Math.ceil((ROOM * diameter) / (pixelSize * scale)));
  const views = templateViews(step, symmetry);
  const data = new Float32Array(views.length * box * box);
  views.forEach((matrix, i) => {
    data.set(padOrCrop(project(projector, matrix), [box, box]).data, i * box * box);
  });
  return { data, count: views.length, box, pixelSize, scale, diameter };
}
