import type { Files } from "../core/ports.js";

const CHUNK = 1 << 22;

/** The lines of a text file of any size, one after another; an empty last line is left out. */
export async function* readLines(files: Files, path: string): AsyncGenerator<string> {
  const size = await files.size(path);
  const decoder = new TextDecoder();
  let rest = "";
  for (let start = 0; start < size; start += CHUNK) {
    const bytes = await files.readRange(path, start, Math.min(size, start + CHUNK));
    const lines = (rest + decoder.decode(bytes, { stream: true })).split("\n");
    rest = lines.pop()!;
    yield* lines;
  }
  rest += decoder.decode();
  if (rest !== "") yield rest;
}

/** UTF-8 bytes of pieces of text, for writing a file too large for one string. */
export async function* encodeText(pieces: AsyncIterable<string>): AsyncGenerator<Uint8Array> {
  const encoder = new TextEncoder();
  for await (const piece of pieces) yield encoder.encode(piece);
}
