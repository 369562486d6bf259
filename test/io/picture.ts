import { readFileSync } from "node:fs";

/** Rows and columns of the picture that the fixtures in test/fixtures/io show. */
export const PICTURE_SHAPE = [9, 13] as const;

/** A function of v = 7 y^2 + 13 x + x y at every pixel, row by row. */
export function picture(value: (v: number) => number): number[] {
  const [rows, columns] = PICTURE_SHAPE;
  return Array.from({ length: rows * columns }, (_, i) => {
    const y = Math.floor(i / columns);
    const x = i % columns;
    return value(7 * y * y + 13 * x + x * y);
  });
}

/** The bytes of a file of test/fixtures/io, by its path there. */
export const fixture = (path: string): Uint8Array =>
  new Uint8Array(readFileSync(new URL(`../fixtures/io/${path}`, import.meta.url)));
