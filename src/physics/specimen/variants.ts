import { centre, type Volume } from "../../array/image.js";
import { inRange } from "../../core/check.js";

/** A direction in a map or a place from its centre: x, y, z. */
export type Vector = readonly [x: number, y: number, z: number];

/** Voxels over which density falls from all to nothing at a fracture or at the surface of a core. */
const EDGE = 3;

/**
 * A map without what lies beyond a plane, as of a particle that broke.
 *
 * @param volume particle positive; a sample x voxels from floor(n / 2) lies at x
 * @param direction of unit length, from the centre to the part that is lost
 * @param lost share of the positive density that is lost, 0 to 1
 * @returns the map, and the signed distance of the plane from the centre, angstrom
 * @throws DomainError for a share out of its range
 */
export function breakMap(
  volume: Volume,
  direction: Vector,
  lost: number,
): { readonly map: Volume; readonly distance: number } {
  inRange("lost", lost, "share of the density", 0, 1);
  const distance = planeOf(volume, direction, lost);
  const map = changed(volume, (value, place) => value * within(dot(place, direction), distance));
  return { map, distance: distance * volume.voxelSize };
}

/**
 * A map with a ball of even density in it, as of a core or a ligand; where the particle is denser, it stays as it is.
 *
 * @param volume particle positive
 * @param diameter angstrom, to where the ball has half its density
 * @param density of the ball, in the map's unit
 * @throws DomainError for a diameter that is not positive
 */
export function fillMap(volume: Volume, diameter: number, density: number): Volume {
  const radius = inRange("diameter", diameter, "angstrom", 1e-3, 1e5) / 2 / volume.voxelSize;
  const middle = centreOfMass(volume);
  return changed(volume, (value, [x, y, z]) =>
    Math.max(value, density * within(Math.hypot(x - middle[0], y - middle[1], z - middle[2]), radius)),
  );
}

/** 1 below `limit`, 0 above, a raised cosine between. */
function within(value: number, limit: number): number {
  const beyond = (value - limit) / EDGE + 0.5;
  if (beyond <= 0) return 1;
  return beyond >= 1 ? 0 : 0.5 + 0.5 * Math.cos(Math.PI * beyond);
}

const dot = (a: Vector, b: Vector): number => a[0] * b[0] + a[1] * b[1] + a[2] * b[2];

/** Voxels from the centre to the plane beyond which the share of the positive density lies. */
function planeOf(volume: Volume, direction: Vector, lost: number): number {
  const reach = Math.ceil(Math.hypot(...volume.shape) / 2) + 1;
  const mass = new Float64Array(2 * reach + 1);
  visit(volume, (value, place) => {
    if (value <= 0) return;
    const along = dot(place, direction) + reach;
    const below = Math.floor(along);
    mass[below]! += value * (below + 1 - along);
    mass[below + 1]! += value * (along - below);
  });
  const wanted = lost * mass.reduce((sum, value) => sum + value, 0);
  let beyond = 0;
  for (let i = mass.length - 1; i >= 0; i--) {
    if (beyond + mass[i]! >= wanted && mass[i]! > 0) return i + 0.5 - (wanted - beyond) / mass[i]! - reach;
    beyond += mass[i]!;
  }
  return -reach;
}

function centreOfMass(volume: Volume): Vector {
  let [mass, x, y, z] = [0, 0, 0, 0];
  visit(volume, (value, place) => {
    if (value <= 0) return;
    mass += value;
    x += value * place[0];
    y += value * place[1];
    z += value * place[2];
  });
  return mass > 0 ? [x / mass, y / mass, z / mass] : [0, 0, 0];
}

/** The map with another value at every place, in voxels from its centre. */
function changed(volume: Volume, valueAt: (value: number, place: Vector) => number): Volume {
  const data = new Float32Array(volume.data.length);
  visit(volume, (value, place, i) => {
    data[i] = valueAt(value, place);
  });
  return { ...volume, data };
}

function visit(
  { data, shape: [sections, rows, columns] }: Volume,
  see: (value: number, place: Vector, index: number) => void,
): void {
  let i = 0;
  for (let z = -centre(sections); z < sections - centre(sections); z++) {
    for (let y = -centre(rows); y < rows - centre(rows); y++) {
      for (let x = -centre(columns); x < columns - centre(columns); x++, i++) see(data[i]!, [x, y, z], i);
    }
  }
}
