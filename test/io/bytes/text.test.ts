import { expect, test } from "vitest";
import { decodeText } from "../../../src/io/bytes/text.js";

test.each([
  ["little", [0xff, 0xfe, 0x41, 0x00]],
  ["big", [0xfe, 0xff, 0x00, 0x41]],
])("a text in UTF-16, %s endian, is refused by name", (_order, bytes) => {
  expect(() => decodeText(Uint8Array.from(bytes), "a.star")).toThrow(
    'a.star: text: found "UTF-16", expected UTF-8',
  );
});

test("UTF-16 without its mark, or anything with zero bytes, is no text", () => {
  const bytes = new Uint8Array(Buffer.from("data_\n", "utf16le"));
  expect(() => decodeText(bytes, "a.star")).toThrow(
    'a.star: text: found "zero bytes, as of a binary file", expected text in UTF-8',
  );
});

test("UTF-8 with its mark, and any line ends, are read", () => {
  const bytes = new TextEncoder().encode("\ufeffä\r\nb\rc\n");
  expect(decodeText(bytes, "a.star")).toBe("ä\nb\nc\n");
});
