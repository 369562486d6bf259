import { type Image, zeros } from "../../../src/array/image.js";

/** Every pixel is its own number, 100 y + x, so that what was cut can be read off. */
export const numbered = (rows: number, columns: number, offset = 0): Image => {
  const image = zeros(rows, columns);
  image.data.forEach((_, i) => {
    image.data[i] = offset + 100 * Math.floor(i / columns) + (i % columns);
  });
  return image;
};
