/**
 * The half transform of a volume that slices are added to, x from 0, y and z from -middle.
 *
 * A voxel is four floats: re, im, weight and nothing, so that one addition of a vector adds all. Voxels lie in bricks of
 * 8 x 8 x 8 (x fastest), so that the voxels around a sample lie within one or two pages of memory; the address of a voxel is the
 * sum of a part of its x, one of its y and one of its z.
 */

/** Bytes of a brick. */
export const BRICK: i32 = 8192;

export let volume: i32 = 0;
/** Bytes of a row of bricks, and of a section of them. */
export let brickRow: i32 = 0;
export let brickSection: i32 = 0;
export let middle: i32 = 0;

/** @param at address of the volume; @param zero the place of zero along y and z */
export function useVolume(at: i32, bricksAcross: i32, bricksDown: i32, zero: i32): void {
  volume = at;
  brickRow = bricksAcross * BRICK;
  brickSection = bricksDown * brickRow;
  middle = zero;
}
