import { centre, type Volume } from "../../../array/image.js";
import { DomainError } from "../../../core/errors.js";

/** Shells of density below this share of the particle's own are noise or solvent. */
const LEVEL = 0.3;

/** Share of the density on the six faces of the box beyond which the box cuts the particle, or has its centre in a corner. */
const MOST_ON_FACES = 0.05;

/** Shares of the box by which a particle's centre of mass may lie off the centre: flexible and uneven ones do. */
const MOST_OFF_CENTRE = 0.1;

/**
 * Density above which a voxel belongs to the particle: 0.3 of the particle's own (sum of V² over sum of V where V > 0).
 *
 * @throws DomainError for a map without positive density
 */
export function particleLevel({ data }: Volume, path = "map"): number {
  let sum = 0;
  let squares = 0;
  for (const value of data) {
    if (value <= 0) continue;
    sum += value;
    squares += value * value;
  }
  if (!(sum > 0)) throw new DomainError(path, sum, "some positive density (white particle)");
  return (LEVEL * squares) / sum;
}

/**
 * Says that a map's particle does not lie where maps have it: around the centre of the box, floor(n / 2), away from its faces.
 *
 * @param volume the solvent at 0
 */
export function placeDoubt(volume: Volume, path: string): string | undefined {
  const { data, shape, voxelSize } = volume;
  const [sections, rows, columns] = shape;
  const level = particleLevel(volume, path);
  let [total, onFaces, mx, my, mz] = [0, 0, 0, 0, 0];
  for (let z = 0, i = 0; z < sections; z++) {
    for (let y = 0; y < rows; y++) {
      const isFace = z === 0 || z === sections - 1 || y === 0 || y === rows - 1;
      for (let x = 0; x < columns; x++, i++) {
        const value = data[i]!;
        if (value <= level) continue;
        total += value;
        if (isFace || x === 0 || x === columns - 1) onFaces += value;
        mx += value * (x - centre(columns));
        my += value * (y - centre(rows));
        mz += value * (z - centre(sections));
      }
    }
  }
  if (onFaces > MOST_ON_FACES * total) {
    const share = ((100 * onFaces) / total).toFixed(0);
    return (
      `${path}: ${share} % of the density touches the faces of the box, which cuts the particle, or has its centre ` +
      "in a corner; expected the whole particle around the centre"
    );
  }
  const off = Math.hypot(mx, my, mz) / total;
  if (off <= MOST_OFF_CENTRE * Math.min(...shape)) return undefined;
  return (
    `${path}: the particle's centre of mass lies ${(off * voxelSize).toFixed(0)} angstrom off the centre of the ` +
    "box, at which labels and picks point; centre the map, or take them so"
  );
}
