import type { TableBlock } from "../../src/jobs/view/records.js";

/** What a person looks at first in a table of micrographs or particles, in this order: defocus, fit, ice, picks. */
const FIRST = [
  /^(rln)?defocusU$/i,
  /^(rlnCtfMaxResolution|resolution)$/i,
  /^(rlnCtfFigureOfMerit|score|evidence|rlnAutopickFigureOfMerit)$/i,
  /^(ice\.?mean|visibleFraction)$/i,
  /^(picks|particles|overlap)$/i,
  /^(tilt|rlnAngleTilt)$/i,
];
/** Histograms that are drawn at first. */
const DRAWN = 4;
/** Curves that are drawn at first. */
const CURVES = 6;

/** Columns along which others are curves. */
const ALONG = [
  /^rlnResolution$/i,
  /^frequency_per_angstrom$/i,
  /^(step|iteration)$/i,
  /^(rlnSpectralIndex|shell)$/i,
];

const numbers = ({ columns }: TableBlock): string[] =>
  columns.filter(({ type }) => type === "number").map(({ name }) => name);

/** Columns of which a distribution tells little: places, numbers of groups. */
const DULL =
  /Coordinate|^[xyz]$|^id$|^index$|OpticsGroup|RandomSubset|ClassNumber|^halfSet$|^micrograph$|^shape|matrix/i;

/** Columns whose distribution tells most. */
export function histogramsOf(block: TableBlock): string[] {
  if (block.rows < 2) return [];
  const names = numbers(block);
  const known = FIRST.flatMap((sign) => names.filter((name) => sign.test(name)));
  return [...new Set([...known, ...names.filter((name) => !DULL.test(name))])].slice(0, DRAWN);
}

/** The column along which the others are curves; undefined where rows have no order. */
export function xOf(block: TableBlock): string | undefined {
  const names = numbers(block);
  return ALONG.flatMap((sign) => names.filter((name) => sign.test(name)))[0];
}

/** Columns that are curves. */
export function curvesOf(block: TableBlock): string[] {
  if (block.rows < 2) return [];
  const x = xOf(block);
  const names = numbers(block).filter((name) => name !== x && !/^(seconds|waiting)$/.test(name));
  const correlations = names.filter((name) =>
    /fsc|fouriershell|goldstandard|masked$|^corrected$/i.test(name),
  );
  return (correlations.length > 0 ? correlations : names).slice(0, CURVES);
}

/** What stands below a row's image at first: how large a class is, or how good a pick. */
export const captionOf = (block: TableBlock): string =>
  numbers(block).find((name) => /^(rlnClassDistribution|rlnAutopickFigureOfMerit)$/.test(name)) ?? "";
