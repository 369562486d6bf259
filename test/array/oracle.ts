import { readFileSync } from "node:fs";
import type { Image } from "../../src/array/image.js";

const path = new URL("../fixtures/array/scipy.json", import.meta.url);
const values = JSON.parse(readFileSync(path, "utf8")) as Record<string, number[]>;

/** A result of numpy or scipy (test/fixtures/array/make.py). */
export function oracle(name: string): number[] {
  const found = values[name];
  if (!found) throw new Error(`no ${name} in ${path.pathname}`);
  return found;
}

/** The image that the results belong to. */
export const oracleImage: Image = { data: Float32Array.from(oracle("image")), shape: [12, 15] };
