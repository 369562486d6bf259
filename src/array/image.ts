/** A real image, row-major: the sample at column x of row y is data[y * columns + x]. */
export interface Image {
  readonly data: Float32Array;
  readonly shape: readonly [rows: number, columns: number];
}

/** A real volume: the sample at (x, y, z) is data[(z * rows + y) * columns + x]. voxelSize in angstrom. */
export interface Volume {
  readonly data: Float32Array;
  readonly shape: readonly [sections: number, rows: number, columns: number];
  readonly voxelSize: number;
}

/** An image of zeros. */
export function zeros(rows: number, columns: number): Image {
  return { data: new Float32Array(rows * columns), shape: [rows, columns] };
}

/** Zero-based index of an image's centre along an axis of n pixels: floor(n / 2), as in RELION. */
export const centre = (n: number): number => Math.floor(n / 2);
