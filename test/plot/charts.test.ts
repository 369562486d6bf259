import { describe, expect, test } from "vitest";
import { tickText } from "../../src/plot/axes.js";
import { dotChart } from "../../src/plot/dot-chart.js";
import { histogramChart } from "../../src/plot/histogram-chart.js";
import { lineChart } from "../../src/plot/line-chart.js";
import { seriesStyle } from "../../src/plot/palette.js";
import { element, escapeText } from "../../src/plot/svg.js";
import { attributesOf, pathPoints, wellFormed } from "./markup.js";

describe("svg", () => {
  test("escapes text and attributes", () => {
    expect(escapeText(`<a href="x">&`)).toBe("&lt;a href=&quot;x&quot;&gt;&amp;");
    expect(element("g", { id: `"<`, x: 1.23456, y: undefined })).toBe(`<g id="&quot;&lt;" x="1.23"/>`);
  });

  test("what XML cannot hold is shown, so that any name gives a document", () => {
    expect(escapeText("a\x1b[31m\0\x7f\ud800\uffff")).toBe("a\u241b[31m\u2400\u2421\ufffd\ufffd");
    // tab, line ends and what lies beyond 16 bits are XML's own
    expect(escapeText("a\t\n\r😀")).toBe("a\t\n\r😀");
    for (let code = 0; code < 0x20; code++) {
      const markup = element(
        "text",
        { id: `x${String.fromCharCode(code)}` },
        escapeText(String.fromCharCode(code)),
      );
      // biome-ignore lint/suspicious/noControlCharactersInRegex: these must be gone
      expect(markup).not.toMatch(/[\0-\x08\x0b\x0c\x0e-\x1f]/);
    }
  });

  test.each([
    [0, "0"],
    [-0.25, "−0.25"],
    [0.1 + 0.2, "0.3"],
    [100000, "1e5"],
    [0.0002, "2e−4"],
  ])("a tick at %d reads %s", (value, text) => {
    expect(tickText(value)).toBe(text);
  });

  test("the first seven series differ in colour and in dash", () => {
    const styles = Array.from({ length: 7 }, (_, i) => seriesStyle(i));
    expect(new Set(styles.map(({ colour }) => colour)).size).toBe(7);
    expect(new Set(styles.map(({ dash }) => dash)).size).toBe(7);
  });
});

describe("lineChart", () => {
  const chart = lineChart({
    title: "Spectra <of> & all",
    x: { label: "frequency", domain: [0, 10] },
    y: { label: "power", scale: "log", domain: [1, 100] },
    series: [{ name: "real", x: [0, 5, 10], y: [1, 10, 100] }],
    levels: [{ name: "threshold", y: 10 }],
  });

  test("is one well-formed document that speaks its title", () => {
    expect(wellFormed(chart)).toBe(true);
    expect(chart).toContain('role="img"');
    expect(chart).toContain("<title>Spectra &lt;of&gt; &amp; all</title>");
    expect(chart).toContain("Line chart of power over frequency: real.");
  });

  test("a power law is a straight line from corner to corner of the frame on a logarithm", () => {
    const points = pathPoints(attributesOf(chart, "path")[0]!["d"]!);
    const frame = attributesOf(chart, "rect").find((rect) => rect["stroke"] === "#444")!;
    const [left, top, width, height] = ["x", "y", "width", "height"].map((key) => Number(frame[key]));
    expect(points[0]).toEqual([left, top! + height!]);
    expect(points[1]).toEqual([left! + width! / 2, top! + height! / 2]);
    expect(points[2]).toEqual([left! + width!, top]);
    const level = attributesOf(chart, "line").find((line) => line["stroke"] === "#888")!;
    expect(Number(level["y1"])).toBe(points[1]![1]);
  });

  test("what a logarithm cannot show leaves a gap", () => {
    const gap = lineChart({
      title: "gap",
      x: { label: "x" },
      y: { label: "y", scale: "log" },
      series: [{ name: "a", x: [1, 2, 3, 4, 5], y: [1, 2, 0, Number.NaN, 3] }],
    });
    const path = attributesOf(gap, "path")[0]!["d"]!;
    expect(path.match(/M/g)).toHaveLength(2);
    expect(path).not.toContain("NaN");
  });

  test("a series without points, or of one value, still draws its axes", () => {
    for (const y of [[], [3], [Number.NaN]]) {
      const empty = lineChart({
        title: "t",
        x: { label: "x" },
        y: { label: "y" },
        series: [{ name: "a", x: y, y }],
      });
      expect(wellFormed(empty)).toBe(true);
      expect(empty).not.toContain("NaN");
    }
  });
});

describe("histogramChart", () => {
  test("outlines have area 1 each over common bins", () => {
    const chart = histogramChart({
      title: "h",
      xLabel: "value",
      bins: 10,
      samples: [
        { name: "a", values: Array.from({ length: 100 }, (_, i) => i / 100) },
        { name: "b", values: Array.from({ length: 50 }, (_, i) => i / 50) },
      ],
    });
    const [a, b] = attributesOf(chart, "path").map((path) => pathPoints(path["d"]!));
    const frame = attributesOf(chart, "rect").find((rect) => rect["stroke"] === "#444")!;
    const bottom = Number(frame["y"]) + Number(frame["height"]);
    const area = (points: readonly (readonly [number, number])[]): number =>
      points.reduce((sum, [x, y], i) => sum + (i % 2 === 1 ? (x - points[i - 1]![0]) * (bottom - y) : 0), 0);
    expect(area(a!) / area(b!)).toBeCloseTo(1, 2);
    expect(a!.map(([x]) => x)).toEqual(b!.map(([x]) => x));
  });
});

describe("dotChart", () => {
  test("dots lie in the order of their values, references are hollow", () => {
    const chart = dotChart({
      title: "scores",
      panels: [
        {
          title: "distance",
          dots: [
            { name: "floor", value: 1, spread: 0.5, reference: true },
            { name: "synthetic", value: 2, spread: 0 },
          ],
        },
      ],
    });
    expect(wellFormed(chart)).toBe(true);
    const [first, second] = attributesOf(chart, "circle");
    expect(Number(first!["cx"])).toBeLessThan(Number(second!["cx"]));
    expect([first!["fill"], second!["fill"]]).toEqual(["#fff", "#0072b2"]);
    expect(chart).toContain("distance: floor 1 ± 0.5, synthetic 2 ± 0.");
  });
});
