import type { Volume } from "../image.js";

/**
 * The connected regions of marked voxels: voxels that share a face belong together.
 *
 * @returns for each voxel the number of its region, from 1, or 0 where it is not marked; and the voxels of each region, of which
 *   entry 0 counts the unmarked
 */
export function connectedRegions(
  marked: (i: number) => boolean,
  [sections, rows, columns]: Volume["shape"],
): { readonly region: Int32Array; readonly sizes: readonly number[] } {
  const count = sections * rows * columns;
  const region = new Int32Array(count);
  const queue = new Int32Array(count);
  const sizes = [0];
  for (let seed = 0; seed < count; seed++) {
    if (region[seed] !== 0) continue;
    if (!marked(seed)) {
      sizes[0]!++;
      continue;
    }
    const number = sizes.length;
    let end = 0;
    const reach = (i: number): void => {
      if (region[i] !== 0 || !marked(i)) return;
      region[i] = number;
      queue[end++] = i;
    };
    reach(seed);
    for (let next = 0; next < end; next++) {
      const i = queue[next]!;
      const x = i % columns;
      const y = Math.floor(i / columns) % rows;
      const z = Math.floor(i / (columns * rows));
      if (x > 0) reach(i - 1);
      if (x < columns - 1) reach(i + 1);
      if (y > 0) reach(i - columns);
      if (y < rows - 1) reach(i + columns);
      if (z > 0) reach(i - columns * rows);
      if (z < sections - 1) reach(i + columns * rows);
    }
    sizes.push(end);
  }
  return { region, sizes };
}
