import { FormatError } from "../../core/errors.js";
import { unpack } from "./unpack.js";
import { mostUnpacked } from "./unpacked.js";

/** The longest string of V8, the engine of Node and Chromium; other browsers take longer ones. */
const MOST_TEXT = 0x1fffffe8;

/**
 * Text of a file's bytes, unpacked if they are gzip or bzip2, or the text itself. UTF-8; bytes that are none become U+FFFD,
 * so that a reader can refuse them. Every kind of line end becomes a line feed.
 *
 * @param expected what to ask for in place of a binary file
 * @throws FormatError for a text longer than a string can be, in UTF-16, or with zero bytes, which are of no text
 */
export function decodeText(content: Uint8Array | string, path: string, expected = "text in UTF-8"): string {
  if (typeof content === "string") return withLineFeeds(content);
  const bytes = unpack(content, path, () => Math.min(MOST_TEXT, mostUnpacked(content.length)));
  if (bytes.length > MOST_TEXT)
    throw new FormatError(path, "text", `${bytes.length} bytes`, `at most ${MOST_TEXT}`);
  // the mark of UTF-16, which Windows' own tools write
  if ((bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff))
    throw new FormatError(path, "text", "UTF-16", "UTF-8");
  // UTF-16 without the mark, or no text at all, as a density map: no writer of these formats leaves a zero byte
  if (bytes.includes(0)) throw new FormatError(path, "text", "zero bytes, as of a binary file", expected);
  return withLineFeeds(new TextDecoder().decode(bytes));
}

const withLineFeeds = (text: string): string => (text.includes("\r") ? text.replace(/\r\n?/g, "\n") : text);

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
