/**
 * What to say of an option that asks for detail finer than pixels hold; undefined where they hold it, or nothing is asked.
 *
 * @param pixelSize angstrom
 * @param value angstrom
 */
export function beyondNyquist(
  option: string,
  value: number | undefined,
  pixelSize: number,
): string | undefined {
  const nyquist = 2 * pixelSize;
  // a rounded pixel size is no mistake
  if (value === undefined || value >= 0.99 * nyquist) return undefined;
  const finest = Number(nyquist.toPrecision(4));
  return `\`${option}\`: found ${value}, expected at least ${finest} angstrom, twice the pixel size: there is no finer detail`;
}
