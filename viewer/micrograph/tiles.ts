import type { ImageView } from "../../src/jobs/view/records.js";
import { askBytes } from "../api.js";

/** Side of a tile, pixels: as the server cuts them. */
const TILE = 512;
/** Tiles of all images that are kept: 200 are 100 MB. */
const MOST = 200;

const kept = new Map<string, Uint16Array>();
const asked = new Set<string>();

/** A rectangle of pixels of one level, its values as the file has them. */
export interface Window {
  readonly level: number;
  /** Of its first pixel, in pixels of the level. */
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
  readonly data: Float32Array;
}

/** Tiles that make up a window. */
export interface Extent {
  readonly level: number;
  readonly columns: readonly [first: number, last: number];
  readonly rows: readonly [first: number, last: number];
}

/** The tiles of an extent, each as one. */
export const tilesOf = ({ level, columns, rows }: Extent): readonly Extent[] =>
  Array.from({ length: rows[1] - rows[0] + 1 }, (_, i) => rows[0] + i).flatMap((row) =>
    Array.from({ length: columns[1] - columns[0] + 1 }, (_, i): Extent => {
      const column = columns[0] + i;
      return { level, columns: [column, column], rows: [row, row] };
    }),
  );

/** The pixels of an image, fetched tile by tile as they are needed. */
export class Tiles {
  /** @param arrived told when a tile has come @param failed told why one has not */
  constructor(
    private readonly place: string,
    readonly view: ImageView,
    private readonly arrived: () => void,
    private readonly failed: (message: string) => void,
  ) {}

  /** The tiles of a level that a rectangle touches, in pixels of the whole image. */
  extent(level: number, left: number, top: number, right: number, bottom: number): Extent {
    const [rows, columns] = this.view.levels[level]!;
    const scale = 2 ** level * TILE;
    const clamp = (value: number, count: number): number =>
      Math.min(Math.ceil(count / TILE) - 1, Math.max(0, Math.floor(value / scale)));
    return {
      level,
      columns: [clamp(left, columns), clamp(right, columns)],
      rows: [clamp(top, rows), clamp(bottom, rows)],
    };
  }

  /** The pixels of some tiles; undefined until all are there, which are then asked for. */
  window({ level, columns: [c0, c1], rows: [r0, r1] }: Extent): Window | undefined {
    const [levelRows, levelColumns] = this.view.levels[level]!;
    const [left, top] = [c0 * TILE, r0 * TILE];
    const width = Math.min(levelColumns, (c1 + 1) * TILE) - left;
    const height = Math.min(levelRows, (r1 + 1) * TILE) - top;
    const tiles: { readonly column: number; readonly row: number; readonly data: Uint16Array | undefined }[] =
      [];
    for (let row = r0; row <= r1; row++) {
      for (let column = c0; column <= c1; column++) {
        tiles.push({ column, row, data: this.tile(level, column, row) });
      }
    }
    if (tiles.some(({ data }) => !data)) return undefined;
    const { low, step } = this.view;
    const out = new Float32Array(width * height);
    for (const { column, row, data } of tiles) {
      const [x0, y0] = [column * TILE - left, row * TILE - top];
      const own = Math.min(TILE, levelColumns - column * TILE);
      for (let i = 0, y = y0; i < data!.length; y++) {
        for (let x = 0, at = y * width + x0; x < own; x++, at++, i++) out[at] = low + step * data![i]!;
      }
    }
    return { level, left, top, width, height, data: out };
  }

  private tile(level: number, column: number, row: number): Uint16Array | undefined {
    const key = `${this.place} ${level} ${column} ${row}`;
    const found = kept.get(key);
    if (found) {
      kept.delete(key);
      kept.set(key, found);
      return found;
    }
    if (!asked.has(key)) {
      asked.add(key);
      askBytes("tile", { place: this.place, level, column, row })
        .then(
          (bytes) => {
            kept.set(key, new Uint16Array(bytes));
            if (kept.size > MOST) kept.delete(kept.keys().next().value!);
            this.arrived();
          },
          (error: Error) => this.failed(error.message),
        )
        .finally(() => asked.delete(key));
    }
    return undefined;
  }
}
