import { type Image, zeros } from "../../array/image.js";
import { Random } from "../../core/random.js";
import { profileMicrograph, type RealismProtocol } from "./profile.js";
import { type RealismResult, realism } from "./realism.js";

/** Standard normal noise of a micrograph's shape: the ceiling of the protocol. */
export function whiteNoiseImage(shape: Image["shape"], seed: number, index: number): Image {
  const image = zeros(...shape);
  Random.of(seed, "realism", "white noise", index).fillNormal(image.data);
  return image;
}

/** The micrographs, or the upper and lower half of a single one: the floor needs two sides. */
export function atLeastTwo(images: readonly Image[]): readonly Image[] {
  const only = images[0];
  if (images.length !== 1 || !only) return images;
  const [rows, columns] = only.shape;
  const half = Math.floor(rows / 2);
  const part = (from: number): Image => ({
    data: only.data.slice(from * columns, (from + half) * columns),
    shape: [half, columns],
  });
  return [part(0), part(rows - half)];
}

/**
 * The realism protocol over images that fit into memory together; see `realism`.
 *
 * @throws DomainError for a constant image, one smaller than a tile or a patch, or a candidate without images
 */
export function realismOfImages(
  real: readonly Image[],
  candidates: readonly { readonly name: string; readonly images: readonly Image[] }[],
  options: { readonly protocol: RealismProtocol; readonly seed: number },
): RealismResult {
  const profile = (images: readonly Image[]) =>
    images.map((image) => profileMicrograph(image, options.protocol));
  const pieces = atLeastTwo(real);
  return realism(
    profile(pieces),
    candidates.map(({ name, images }) => ({ name, profiles: profile(images) })),
    profile(pieces.map(({ shape }, i) => whiteNoiseImage(shape, options.seed, i))),
    options,
  );
}
