import type { ImageView } from "../../src/jobs/view/records.js";
import type { Frame } from "./marks.js";
import { type Extent, Tiles, tilesOf, type Window } from "./tiles.js";
import { filtered, levelOfFilter, pictureOf, rangeOf, type Sorted, sorted, type Tone } from "./tone.js";

/** Painted tiles of an image that are kept: 2 MB each. */
const MOST_PAINTED = 48;

/** How an image is shown. */
export interface Look {
  readonly tone: Tone;
  /** Angstrom; 0 for none. */
  readonly lowPass: number;
  /** Angstrom to a pixel of the field; a filter needs it. */
  readonly pixelSize: number | undefined;
}

interface Painted {
  readonly key: string;
  readonly window: Window;
  readonly canvas: HTMLCanvasElement;
}

/** An image of a field of view, which may be coarser or finer than the field's own pixels, as grey pixels. */
export class Layer {
  private readonly tiles: Tiles;
  /** Values by level and filter. */
  private readonly sorted = new Map<string, Sorted>();
  private whole: Painted | undefined;
  /** What is seen, where it is filtered. */
  private part: Painted | undefined;
  /** Tiles by level, column and row, where nothing is filtered: those that come into sight are painted one by one. */
  private readonly painted = new Map<string, Painted>();
  /** What was drawn last, the finest at the end. */
  private shown: readonly Painted[] = [];

  /** @param arrived told when there is more to draw @param failed told why there is not */
  constructor(
    place: string,
    readonly view: ImageView,
    arrived: () => void,
    failed: (message: string) => void,
  ) {
    this.tiles = new Tiles(place, view, arrived, failed);
  }

  /** Draws the coarsest picture of the whole, and over it what is seen, as fine as it needs to be. @param columns of the field */
  draw(to: CanvasRenderingContext2D, frame: Frame, columns: number, look: Look): void {
    const { view, tiles } = this;
    const last = view.levels.length - 1;
    // pixels of the image to one of the field
    const density = view.shape[1] / columns;
    const size = look.pixelSize === undefined ? undefined : look.pixelSize / density;
    const fine = Math.min(last, Math.max(0, Math.floor(Math.log2(density / frame.scale) + 0.3)));
    const isFiltered = look.lowPass > 0 && size !== undefined;
    const level = isFiltered ? Math.max(fine, levelOfFilter(look.lowPass, size, last + 1)) : fine;
    const seen = [
      -frame.left / frame.scale,
      -frame.top / frame.scale,
      (to.canvas.width - frame.left) / frame.scale,
      (to.canvas.height - frame.top) / frame.scale,
    ].map((value) => value * density) as [number, number, number, number];
    const filter = isFiltered ? { lowPass: look.lowPass, size } : undefined;
    const all = tiles.extent(last, 0, 0, view.shape[1], view.shape[0]);
    this.whole = this.repaint(this.whole, all, look.tone, filter) ?? this.whole;
    const parts = level < last ? this.partsOf(tiles.extent(level, ...seen), look.tone, filter) : [];
    this.shown = [...(this.whole ? [this.whole] : []), ...parts];
    for (const { window, canvas } of this.shown) {
      const { left, top, width, height, level: at } = window;
      const unit = (2 ** at / density) * frame.scale;
      // on whole pixels of the screen, so that no seam is seen between tiles
      const [x, y] = [Math.round(frame.left + left * unit), Math.round(frame.top + top * unit)];
      const [right, bottom] = [frame.left + (left + width) * unit, frame.top + (top + height) * unit];
      to.imageSmoothingEnabled = unit < 3;
      to.imageSmoothingQuality = "high";
      to.drawImage(canvas, x, y, Math.round(right) - x, Math.round(bottom) - y);
    }
  }

  /** The value that was drawn at a pixel of the field: a mean where pixels are drawn together. */
  valueAt(x: number, y: number, columns: number): number | undefined {
    const density = this.view.shape[1] / columns;
    for (const { window } of this.shown.toReversed()) {
      const { level, left, top, width, height, data } = window;
      const [u, v] = [
        Math.floor(((x + 0.5) * density) / 2 ** level) - left,
        Math.floor(((y + 0.5) * density) / 2 ** level) - top,
      ];
      if (u >= 0 && v >= 0 && u < width && v < height) return data[v * width + u];
    }
    return undefined;
  }

  /** What is seen at a level: its tiles, as far as they are there, or one picture where it is filtered. */
  private partsOf(extent: Extent, tone: Tone, filter: Filter | undefined): readonly Painted[] {
    if (filter) {
      this.part = this.repaint(this.part, extent, tone, filter) ?? this.part;
      return this.part ? [this.part] : [];
    }
    if (!this.sorted.has(`${extent.level} 0`)) {
      const first = this.tiles.window(extent);
      if (!first) return [];
      this.sorted.set(`${extent.level} 0`, sorted(first.data));
    }
    const parts: Painted[] = [];
    for (const tile of tilesOf(extent)) {
      const key = `${tile.level} ${tile.columns[0]} ${tile.rows[0]}`;
      const painted = this.repaint(this.painted.get(key), tile, tone, undefined);
      if (!painted) continue;
      // the order in which they were seen is that in which they are kept
      this.painted.delete(key);
      this.painted.set(key, painted);
      parts.push(painted);
    }
    for (const key of this.painted.keys()) {
      if (this.painted.size <= Math.max(MOST_PAINTED, parts.length)) break;
      this.painted.delete(key);
    }
    return parts;
  }

  /** Tiles as grey pixels; undefined until they are there. */
  private repaint(
    old: Painted | undefined,
    extent: Extent,
    tone: Tone,
    filter: Filter | undefined,
  ): Painted | undefined {
    const lowPass = filter?.lowPass ?? 0;
    const where = `${extent.level} ${extent.columns} ${extent.rows} ${lowPass}`;
    const key = `${where} ${tone.clip} ${tone.gamma} ${tone.isInverted}`;
    if (old?.key === key) return old;
    const isSameWindow = old?.key.startsWith(`${where} `);
    const raw = isSameWindow ? old!.window : this.tiles.window(extent);
    if (!raw) return undefined;
    const window = filter && !isSameWindow ? filtered(raw, lowPass, filter.size) : raw;
    // contrast is that of the first window at this level: moving about does not change it
    const scaleKey = `${extent.level} ${lowPass}`;
    const values = this.sorted.get(scaleKey) ?? sorted(window.data);
    this.sorted.set(scaleKey, values);
    const isSameSize = old?.window.width === window.width && old.window.height === window.height;
    const canvas = isSameSize ? old.canvas : document.createElement("canvas");
    canvas.width = window.width;
    canvas.height = window.height;
    const pixels = pictureOf(window.data, [window.height, window.width], rangeOf(values, tone.clip), tone);
    canvas.getContext("2d")!.putImageData(pixels, 0, 0);
    return { key, window, canvas };
  }
}

/** A low-pass filter at a resolution, and the pixel size of the image that it is for, angstrom. */
interface Filter {
  readonly lowPass: number;
  readonly size: number;
}
