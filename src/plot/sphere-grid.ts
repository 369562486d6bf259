/** A unit vector. */
export type Direction = readonly [x: number, y: number, z: number];

/**
 * The sphere in cells of one area: rows of equal height along z from the north pole down, each cut into equal steps of
 * azimuth. Between two heights a sphere has an area in proportion to their difference, whatever the heights (Archimedes).
 */
export interface SphereGrid {
  readonly rows: number;
  readonly columns: number;
}

/** The number of the cell, row by row, that a direction of any length falls into. */
export function cellOf({ rows, columns }: SphereGrid, [x, y, z]: Direction): number {
  const height = z / Math.sqrt(x * x + y * y + z * z);
  const row = Math.min(rows - 1, Math.max(0, Math.floor(((1 - height) / 2) * rows)));
  const turn = Math.atan2(y, x) / (2 * Math.PI);
  return row * columns + Math.min(columns - 1, Math.floor((turn < 0 ? turn + 1 : turn) * columns));
}

/** The middle of each cell, by its number. */
export function cellCentres({ rows, columns }: SphereGrid): readonly Direction[] {
  return Array.from({ length: rows * columns }, (_, cell) => {
    const z = 1 - (2 * (Math.floor(cell / columns) + 0.5)) / rows;
    const azimuth = (2 * Math.PI * ((cell % columns) + 0.5)) / columns;
    const across = Math.sqrt(1 - z * z);
    return [across * Math.cos(azimuth), across * Math.sin(azimuth), z];
  });
}
