/** Angstrom: the pixel sizes that options take. What a file says beyond is in another unit, or no size at all. */
const [FINEST_PIXEL, COARSEST_PIXEL] = [0.1, 50] as const;

/** Whether a number can be a pixel size in angstrom. */
export const isPixelSize = (size: number): boolean => size >= FINEST_PIXEL && size <= COARSEST_PIXEL;

/** For messages. */
export const PIXEL_SIZES = `${FINEST_PIXEL} to ${COARSEST_PIXEL} angstrom`;
