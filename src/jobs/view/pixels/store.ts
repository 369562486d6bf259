import type { Image } from "../../../array/image.js";
import { bin, crop } from "../../../array/resample.js";
import { UnsupportedError, UsageError } from "../../../core/errors.js";
import { isPacked } from "../../../io/bytes/unpack.js";
import { isHdf5 } from "../../../io/hdf5/eman.js";
import { MRC_HEADER_BYTES, type MrcHeader, parseMrcHeader } from "../../../io/mrc/header.js";
import { decodeMrcSections, mrcPixelSize } from "../../../io/mrc/read.js";
import { isMrc } from "../../../io/read-image.js";
import { type Pixels, readPixels } from "../../../io/read-pixels.js";
import { saidPixelSize } from "../../shared/micrographs/pixel-size.js";
import type { Cache } from "../cache.js";
import { baseName, type ViewedFiles } from "../places.js";
import type { ImageView, StackView, VolumeView } from "../records.js";
import { bytesOf, type Range, rangeOf, store } from "./samples.js";
import { MOST_IMAGES, smallImages } from "./small-images.js";
import { binnedVolume, type StoredVolume, sliceOf, storeVolume, viewOfVolume } from "./volume.js";

/** Side of the tiles in which an image is sent, pixels. */
export const TILE = 512;
/** Longest side of the last level. */
const COARSEST = 512;

interface Pyramid {
  readonly pixelSize: number | undefined;
  readonly range: Range;
  /** The image, and means of its squares of 2 x 2, 4 x 4, … pixels. */
  readonly levels: readonly Image[];
}

/** A stack of which only the header was read. */
interface OpenStack {
  readonly path: string;
  readonly header: MrcHeader;
}

type Opened =
  | { readonly kind: "image"; readonly pyramid: Pyramid }
  | { readonly kind: "volume"; readonly volume: StoredVolume }
  | { readonly kind: "stack"; readonly stack: OpenStack };

/** Images, stacks and volumes as the pages ask for them, kept while there is memory. */
export class PixelStore {
  constructor(
    private readonly files: ViewedFiles,
    private readonly cache: Cache,
  ) {}

  /** What an image file holds. @throws FileError, FormatError, UnsupportedError */
  async view(path: string): Promise<ImageView | StackView | VolumeView> {
    const opened = await this.open(path);
    if (opened.kind === "image") {
      const { levels, range, pixelSize } = opened.pyramid;
      return {
        ...{ what: "image", shape: levels[0]!.shape, levels: levels.map(({ shape }) => shape), ...range },
        ...(pixelSize !== undefined && { pixelSize }),
      };
    }
    if (opened.kind === "volume") return viewOfVolume(opened.volume);
    const { header } = opened.stack;
    const pixelSize = saidPixelSize(mrcPixelSize(header));
    return {
      ...{ what: "stack", count: header.shape[0], shape: [header.shape[1], header.shape[2]] },
      ...(pixelSize !== undefined && { pixelSize }),
    };
  }

  /** Size and pixel size of an image. @throws UsageError for a file of several */
  async size(
    path: string,
  ): Promise<{ readonly shape: Image["shape"]; readonly pixelSize: number | undefined }> {
    const { levels, pixelSize } = await this.pyramid(path);
    return { shape: levels[0]!.shape, pixelSize };
  }

  /** The pixels of an image at full size. @throws UsageError for a file of several */
  async image(path: string): Promise<Image> {
    return (await this.pyramid(path)).levels[0]!;
  }

  /** The samples of a tile, row by row; tiles at the right and at the bottom may be smaller. @throws UsageError */
  async tile(path: string, level: number, column: number, row: number): Promise<Uint8Array> {
    const { levels, range } = await this.pyramid(path);
    const image = levels[level];
    const [rows, columns] = image?.shape ?? [0, 0];
    const [left, top] = [column * TILE, row * TILE];
    if (!image || !(left >= 0 && left < columns && top >= 0 && top < rows)) {
      throw new UsageError(`${path}: found no tile ${column}, ${row} of level ${level}`);
    }
    const [width, height] = [Math.min(TILE, columns - left), Math.min(TILE, rows - top)];
    return bytesOf(store(crop(image, left, top, [height, width]).data, range));
  }

