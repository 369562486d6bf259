/** RELION's blob: radius in frequency steps of the map, and the shape of a Kaiser-Bessel function of order 0. */
const RADIUS = 1.9;
const ALPHA = 15;

/**
 * Transform of a Kaiser-Bessel blob of order 0, 1 at zero, at a distance from the middle of the map, in sizes of its box:
 * (cosh s - sinh s / s) / s², s² = α² - (2π radius distance)², over its value at zero; sin and cos where s² is negative.
 *
 * Source: Lewitt 1990, J. Opt. Soc. Am. A 7:1834. Radius and α are the defaults of relion_reconstruct (--blob_r, --blob_a).
 */
export function blobTransform(distance: number): number {
  const squared = ALPHA ** 2 - (2 * Math.PI * RADIUS * distance) ** 2;
  return shape(squared) / shape(ALPHA ** 2);
}

function shape(squared: number): number {
  // near 0 both forms lose digits to cancellation: the series 1/3 + s²/30 takes their place
  if (Math.abs(squared) < 1e-3) return 1 / 3 + squared / 30;
  const s = Math.sqrt(Math.abs(squared));
  return squared > 0
    ? (Math.cosh(s) - Math.sinh(s) / s) / squared
    : (Math.sin(s) / s - Math.cos(s)) / -squared;
}
