import type { Image } from "../array/image.js";

/**
 * A picker's opinion of a micrograph on a grid of its own; the higher, the likelier a particle's centre.
 *
 * The grid covers the micrograph: the cell at column i is centred at (i + 0.5) * scale - 0.5 micrograph pixels, and so down.
 */
export interface ScoreMap {
  readonly image: Image;
  /** Micrograph pixels per cell, at least 1. */
  readonly scale: number;
}

/** Anything that finds particles: a trained network, templates, a Laplacian of Gaussian. */
export interface Scorer {
  /**
   * @param micrograph raw contrast, particles dark on a lighter ground; any gain and offset
   * @throws DomainError or ShapeError for a micrograph smaller than a particle, of one value, or with a pixel that is no number
   */
  score(micrograph: Image): Promise<ScoreMap>;
}
