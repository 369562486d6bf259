import { describe, expect, test } from "vitest";
import { parseStar } from "../../../src/io/star/parse.js";

const table = (text: string, name = "x") => parseStar(text, "p.star").table(name);
const loop = (labels: string[], ...rows: string[]) =>
  `data_x\n\nloop_\n${labels.map((label, i) => `_${label} #${i + 1}\n`).join("")}${rows.join("\n")}\n`;

describe("blocks", () => {
  test("keep their order, names and kind", () => {
    const text =
      "# version 30001\n\ndata_\n\n_rlnPixelSize  1.25\n_rlnReferenceImage a.mrc\n\ndata_b\nloop_\n_rlnX #1\n1\n2\n";
    const { tables } = parseStar(text, "p.star");
    expect(tables.map(({ name, isLoop, rows, labels }) => [name, isLoop, rows, labels])).toEqual([
      ["", false, 1, ["rlnPixelSize", "rlnReferenceImage"]],
      ["b", true, 2, ["rlnX"]],
    ]);
    expect([...tables[0]!.numbers("rlnPixelSize")]).toEqual([1.25]);
  });

  test("a loop may be empty, and its rows go on after a blank line and a comment", () => {
    expect(table(loop(["rlnX"])).rows).toBe(0);
    expect(table(loop(["a", "b"], "1 2", "", "# note", "3 4 # end")).strings("b")).toEqual(["2", "4"]);
  });

  test("Windows line ends, tabs and a byte order mark are blanks", () => {
    expect(table(`\ufeff${loop(["a", "b"], "1\t2 ").replaceAll("\n", "\r\n")}`).strings("b")).toEqual(["2"]);
  });

  test("several with what a reader looks for are refused: the rows of all but one would be lost", () => {
    const text = "data_a\n_rlnCoordinateX 1\ndata_b\nloop_\n_rlnCoordinateX\n2\ndata_c\n_rlnX 1\n";
    const only = (label: string) => parseStar(text, "p.star").only((each) => each.has(label), label);
    expect(() => only("rlnCoordinateX")).toThrow(
      'p.star: blocks: found ["data_a","data_b"], expected a single block with rlnCoordinateX',
    );
    expect(() => only("rlnVoltage")).toThrow(
      'p.star: blocks: found ["data_a","data_b","data_c"], expected one with rlnVoltage',
    );
    expect(only("rlnX").name).toBe("c");
  });

  test("a missing one is named with those there are", () => {
    expect(() => parseStar(loop(["a"]), "p.star").table("particles")).toThrow(
      'p.star: blocks: found ["data_x"], expected data_particles',
    );
  });
});

