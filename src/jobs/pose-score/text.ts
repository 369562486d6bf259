import type { MeanAndMedian, PoseErrors, PoseScores } from "../../evaluate/poses/poses.js";
import { csvLine } from "../../io/bytes/csv.js";
import { lineChart } from "../../plot/line-chart.js";
import type { ResolvedPoseScoreOptions } from "./options.js";
import type { PoseScoreResult } from "./result.js";

/** The protocol in words: it stands beside every figure. */
export function protocolOf(
  { symmetry }: Pick<ResolvedPoseScoreOptions, "symmetry">,
  particles: number,
  pixelSize: number,
): string {
  return [
    `Protocol: ${particles} particles, after the best alignment of the map of each row (a rotation with either hand, least mean angle, and a`,
    `translation). Angle: of the whole rotation, the least over the symmetry group ${symmetry}; view: between the directions looked`,
    `along, alone; in plane: the turn that remains; shift: distance in the image, pixels of ${Number(pixelSize.toFixed(4))} angstrom. Unaligned: the angle without alignment.`,
    "Constant pose: the one pose for all particles that is best; random poses: uniform, with shifts of other particles.",
  ].join("\n");
}

const COLUMNS = {
  angle: "angle, degrees",
  view: "view, degrees",
  inPlane: "in plane, degrees",
  shift: "shift, pixels",
  unaligned: "unaligned, degrees",
} as const satisfies Partial<Record<keyof PoseScores, string>>;
const NAMES = Object.keys(COLUMNS) as readonly (keyof typeof COLUMNS)[];

/** The scores as a person reads them: median and mean. */
export function poseTable({ rows }: PoseScoreResult): string {
  const width = Math.max(13, ...rows.map(({ name }) => name.length));
  const cell = (text: string): string => text.padEnd(20);
  const number = (value: number): string => value.toFixed(value < 10 ? 2 : 1);
  const centre = ({ median, mean }: MeanAndMedian): string => cell(`${number(median)} / ${number(mean)}`);
  const lines = rows.map(({ name, scores }) => {
    const alignment = `${scores.hand} hand, turned ${scores.turned.toFixed(1)}, moved ${scores.moved.map((each) => each.toFixed(1)).join(" ")}`;
    return `${name.padEnd(width)}  ${NAMES.map((column) => centre(scores[column])).join("")}${alignment}`;
  });
  const head = `${"median / mean".padEnd(width)}  ${NAMES.map((name) => cell(COLUMNS[name])).join("")}alignment`;
  return `${[head, ...lines].join("\n")}\n`;
}

export function scoresCsv({ rows }: PoseScoreResult): string {
  const head = NAMES.flatMap((name) => [`${name}_median`, `${name}_mean`]);
  const lines = rows.map(({ name, scores }) => {
    const values = NAMES.flatMap((column) => [scores[column].median, scores[column].mean]);
    return csvLine([
      name,
      scores.particles,
      ...values.map((value) => value.toFixed(4)),
      scores.hand,
      scores.turned.toFixed(3),
    ]);
  });
  return `${[["poses", "particles", ...head, "hand", "turned"].join(","), ...lines].join("\n")}\n`;
}

/** The errors of every particle. */
export function particlesCsv({ images, rows }: PoseScoreResult): string {
  const columns: readonly (keyof PoseErrors)[] = ["angle", "view", "inPlane", "shift"];
  const lines = rows.flatMap(({ name, scores }) =>
    scores.errors.map((each, i) =>
      csvLine([name, images[i]!, ...columns.map((column) => each[column].toFixed(4))]),
    ),
  );
  return `${[["poses", "image", ...columns].join(","), ...lines].join("\n")}\n`;
}

/** Points of a curve. */
const POINTS = 181;

/** Share of particles whose angle is at most so large. */
export function angleChart({ rows }: PoseScoreResult): string {
  return lineChart({
    title: "Errors of orientations",
    x: { label: "angle between estimate and truth, degrees", domain: [0, 180] },
    y: { label: "share of particles at or below", domain: [0, 1] },
    series: rows.map(({ name, scores }) => {
      const sorted = scores.errors.map(({ angle }) => angle).sort((a, b) => a - b);
      const at = Array.from({ length: POINTS }, (_, i) => (180 * i) / (POINTS - 1));
      let below = 0;
      const y = at.map((angle) => {
        while (below < sorted.length && sorted[below]! <= angle) below++;
        return below / sorted.length;
      });
      return { name: `${name} (median ${scores.angle.median.toFixed(1)})`, x: at, y };
    }),
  });
}
