import { readFile } from "node:fs/promises";
import type { BuiltPages } from "../../jobs/view/export.js";

const SCRIPT = "text/javascript; charset=utf-8";
const BYTES = "application/octet-stream";

/** The built pages, in the package: files by the path under which they are served. */
export const PAGES: Readonly<Record<string, readonly [file: string, type: string]>> = {
  "/": ["index.html", "text/html; charset=utf-8"],
  "/view.js": ["view.js", SCRIPT],
  "/make.js": ["make.js", SCRIPT],
  "/learned.js": ["learned.js", SCRIPT],
  "/onnxruntime.bin": ["onnxruntime.bin", BYTES],
  "/webgpu.js": ["webgpu.js", SCRIPT],
  "/onnxruntime-webgpu.bin": ["onnxruntime-webgpu.bin", BYTES],
  "/view.css": ["view.css", "text/css; charset=utf-8"],
  "/icon.svg": ["icon.svg", "image/svg+xml"],
};

/** Those that are asked for once a learned noise is chosen; the last two by browsers with a graphics card. */
const LEARNED = ["learned.js", "onnxruntime.bin", "webgpu.js", "onnxruntime-webgpu.bin"];

/** The bytes of one of these files. */
export const readPage = (file: string): Promise<Uint8Array> =>
  readFile(new URL(`../../../dist/viewer/${file}`, import.meta.url));

/** All of them, to be written elsewhere. */
export async function readPages(): Promise<BuiltPages> {
  const files = Object.values(PAGES).map(([file]) => file);
  const bytes = await Promise.all(files.map(readPage));
  return { pages: new Map(files.map((file, i) => [file, bytes[i]!])), learned: LEARNED };
}