describe("values", () => {
  test("quotes close before a blank only; text fields hold lines", () => {
    const rows = [`"two words" 'it's' ""`, "a#b 'x # y' -", "first", ";line 1", ' "line 2"', ";", "last"];
    const { rows: count, ...read } = { rows: table(loop(["a", "b", "c"], ...rows)).rows };
    expect([count, read]).toEqual([3, {}]);
    const t = table(loop(["a", "b", "c"], ...rows));
    expect(t.strings("a")).toEqual(["two words", "a#b", "first"]);
    expect(t.strings("b")).toEqual(["it's", "x # y", 'line 1\n "line 2"']);
    expect(t.strings("c")).toEqual(["", "-", "last"]);
  });

  test("single values may be quoted or text fields", () => {
    const t = table("data_x\n_a 'x y'\n_b\n;one\ntwo\n;\n_c\nnext\n");
    expect(["a", "b", "c"].map((label) => t.strings(label)[0])).toEqual(["x y", "one\ntwo", "next"]);
  });

  test("a micrograph called 007 stays text, a name that looks like a keyword stays a row", () => {
    const t = table(loop(["rlnMicrographName", "rlnOpticsGroup"], "007 1", "data_1.mrc 2", "loop_ 3"));
    expect(t.strings("rlnMicrographName")).toEqual(["007", "data_1.mrc", "loop_"]);
    expect([...t.integers("rlnOpticsGroup")]).toEqual([1, 2, 3]);
  });

  test("labels give types: numbers, whole numbers, truth values", () => {
    const t = table(
      loop(["rlnDefocusU", "rlnOpticsGroup", "rlnIsHelix", "other"], "1.5e4 2 1 5e-1", "-3 3 0 4"),
    );
    expect([...t.numbers("rlnDefocusU")]).toEqual([15000, -3]);
    expect([...t.integers("rlnOpticsGroup")]).toEqual([2, 3]);
    expect(t.booleans("rlnIsHelix")).toEqual([true, false]);
    expect(t.strings("other")).toEqual(["5e-1", "4"]);
    expect([...t.numbers("other")]).toEqual([0.5, 4]);
  });

  test.each(["abc", "nan", "inf", "0x10", "0b1", "1,5", "--2", '""'])("%s is not a number", (value) => {
    const t = table(loop(["rlnDefocusU", "rlnMicrographName"], "1 a", `${value} b`));
    expect(() => t.numbers("rlnDefocusU")).toThrow(
      /^p.star: data_x, line 7, rlnDefocusU: found .*, expected a number$/,
    );
    expect(t.strings("rlnMicrographName")).toEqual(["a", "b"]);
  });

  test("a fraction is not a whole number, 2 no truth value, a missing label is named", () => {
    const t = table("data_x\n_rlnOpticsGroup 1.5\n_rlnIsHelix 2\n");
    expect(() => t.integers("rlnOpticsGroup")).toThrow(
      "p.star: data_x, line 2, rlnOpticsGroup: found 1.5, expected a whole number",
    );
    expect(() => t.booleans("rlnIsHelix")).toThrow("line 3, rlnIsHelix: found 2, expected 0 or 1");
    expect(() => t.numbers("rlnDefocusU")).toThrow(
      'p.star: data_x: found "no rlnDefocusU", expected this label',
    );
  });
});

describe("refusals name the line", () => {
  test.each([
    ["text before a block", "hello\ndata_x\n", 'line 1: found "hello", expected data_'],
    ["a label before a block", "_a 1\n", "line 1: found"],
    ["a loop before a block", "loop_\n", "line 1: found"],
    [
      "a short row",
      loop(["a", "b"], "1 2", "3", "4 5"),
      "line 7 (data_x): found 1, expected a row of 2 values",
    ],
    [
      "a short last row",
      loop(["a", "b"], "1 2", "3"),
      "line 7 (data_x): found 1, expected a row of 2 values",
    ],
    ["a long row", loop(["a", "b"], "1 2 3"), "line 6 (data_x): found 3, expected a row of 2 values"],
    ["a label twice", loop(["a", "a"]), 'line 5 (data_x): found "_a", expected each label once'],
    ["a block twice", "data_x\n_a 1\ndata_x\n", 'line 3 (data_x): found "data_x"'],
    ["a loop without labels", "data_x\nloop_\n", "expected labels after loop_"],
    ["rows without labels", "data_x\nloop_\n1 2\n", "line 3 (data_x)"],
    ["two loops in a block", `${loop(["a"], "1")}loop_\n_b\n`, "line 6 (data_x)"],
    ["a label without value", "data_x\n_a\n_b 1\n", "line 3 (data_x): found"],
    ["two values of a label", "data_x\n_a 1 2\n", "line 2 (data_x): found 2"],
    ["an open quote", loop(["a"], "'x"), "line 5: found \"'x\", expected a closing '"],
    ["an open text field", loop(["a"], ";x"), 'found "end of file"'],
    ["a label after rows", loop(["a"], "1", "_b"), 'line 6 (data_x): found "_b"'],
  ])("%s", (_name, text, message) => {
    expect(() => parseStar(text, "p.star")).toThrow(message);
  });
});
