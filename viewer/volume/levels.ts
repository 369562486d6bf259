/** How the stored numbers of a volume are distributed. */
export interface Distribution {
  readonly mean: number;
  /** The greatest that occurs. */
  readonly most: number;
  /** Share of the voxels at or above a number. */
  readonly shareAbove: (level: number) => number;
  /** The number at or above which a share of the voxels lies. */
  readonly levelOf: (share: number) => number;
}

export function distributionOf(data: Uint16Array): Distribution {
  /** Voxels of each number, then of each number or a greater one. */
  const above = new Float64Array(65_537);
  let sum = 0;
  for (let i = 0; i < data.length; i++) {
    above[data[i]!]!++;
    sum += data[i]!;
  }
  const most = above.findLastIndex((count) => count > 0);
  for (let i = above.length - 2; i >= 0; i--) above[i]! += above[i + 1]!;
  return {
    ...{ mean: sum / data.length, most },
    shareAbove: (level) => above[Math.min(65_536, Math.max(0, Math.ceil(level)))]! / data.length,
    levelOf: (share) => above.findLastIndex((count) => count >= share * data.length),
  };
}
