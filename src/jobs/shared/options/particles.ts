import * as microscope from "./microscope.js";
import { numberOption, pathOption, restated, textOption } from "./option.js";

/** Particle images that are compared with averages or maps. */
export const particleImages = pathOption({
  value: "star",
  help: "STAR file of particle images with their CTF, protein white",
  required: true,
});

/** Point group of a map. */
export const symmetry = textOption({
  value: "group",
  help: "point group: Cn, Dn, T, O or I",
  fallback: "C1",
});

/** Diameter of the mask of images and references. */
export const comparedDiameter = restated(microscope.particleDiameter, {
  help: "diameter of the circle in which images are compared",
});

/** Low-pass filter of what images are compared with at first. */
export const initialLowPass = numberOption(
  { unit: "angstrom", above: 0, to: 1000 },
  { value: "A", help: "low-pass filter of the first reference" },
);

/** Detail beyond which nothing is compared. */
export const finest = numberOption(
  { unit: "angstrom", above: 0, to: 1000 },
  { value: "A", help: "finest detail that is compared", otherwise: "twice the pixel size" },
);

/** Radius of the disc in which a particle's shift is looked for. */
export const shiftRange = numberOption(
  { unit: "angstrom", above: 0, to: 1000 },
  {
    value: "A",
    help: "farthest that a particle lies from where the STAR file says, in the first iteration",
    otherwise: "a tenth of the box",
  },
);
