import { fftFriendlySize, rfft2 } from "../../../array/fft/fft.js";
import { reflected } from "../../../array/filter.js";
import { type Image, zeros } from "../../../array/image.js";
import { moments } from "../../../array/statistics.js";
import {
  type FilterBank,
  type FilterTables,
  filterTables,
  isotropicResponse,
  quadratureResponse,
} from "./log-gabor.js";
import { copyPatch, patchGrid } from "./patches.js";

/** What the filter bank says of every patch of one image. */
export interface PatchFeatures {
  readonly patches: number;
  /** Features a patch: two for each filter. */
  readonly dimensions: number;
  /** Row-major, patches x dimensions; first every filter's log energy, then every filter's log kurtosis. */
  readonly features: Float64Array;
  /** Excess kurtosis of the isotropic band-passed image in every patch, one array a scale. */
  readonly bandKurtosis: readonly Float64Array[];
}

/** Tiles are transformed one at a time, so memory does not grow with the image. */
const TILE_INTERIOR = 384;

/** Keeps the logarithm finite in a patch without any structure; far below the energy of real noise. */
const LEAST_ENERGY = 1e-12;

/**
 * Features of every patch under an oriented filter bank, without learned weights.
 *
 * For the complex response r of each filter (`log-gabor.ts`) over a patch:
 *   log energy    ln mean |r|²             (the energy itself is left out: it says the same, with a longer tail)
 *   log kurtosis  ln (mean |r|⁴ / (2 mean² |r|²))   0 for a Gaussian field, positive where energy comes in spots
 * Patches are squares of `patch` pixels (`patchGrid`). The image is mirrored at its edges.
 *
 * @param image normalised, at least one patch large
 */
export function patchFeatures(image: Image, patch: number, bank: FilterBank): PatchFeatures {
  const { across, down } = patchGrid(image.shape, patch);
  const margin = Math.ceil(1.5 * Math.max(...bank.wavelengths));
  const block = Math.min(Math.max(1, Math.floor(TILE_INTERIOR / patch)), Math.max(across, down));
  const tables = filterTables(bank, fftFriendlySize(block * patch + 2 * margin));
  const dimensions = 2 * bank.wavelengths.length * bank.orientations;
  const features = new Float64Array(down * across * dimensions);
  const bandKurtosis = bank.wavelengths.map(() => new Float64Array(down * across));
  const grid = { patch, margin, across, dimensions, pixels: new Float32Array(patch * patch) };
  for (let top = 0; top < down; top += block) {
    for (let left = 0; left < across; left += block) {
      const tile = cutMirrored(image, left * patch - margin, top * patch - margin, tables.size);
      const inside: Block = {
        left,
        top,
        columns: Math.min(block, across - left),
        rows: Math.min(block, down - top),
      };
      describeTile(tile, tables, inside, grid, { features, bandKurtosis });
    }
  }
  return { patches: down * across, dimensions, features, bandKurtosis };
}

/** Patches of one tile, in patches. */
interface Block {
  readonly left: number;
  readonly top: number;
  readonly columns: number;
  readonly rows: number;
}

interface Grid {
  readonly patch: number;
  readonly margin: number;
  readonly across: number;
  readonly dimensions: number;
  /** Room for the pixels of one patch. */
  readonly pixels: Float32Array;
}

/** Filters one tile and fills the rows of its patches in `out`. */
function describeTile(
  tile: Image,
  tables: FilterTables,
  block: Block,
  grid: Grid,
  out: { readonly features: Float64Array; readonly bandKurtosis: readonly Float64Array[] },
): void {
  const spectrum = rfft2(tile);
  const filters = grid.dimensions / 2;
  tables.radial.forEach((radial, scale) => {
    const band = isotropicResponse(spectrum, radial);
    forEachPatch(block, grid, (left, top, index) => {
      const pixels = copyPatch(band, left, top, grid.patch, grid.pixels);
      out.bandKurtosis[scale]![index] = moments(pixels).excessKurtosis;
    });
    tables.angular.forEach((angular, orientation) => {
      const { even, odd } = quadratureResponse(spectrum, radial, angular);
      const filter = scale * tables.angular.length + orientation;
      forEachPatch(block, grid, (left, top, index) => {
        const [second, fourth] = envelopeMoments(even, odd, { left, top, size: grid.patch });
        const at = index * grid.dimensions + filter;
        const energy = second + LEAST_ENERGY;
        out.features[at] = Math.log(energy);
        out.features[at + filters] = Math.log(
          (fourth + 2 * LEAST_ENERGY * LEAST_ENERGY) / (2 * energy * energy),
        );
      });
    });
  });
}

/** Calls back with each patch's first pixel in the tile and its index in the image. */
function forEachPatch(
  block: Block,
  grid: Grid,
  visit: (left: number, top: number, index: number) => void,
): void {
  for (let row = 0; row < block.rows; row++) {
    for (let column = 0; column < block.columns; column++) {
      const index = (block.top + row) * grid.across + block.left + column;
      visit(grid.margin + column * grid.patch, grid.margin + row * grid.patch, index);
    }
  }
}

/** Means of |r|² and |r|⁴ over a patch. */
function envelopeMoments(
  even: Image,
  odd: Image,
  patch: { readonly left: number; readonly top: number; readonly size: number },
): readonly [second: number, fourth: number] {
  const columns = even.shape[1];
  let second = 0;
  let fourth = 0;
  for (let y = patch.top; y < patch.top + patch.size; y++) {
    const start = y * columns + patch.left;
    for (let i = start; i < start + patch.size; i++) {
      const energy = even.data[i]! * even.data[i]! + odd.data[i]! * odd.data[i]!;
      second += energy;
      fourth += energy * energy;
    }
  }
  const count = patch.size * patch.size;
  return [second / count, fourth / count];
}

/** The square of `size` pixels from (left, top) on; beyond the edges the image is mirrored. */
function cutMirrored(image: Image, left: number, top: number, size: number): Image {
  const [rows, columns] = image.shape;
  const out = zeros(size, size);
  const from = Int32Array.from({ length: size }, (_, x) => reflected(left + x, columns));
  for (let y = 0; y < size; y++) {
    const start = reflected(top + y, rows) * columns;
    for (let x = 0; x < size; x++) out.data[y * size + x] = image.data[start + from[x]!]!;
  }
  return out;
}
