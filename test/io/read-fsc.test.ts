import { describe, expect, test } from "vitest";
import { fscXml } from "../../src/io/fsc-xml.js";
import { readFsc } from "../../src/io/read-fsc.js";
import { writeStar } from "../../src/io/star/write.js";

const frequencies = Float64Array.from({ length: 9 }, (_, shell) => shell / 192);
const correlation = Float64Array.of(1, 0.99, 0.97, 0.9, 0.7, 0.4, 0.1, -0.02, 0.01);
const read = (text: string, path: string) => readFsc(new TextEncoder().encode(text), path);
const rows = [...frequencies].map(
  (frequency, s) => `${frequency},${frequency === 0 ? "inf" : 1 / frequency},${correlation[s]}`,
);
const table = (heading: string): string => [heading, ...rows].join("\n");
const star = writeStar([
  { name: "fsc", columns: { rlnResolution: frequencies, rlnFourierShellCorrelationCorrected: correlation } },
]);

test.each([
  ["fsc.csv", table("frequency_per_angstrom,resolution_angstrom,fsc")],
  ["post_FSC.XML", fscXml("half maps", { frequencies, correlation })],
  ["post.star", star],
])("%s holds the curve that was written", (path, text) => {
  const found = read(text, path);
  expect(found.frequencies).toBeAllclose(frequencies, { absolute: 1e-6 });
  expect(found.correlation).toBeAllclose(correlation, { absolute: 1e-6 });
});

test("the EMDB's own layout of a curve is read", () => {
  const text =
    '<?xml version="1.0"?>\n<fsc title="" xaxis="Resolution (A-1)" yaxis="Correlation Coefficient">\n' +
    "<coordinate><x>0</x><y>1.0</y></coordinate><coordinate> <x> 0.01 </x> <y>9.5e-1</y> </coordinate></fsc>";
  expect(read(text, "emd_1234_fsc.xml")).toEqual({
    frequencies: Float64Array.of(0, 0.01),
    correlation: Float64Array.of(1, 0.95),
  });
});

describe("is refused, with the place", () => {
  test.each([
    ["a table of other columns", "a.csv", table("x,y,z"), "a.csv: headings"],
    [
      "a correlation that is no number",
      "a.csv",
      "frequency_per_angstrom,fsc\n0,1\n0.1,high",
      "a.csv: line 3",
    ],
    [
      "shells that miss one",
      "a.csv",
      "frequency_per_angstrom,fsc\n0,1\n0.1,1\n0.3,0",
      "frequency of shell 1",
    ],
    [
      "a correlation above 1",
      "a.csv",
      "frequency_per_angstrom,fsc\n0,1\n0.1,9\n",
      "a.csv: correlation of shell 1: found 9, expected -1 to 1",
    ],
    ["two columns of one name", "a.csv", "frequency_per_angstrom,fsc,fsc\n0,1,0\n", "one column of each"],
    ["one shell", "a.csv", "frequency_per_angstrom,fsc\n0,1", "shells: found 1"],
    ["points without a value", "a.xml", "<fsc><x>0</x><y>1</y><x>0.1</x></fsc>", "2 <x> and 1 <y>"],
    ["another XML", "a.xml", "<svg></svg>", "0 <x> and 0 <y>"],
    ["a point that is no number", "a.xml", "<fsc><x>0</x><y>?</y></fsc>", "<y> number 1"],
  ])("%s", (_, path, text, message) => {
    expect(() => read(text, path)).toThrow(message);
  });
});
