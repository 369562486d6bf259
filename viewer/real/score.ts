/** How often somebody was right, with the range in which the true share lies in 95 of 100 such tests. */
export interface Score {
  readonly right: number;
  readonly pairs: number;
  readonly share: number;
  readonly interval: readonly [low: number, high: number];
}

/** Of the normal distribution, for 95 %. */
const Z = 1.959_964;

/** The share of right answers with its interval. Source: Wilson 1927, J. Am. Stat. Assoc. 22:209. */
export function scoreOf(right: number, pairs: number): Score {
  const share = right / pairs;
  const z2 = (Z * Z) / pairs;
  const middle = (share + z2 / 2) / (1 + z2);
  const half = (Z * Math.sqrt((share * (1 - share)) / pairs + z2 / (4 * pairs))) / (1 + z2);
  return { right, pairs, share, interval: [Math.max(0, middle - half), Math.min(1, middle + half)] };
}

/** What a score says. 50 % is what guessing gives. */
export function verdictOf({ interval: [low, high] }: Score): string {
  if (low > 0.5) return "You can tell real from synthetic.";
  if (high < 0.5) return "You tell them apart, and take the synthetic one for real.";
  return "You cannot be told from somebody who guesses. More pairs narrow the interval.";
}

/** One answer, as it stands in the file of results. */
export interface Answer {
  readonly real: Spot;
  readonly synthetic: Spot;
  /** Where the real one stood. */
  readonly side: "left" | "right";
  readonly chosen: "left" | "right";
  readonly seconds: number;
}

/** A square of an image: its upper left corner. */
export interface Spot {
  readonly image: string;
  readonly left: number;
  readonly top: number;
}

/** The answers as CSV, a row a pair. @param settings that all pairs share, by the names of their columns */
export function answersCsv(
  answers: readonly Answer[],
  settings: Readonly<Record<string, string | number>>,
): string {
  const rows = answers.map(({ real, synthetic, side, chosen, seconds }, i) => ({
    pair: i + 1,
    ...{ real_image: real.image, real_x: real.left, real_y: real.top },
    ...{ synthetic_image: synthetic.image, synthetic_x: synthetic.left, synthetic_y: synthetic.top },
    ...{ real_side: side, chosen, right: chosen === side ? 1 : 0, seconds: seconds.toFixed(2) },
    ...settings,
  }));
  const names = Object.keys(rows[0] ?? {});
  const lines = rows.map((row) => Object.values(row).map(cell).join(","));
  return `${[names.join(","), ...lines].join("\n")}\n`;
}

/** A cell: quoted where it must be; with an apostrophe before what a spreadsheet would run as a formula. */
function cell(value: string | number): string {
  const text = typeof value === "string" && /^[=+\-@\t]/.test(value) ? `'${value}` : String(value);
  return /[",\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
