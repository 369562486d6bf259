import type { TrainingStep } from "../jobs/train/metrics.js";
import { lineChart, type Series } from "../plot/line-chart.js";
import type { ReportFigure } from "./data.js";
import { htmlFigure, htmlRow, htmlWide, paragraph, type ReportSection } from "./html.js";

/** Points of a curve: longer trainings are averaged over as many equal stretches of steps. */
const POINTS = 200;

/** What the curves of a GAN are, in the order to explain them; other translators may lack some. */
const CURVES: Readonly<Record<string, string>> = {
  discriminatorReal: "the discriminator's mean squared error on real crops, 0.25 where it knows nothing",
  discriminatorFake: "the same on translated crops",
  coarseReal: "the same of the second discriminator, which sees means of 4 x 4 pixels",
  coarseFake: "the same on translated crops",
  gan: "the generator's error: how far translated crops are from passing as real, summed over the discriminators",
  nce: "the contrastive loss, which keeps particles where they are",
  fakeDeviation: "standard deviation of the translated crops; that of real ones is 1",
};

/** What the curves mean, and how a biologist judges them. */
function explained(names: readonly string[]): string {
  const known = Object.entries(CURVES).filter(([name]) => names.includes(name));
  if (known.length === 0) return "";
  return paragraph(
    `${known.map(([name, text]) => `\`${name}\`: ${text}`).join(". ")}. Generator and discriminators learn against each ` +
      "other, so that their errors settle and need not fall: judge by the samples.",
  );
}

/** A curve for every figure of the training, and the pictures that it wrote. */
export function trainingSection(
  steps: readonly TrainingStep[],
  samples: readonly ReportFigure[] = [],
): ReportSection {
  const names = [...new Set(steps.flatMap(({ figures }) => Object.keys(figures)))];
  const seconds = steps.reduce((sum, step) => sum + step.seconds, 0);
  const stretch = Math.ceil(steps.length / POINTS);
  const charts = names.map((name) =>
    htmlFigure({ kind: "svg", markup: curveChart(name, lossCurve(steps, name, stretch)), caption: "" }),
  );
  const pace =
    seconds > 0 ? ` in ${duration(seconds)} (${(steps.length / seconds).toFixed(2)} a second)` : "";
  const count = steps.length === 1 ? "1 step" : `${steps.length} steps`;
  const averaged =
    stretch > 1 ? ` Curves are means over ${stretch} steps; the band runs from least to greatest.` : "";
  const body =
    paragraph(`${count}${pace}.${averaged}`) +
    explained(names) +
    htmlRow(charts, "thirds") +
    (samples.length > 0 ? `<h3>Samples</h3>\n${htmlWide(...samples)}` : "");
  return { id: "training", title: "Training", body };
}

function lossCurve(steps: readonly TrainingStep[], name: string, stretch: number): Series {
  const x: number[] = [];
  const y: number[] = [];
  const lower: number[] = [];
  const upper: number[] = [];
  for (let start = 0; start < steps.length; start += stretch) {
    const part = steps.slice(start, start + stretch);
    const values = part.map(({ figures }) => figures[name] ?? Number.NaN);
    x.push(part.reduce((sum, { step }) => sum + step, 0) / part.length);
    y.push(values.reduce((sum, value) => sum + value, 0) / part.length);
    lower.push(Math.min(...values));
    upper.push(Math.max(...values));
  }
  return stretch > 1 ? { name, x, y, lower, upper } : { name, x, y };
}

const curveChart = (name: string, series: Series): string =>
  lineChart({
    title: name,
    x: { label: "step" },
    y: { label: name },
    series: [series],
    width: 420,
    height: 280,
  });

/** Seconds in words for a table: "48.2 s", "3 min 07 s". */
export function duration(seconds: number): string {
  if (seconds < 60) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  const minutes = Math.floor(whole / 60);
  const rest = String(whole % 60).padStart(2, "0");
  return minutes < 60 ? `${minutes} min ${rest} s` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}
