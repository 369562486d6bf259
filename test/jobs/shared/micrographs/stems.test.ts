import { expect, test } from "vitest";
import { namedByStem } from "../../../../src/jobs/shared/micrographs/stems.js";

test("a name keeps its dots and loses its folders and ending", () => {
  expect(namedByStem(["a/x.frames.mrc", "b/y_v1.1.tif"])).toEqual([
    { path: "a/x.frames.mrc", stem: "x.frames" },
    { path: "b/y_v1.1.tif", stem: "y_v1.1" },
  ]);
});

test.each(["a\nb.mrc", "a\rb.mrc", "a\tb.mrc", "a\x1b[31m.mrc", "dir\n/a.mrc", "a\u0085.mrc"])(
  "%j is refused before any work",
  (path) => {
    expect(() => namedByStem(["good.mrc", path])).toThrow(
      `micrographs: found ${JSON.stringify(path)} with a line break or another control character, expected none: rename it`,
    );
  },
);

test("a name whose bytes are not UTF-8 is refused", () => {
  const name = new TextDecoder().decode(Uint8Array.of(0xe4, ...new TextEncoder().encode(".mrc")));
  expect(() => namedByStem([name])).toThrow("with letters that are not in UTF-8, expected none: rename it");
});

test("blanks, commas, quotes and letters of any script are names", () => {
  const names = ["a b.mrc", "a,b.mrc", '"a".mrc', "=a.mrc", "µ-Bild ü.mrc", "图.mrc"];
  expect(namedByStem(names).map(({ path }) => path)).toEqual(names);
});

test("two that would overwrite each other are refused by both names", () => {
  expect(() => namedByStem(["a/m.mrc", "b/m.tif"])).toThrow(
    "micrographs: found a/m.mrc and b/m.tif, expected different names",
  );
});
