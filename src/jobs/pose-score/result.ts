import type { PoseScores } from "../../evaluate/poses/poses.js";

/** The scores of all files of poses, with the protocol as text. */
export interface PoseScoreResult {
  readonly protocol: string;
  /** Angstrom. */
  readonly pixelSize: number;
  /** Number and stack of each image scored. */
  readonly images: readonly string[];
  /** The files' poses, then the best constant pose and random ones. */
  readonly rows: readonly { readonly name: string; readonly scores: PoseScores }[];
}

/** The result without the errors of each particle, for programs. */
export const summaryOf = ({
  protocol,
  pixelSize,
  rows,
}: PoseScoreResult): Readonly<Record<string, unknown>> => ({
  ...{ protocol, pixelSize },
  rows: rows.map(({ name, scores: { errors: _, ...scores } }) => ({ name, ...scores })),
});
