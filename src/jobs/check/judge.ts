import { quantile } from "../../array/statistics.js";
import { isProteinWhite } from "../../estimate/quality.js";
import { ONE_VERSION, severalVersions } from "../shared/micrographs/exposures.js";
import { pixelSizesDiffer, rounded, saidPixelSize } from "../shared/micrographs/pixel-size.js";
import type { GlancedMicrograph } from "./glance.js";
import type { CheckedMicrograph, Finding } from "./records.js";

/** What the micrographs are held against. */
export interface CheckExpectation {
  /** Angstrom, as the project says. */
  readonly pixelSize: number;
}

/** Fewer micrographs do not tell how micrographs differ among each other. */
const FEW = 4;
/**
 * Fineness below which something has taken the noise away. Raw micrographs of EMPIAR-10028, binned four times, have 0.07;
 * after a blur of 1 pixel 0.0006 is left.
 */
const SMOOTHED = 0.004;
/** Share of pixels at the ends of 8 bits beyond which contrast was stretched. */
const STRETCHED = 1e-3;
const BYTE_LEVELS = 256;
/** Standard deviation of bytes that are spread evenly over all their values, 256 / √12; of more, most lie at both ends. */
const EVEN_BYTES = 74;
/** So many median deviations away a micrograph is unlike the others; of normal values one in 10^8 is. */
const OUTLIER = 6;
/**
 * A median deviation is taken to be at least this share of the median itself, so that only micrographs beyond 30 % (six
 * of them) are told. Of five fields of one session of EMPIAR-10028 one differs by 14 % in contrast, and five values hardly
 * tell their spread.
 */
const LEAST_SPREAD = 0.05;
/** Root mean square difference of the logarithm of power that can be told by eye. */
const LEAST_SPECTRAL = 0.15;

/** What is wrong or doubtful with the micrographs, each by itself and as a set. */
export function judgeMicrographs(
  all: readonly CheckedMicrograph[],
  expected: CheckExpectation,
): readonly Finding[] {
  const usable = all.filter(({ quality }) => quality !== null);
  return [
    ...all.flatMap((micrograph) => unusable(micrograph, expected)),
    ...outliers(usable),
    ...ofTheSet(usable),
    ...defectsOf(usable),
    ...(usable.length === 0 ? [none()] : usable.length < FEW ? [few(usable.length)] : []),
  ];
}

/** What is wrong with micrographs that are not learned from, each by itself: how they differ from the others is for the scores to say. */
export const judgeAlone = (
  micrographs: readonly GlancedMicrograph[],
  expected: CheckExpectation,
): readonly Finding[] => micrographs.flatMap((micrograph) => unusable(micrograph, expected));

/** Whether files are several versions of one exposure. */
export function judgeVersions(paths: readonly string[]): readonly Finding[] {
  const found = severalVersions(paths);
  return found ? [{ kind: "doubt", about: "micrographs", found, advice: ONE_VERSION, pictures: [] }] : [];
}

function unusable(
  { file, failure, headerPixelSize }: GlancedMicrograph,
  { pixelSize }: CheckExpectation,
): Finding[] {
  if (failure !== null) {
    const itself = `${file}: `;
    return [
      {
        kind: "set aside",
        about: file,
        found: failure.startsWith(itself) ? failure.slice(itself.length) : failure,
        advice: "Take another copy of it, or leave it out.",
        pictures: [],
      },
    ];
  }
  if (!pixelSizesDiffer(saidPixelSize(headerPixelSize), pixelSize)) return [];
  return [
    {
      kind: "doubt",
      about: file,
      found: `its header says ${rounded(headerPixelSize!)} angstrom per pixel, the project ${pixelSize}`,
      advice:
        "Find out which is right, and correct pixelSize in the project file if it is the header: labels, CTFs and sizes depend on it.",
      pictures: [],
    },
  ];
}

/** Micrographs that are unlike the others: another session, another exposure, a broken one. */
function outliers(usable: readonly CheckedMicrograph[]): Finding[] {
  if (usable.length < FEW) return [];
  const of = (value: (m: CheckedMicrograph) => number): readonly number[] => usable.map(value);
  const means = of(({ quality }) => quality!.mean);
  const deviations = of(({ quality }) => quality!.deviation);
  const bands = usable[0]!.quality!.spectrum.map((_, i) =>
    quantile(
      of(({ quality }) => quality!.spectrum[i]!),
      0.5,
    ),
  );
  const distances = of(({ quality }) => {
    const squares = quality!.spectrum.map((value, i) => (value - bands[i]!) ** 2);
    return Math.sqrt(squares.reduce((a, b) => a + b, 0) / squares.length);
  });
  const far = [
    { what: "its mean grey value", is: farFrom(means), values: means },
    { what: "its contrast", is: farFrom(deviations), values: deviations },
    { what: "the shape of its spectrum", is: farAbove(distances), values: distances },
  ];
  return usable.flatMap((micrograph, i): Finding[] => {
    const reasons = far
      .filter(({ is }) => is(i))
      .map(
        ({ what, values }) =>
          `${what} (${values[i]!.toPrecision(3)}, median ${quantile(values, 0.5).toPrecision(3)})`,
      );
    if (reasons.length === 0) return [];
    return [
      {
        kind: "set aside",
        about: micrograph.file,
        found: `it is unlike the others by ${reasons.join(" and ")}`,
        advice:
          "Look at it: another session, a broken exposure or much dirt would teach noise that the others do not have.",
        pictures: micrograph.picture === null ? [] : [micrograph.picture],
      },
    ];
  });
}