  /** The samples of a square of an image at full size, row by row. @throws UsageError for one that is not all inside */
  async patch(path: string, left: number, top: number, side: number): Promise<Uint8Array> {
    const { levels, range } = await this.pyramid(path);
    const [rows, columns] = levels[0]!.shape;
    if (!(side >= 8 && left + side <= columns && top + side <= rows)) {
      throw new UsageError(
        `${path}: found a square of ${side} at ${left}, ${top}, expected one inside ${columns} x ${rows}`,
      );
    }
    return bytesOf(store(crop(levels[0]!, left, top, [side, side]).data, range));
  }

  /**
   * Some images of a stack, each at most `side` pixels across, as `smallImages` writes them.
   *
   * @throws UsageError for images that are not there
   */
  async sections(path: string, first: number, count: number, side: number): Promise<Uint8Array> {
    const opened = await this.open(path);
    if (opened.kind !== "stack") throw new UsageError(`${path}: found one image, expected a stack`);
    const { header } = opened.stack;
    const [sections, rows, columns] = header.shape;
    if (!(first >= 0 && count >= 1 && first + count <= sections && count <= MOST_IMAGES && side >= 8)) {
      throw new UsageError(
        `${path}: found no images ${first} to ${first + count - 1}, expected some of ${sections}`,
      );
    }
    const from = header.dataOffset + first * header.sectionBytes;
    const bytes = await this.files.readRange(path, from, from + count * header.sectionBytes);
    const samples = decodeMrcSections(bytes, header, path);
    const images = Array.from(
      { length: count },
      (_, i): Image => ({
        ...{ data: samples.subarray(i * rows * columns, (i + 1) * rows * columns), shape: [rows, columns] },
      }),
    );
    return smallImages(images, side);
  }

  /** A slice of a volume across x, y or z (0, 1, 2): rows along z, z or y; columns along y, x or x. @throws UsageError */
  async slice(path: string, axis: number, at: number): Promise<Uint8Array> {
    const opened = await this.open(path);
    if (opened.kind !== "volume") throw new UsageError(`${path}: found an image, expected a volume`);
    return bytesOf(sliceOf(opened.volume, axis, at, path));
  }

  /** All voxels of a volume, x fastest; of a large one means of cubes: `binning` of its view. @throws UsageError */
  async volume(path: string): Promise<Uint8Array> {
    const opened = await this.open(path);
    if (opened.kind !== "volume") throw new UsageError(`${path}: found an image, expected a volume`);
    return bytesOf(binnedVolume(opened.volume, viewOfVolume(opened.volume).binning));
  }

  private async pyramid(path: string): Promise<Pyramid> {
    const opened = await this.open(path);
    if (opened.kind === "image") return opened.pyramid;
    throw new UsageError(`${path}: found a ${opened.kind}, expected a single image`);
  }

  private async open(path: string): Promise<Opened> {
    const key = `pixels ${path} ${await this.files.version(path)}`;
    return this.cache.get(key, () => this.read(path), bytesHeld);
  }

  private async read(path: string): Promise<Opened> {
    const size = await this.files.size(path);
    const head = await this.files.readRange(path, 0, Math.min(size, MRC_HEADER_BYTES));
    if (!isPacked(head) && !isHdf5(head) && isMrc(head, path)) {
      const header = parseMrcHeader(head, size, path);
      if (header.kind === "stack") return { kind: "stack", stack: { path, header } };
    }
    const pixels = await readPixels(await this.files.read(path), path);
    if (pixels.kind === "stack") {
      throw new UnsupportedError(
        `${path}: found a stack of images in ${baseName(path)}, expected a stack as MRC and not packed: its images are read one by one`,
      );
    }
    return pixels.kind === "image"
      ? { kind: "image", pyramid: buildPyramid(pixels) }
      : { kind: "volume", volume: storeVolume(pixels) };
  }
}

const bytesHeld = (opened: Opened): number => {
  if (opened.kind === "stack") return 1024;
  if (opened.kind === "volume") return opened.volume.data.byteLength;
  return opened.pyramid.levels.reduce((sum, { data }) => sum + data.byteLength, 0);
};

function buildPyramid({ data, shape: [, rows, columns], pixelSize }: Pixels): Pyramid {
  const levels: Image[] = [{ data, shape: [rows, columns] }];
  for (;;) {
    const last = levels[levels.length - 1]!;
    if (Math.max(...last.shape) <= COARSEST || Math.min(...last.shape) < 2) break;
    levels.push(bin(last, 2));
  }
  return { levels, range: rangeOf(data), pixelSize: saidPixelSize(pixelSize) };
}
