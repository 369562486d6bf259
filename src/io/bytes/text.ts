import { unpack } from "./unpack.js";

/**
 * Text of a file's bytes, unpacked if they are gzip or bzip2, or the text itself. UTF-8; bytes that are none become U+FFFD,
 * so that a reader can refuse them.
 */
export function decodeText(content: Uint8Array | string, path: string): string {
  return typeof content === "string" ? content : new TextDecoder().decode(unpack(content, path));
}

/** Lines with their numbers from 1, without line ends. */
export function* numberedLines(text: string): Generator<readonly [number: number, line: string]> {
  let start = 0;
  for (let number = 1; start < text.length; number++) {
    let end = text.indexOf("\n", start);
    if (end < 0) end = text.length;
    yield [number, text.slice(start, text[end - 1] === "\r" && end > start ? end - 1 : end)];
    start = end + 1;
  }
}

/** A finite decimal number, or NaN. */
export function parseNumber(text: string): number {
  const value = text === "" ? Number.NaN : Number(text);
  // Number() also takes 0x10, 0o7 and 0b1, which no writer of these formats means.
  return Number.isFinite(value) && !(text.charCodeAt(0) === 48 && /^0[xob]/i.test(text)) ? value : Number.NaN;
}
