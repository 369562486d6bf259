import fc from "fast-check";
import { expect, test } from "vitest";
import { csvCells, csvLine } from "../../../src/io/bytes/csv.js";

test.each<[readonly (string | number)[], string]>([
  [["a", 1, -2.5], "a,1,-2.5"],
  // RFC 4180, section 2
  [["a,b", 'say "x"', "two\nlines"], '"a,b","say ""x""","two\nlines"'],
  [["=1+1", "+a", "-b", "@c", "\td"], "'=1+1,'+a,'-b,'@c,'\td"],
  [["=a,b"], `"'=a,b"`],
  [["-1.5", "+2", "-.5", "-1e-3", "-"], "-1.5,+2,-.5,-1e-3,'-"],
  [["", "a-b", "a=b"], ",a-b,a=b"],
])("%j is the line %j", (cells, line) => {
  expect(csvLine(cells)).toBe(line);
});

test("every line is read back, whatever the texts", () => {
  const text = fc
    .string({ unit: fc.constantFrom(..."ab,\"'=+-@1 ") })
    .map((each) => each.trim())
    // an apostrophe that somebody else put before a formula is taken off as ours is
    .filter((each) => !/^'[=+\-@]/.test(each));
  fc.assert(
    fc.property(fc.array(text, { minLength: 1 }), (cells) => {
      expect(csvCells(csvLine(cells))).toEqual(cells);
    }),
    { numRuns: 500, seed: 1 },
  );
});

test("blanks around cells are not theirs; a quote that is not closed is a letter", () => {
  expect(csvCells(' a , "b, c" ,3')).toEqual(["a", "b, c", "3"]);
  expect(csvCells('5" tube,3')).toEqual(['5" tube', "3"]);
  expect(csvCells('"open,3')).toEqual(['"open', "3"]);
});
