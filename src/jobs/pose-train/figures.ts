import { lineChart } from "../../plot/line-chart.js";

/** Points of the curves of losses: each is a mean of the steps about it. */
const POINTS = 200;

/** The losses of a training and the errors on the particles kept apart, from the lines of its files. */
export function curvesFigure(metrics: string, validation: string): string {
  const lines = linesOf(metrics);
  const block = Math.max(1, Math.ceil(lines.length / POINTS));
  const starts = Array.from({ length: Math.ceil(lines.length / block) }, (_, i) => i * block);
  const meansOf = (name: string): number[] =>
    starts.map((start) => {
      const some = lines.slice(start, start + block);
      return some.reduce((sum, line) => sum + line[name]!, 0) / some.length;
    });
  const checked = linesOf(validation);
  const steps = meansOf("step");
  return lineChart({
    title: "Training of the pose encoder",
    x: { label: "step" },
    y: { label: "loss; median angle over 90 degrees" },
    series: [
      { name: "rotation, |dR|² / 9", x: steps, y: meansOf("rotation") },
      { name: "shift, |dT| / 2", x: steps, y: meansOf("shift") },
      ...(checked.length > 0
        ? [
            {
              name: "median angle, kept apart",
              x: checked.map((line) => line["step"]!),
              y: checked.map((line) => line["angle"]! / 90),
            },
          ]
        : []),
    ],
  });
}

function linesOf(text: string): Readonly<Record<string, number>>[] {
  return text
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line));
}
