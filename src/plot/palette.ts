/**
 * Eight colours that stay apart for every common kind of colour blindness, darkest contrasts first.
 * Source: Okabe & Ito 2008, "Color Universal Design" (yellow, too faint on white, is left out).
 */
export const PALETTE = ["#0072b2", "#d55e00", "#009e73", "#000000", "#cc79a7", "#56b4e9", "#e69f00"] as const;

/** Dash patterns beside the colours, so that curves also stay apart in black and white. */
const DASHES = ["", "7 3", "2 2", "9 3 2 3", "4 2", "12 4", "1 3"] as const;

export interface SeriesStyle {
  readonly colour: string;
  readonly dash: string;
}

/** Colour and dash pattern of the i-th series of a figure; both repeat after seven. */
export const seriesStyle = (index: number): SeriesStyle => ({
  colour: PALETTE[index % PALETTE.length]!,
  dash: DASHES[index % DASHES.length]!,
});

/** Anchors, evenly spaced, of matplotlib's viridis (van der Walt & Smith 2015, CC0): dark to light, even to the eye. */
const VIRIDIS = [
  [68, 1, 84],
  [59, 82, 139],
  [33, 145, 140],
  [94, 201, 98],
  [253, 231, 37],
] as const;

/** The colour of a share from 0 to 1, for values that grow. */
export function sequentialColour(share: number): string {
  const at = Math.min(1, Math.max(0, share)) * (VIRIDIS.length - 1);
  const [from, to] = [VIRIDIS[Math.floor(at)]!, VIRIDIS[Math.ceil(at)]!];
  const parts = from.map((value, i) => Math.round(value + (at % 1) * (to[i]! - value)));
  return `#${parts.map((part) => part.toString(16).padStart(2, "0")).join("")}`;
}