/** Whether a value lies far from the median, by median deviations. */
function farFrom(values: readonly number[]): (i: number) => boolean {
  const middle = quantile(values, 0.5);
  const spread = quantile(
    values.map((value) => Math.abs(value - middle)),
    0.5,
  );
  const least = Math.max(spread * 1.4826, LEAST_SPREAD * Math.abs(middle));
  return (i) => Math.abs(values[i]! - middle) > OUTLIER * least;
}

/** Whether a distance is far above the median one. */
function farAbove(values: readonly number[]): (i: number) => boolean {
  const limit = OUTLIER * Math.max(quantile(values, 0.5), LEAST_SPECTRAL / 3);
  return (i) => values[i]! > limit && values[i]! > LEAST_SPECTRAL;
}

/** What is so of most micrographs together. */
function ofTheSet(usable: readonly CheckedMicrograph[]): Finding[] {
  if (usable.length === 0) return [];
  const middle = (value: (q: NonNullable<CheckedMicrograph["quality"]>) => number): number =>
    quantile(
      usable.map(({ quality }) => value(quality!)),
      0.5,
    );
  const doubt = (found: string, advice: string): Finding => ({
    ...{ kind: "doubt", about: "micrographs", found, advice },
    pictures: usable.slice(0, 2).flatMap(({ picture }) => picture ?? []),
  });
  const findings: Finding[] = [];
  if (isProteinWhite(usable.map(({ quality }) => quality!.skewness))) {
    findings.push(
      doubt(
        "particles look white on a darker ground",
        "Raw micrographs have dark protein: invert them (for example relion_image_handler --multiply_constant " +
          "-1), or take the micrographs before another program inverted them.",
      ),
    );
  }
  if (middle((q) => q.fineness) < SMOOTHED) {
    findings.push(
      doubt(
        "there is hardly any noise at the finest detail",
        "They look denoised, blurred or enlarged: learn from the motion-corrected micrographs as they are, since " +
          "the noise is what is learned.",
      ),
    );
  }
  const odd = bytesDoubt(usable);
  if (odd) findings.push(doubt(odd.found, odd.advice));
  const shapes = new Set(usable.map(({ shape }) => shape!.join(" x ")));
  if (shapes.size > 1) {
    findings.push(
      doubt(
        `they have ${shapes.size} sizes (${[...shapes].slice(0, 4).join(", ")} rows x columns)`,
        "Check that they come from one session; synthetic ones are made in the size of the first.",
      ),
    );
  }
  return findings;
}

/** What is odd about most micrographs that have no more values than bytes have; undefined where nothing is. */
function bytesDoubt(usable: readonly CheckedMicrograph[]): Pick<Finding, "found" | "advice"> | undefined {
  const all = usable.map(({ quality }) => quality!);
  const areMost = (of: readonly unknown[]): boolean => 2 * of.length > all.length;
  const bytes = all.filter(({ levels }) => levels <= BYTE_LEVELS);
  const torn = bytes.filter(({ deviation, mean }) => deviation > EVEN_BYTES && Math.abs(mean) < EVEN_BYTES);
  if (areMost(torn))
    return {
      found: `${torn.length} of ${all.length} have most of their grey values at both ends of -128 to 127`,
      advice:
        "They look like unsigned bytes that are read as signed, torn into black and white: write them anew as numbers of 16 bits or as " +
        "floats with the program that made them.",
    };
  const stretched = bytes.filter(({ clipped }) => clipped > STRETCHED);
  if (!areMost(stretched)) return undefined;
  return {
    found: `${stretched.length} of ${all.length} have at most 256 grey values and are cut off at the ends`,
    advice:
      "They look like previews whose contrast was stretched to 8 bits: take the micrographs as the motion correction wrote them.",
  };
}

/** What is filled in: it does no harm, but is a sign of a detector whose defects were not corrected. */
function defectsOf(usable: readonly CheckedMicrograph[]): Finding[] {
  const known = usable.flatMap(({ file, defects }) => (defects ? [{ file, ...defects }] : []));
  const [hottest, blankest] = (["hotPixels", "blankLines"] as const).map((kind) => {
    const some = known.filter((each) => each[kind] > 0);
    return { count: some.length, worst: some.sort((a, b) => b[kind] - a[kind])[0] };
  }) as [Worst, Worst];
  const reasons: string[] = [];
  if (hottest.worst) {
    const { file, hotPixels, farthest } = hottest.worst;
    const { value, x, y } = farthest!;
    reasons.push(
      `${hottest.count} of ${usable.length} have pixels far from all others, up to ${hotPixels} in one ` +
        `(${file}: ${Number(value.toPrecision(4))} at column ${x}, row ${y})`,
    );
  }
  if (blankest.worst) {
    const { file, blankLines } = blankest.worst;
    reasons.push(
      `${blankest.count} of ${usable.length} have blank rows or columns, up to ${blankLines} in one (${file})`,
    );
  }
  if (reasons.length === 0) return [];
  return [
    {
      ...{ kind: "doubt", about: "micrographs", found: reasons.join("; ") },
      advice:
        "They are filled in from what lies beside them, here and wherever micrographs are learned from or picked, and harm nothing; " +
        "particles that are cut out have them. Motion correction with the detector's gain reference and defects avoids them.",
      pictures: [],
    },
  ];
}

interface Worst {
  readonly count: number;
  readonly worst: ({ readonly file: string } & NonNullable<CheckedMicrograph["defects"]>) | undefined;
}

const none = (): Finding => ({
  ...{ kind: "stop", about: "micrographs", found: "none of them can be used" },
  advice: "The reason of each says what to do.",
  pictures: [],
});

const few = (count: number): Finding => ({
  ...{ kind: "doubt", about: "micrographs", found: `only ${count} can be learned from` },
  advice: "Eight or more show how micrographs differ among each other; results from fewer are of those few.",
  pictures: [],
});
