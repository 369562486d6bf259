import { type Image, zeros } from "../../array/image.js";
import { addThickness, type Contaminant } from "../specimen/contaminants.js";
import type { MicrographInputs } from "./inputs.js";

/** Pixels from the middle of a lump to its farthest point, of the largest one. */
export const widestReach = (lumps: readonly Contaminant[], pixelSize: number): number =>
  lumps.reduce((most, { radius, depth }) => Math.max(most, (radius * (1 + depth)) / pixelSize), 0);

/** Adds the projected potential of contaminants to a canvas, in place. */
export function placeContaminants(canvas: Image, { contaminants, optics }: MicrographInputs): void {
  if (!contaminants) return;
  addThickness(canvas, contaminants.lumps, optics.pixelSize, contaminants.matter.density);
}

/** Takes off a micrograph, in place, what contaminants scatter out of the beam. */
export function absorb(micrograph: Image, { contaminants, optics }: MicrographInputs): void {
  if (!contaminants) return;
  const [rows, columns] = micrograph.shape;
  const { lumps, matter } = contaminants;
  // a margin on which what hangs over an edge of the field comes in at the opposite one
  const margin = 2 * Math.ceil(widestReach(lumps, optics.pixelSize)) + 4;
  const field = zeros(rows + margin, columns + margin);
  addThickness(field, lumps, optics.pixelSize, matter.absorption * matter.density);
  for (let y = 0; y < rows; y++)
    for (let x = 0; x < columns; x++)
      micrograph.data[y * columns + x]! -= field.data[y * (columns + margin) + x]!;
}
