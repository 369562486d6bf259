import { describe, expect, test } from "vitest";
import type { ReportData } from "../../src/report/data.js";
import { pictureSection } from "../../src/report/pictures.js";
import { renderReport } from "../../src/report/render.js";
import { duration } from "../../src/report/training.js";
import { estimate, noise, result } from "./found.js";

const minimal: ReportData = {
  title: "Demo",
  program: "cryogem 9.9.9",
  seed: 42,
  introduction: [],
  pictures: [],
  timings: [],
  commands: [],
  citations: [],
};
const full: ReportData = {
  ...minimal,
  title: "A <b>run</b> & more",
  introduction: ["Apoferritin & noise with `goal: <map>`"],
  findings: [
    {
      ...{ about: "raw/<m3>.mrc", found: "it is empty & black", advice: "Leave it out." },
      figures: [{ kind: "png", bytes: new Uint8Array(3), caption: "preview of m3" }],
    },
  ],
  pictures: [
    { name: "real", image: noise(5), pixelSize: 2 },
    {
      name: "synthetic",
      image: noise(6),
      pixelSize: 2,
      marks: [{ x: 80, y: 80, partial: true }],
      markRadius: 20,
    },
  ],
  realism: { result, subject: "synthetic", baselines: ["<baseline>"] },
  particles: {
    synthetic: noise(7, 48),
    clean: noise(8, 48),
    count: 12,
    pixelSize: 2,
    counts: { particles: 240, lost: 3, moved: 2, invented: 1 },
    agreement: { correlation: 0.9512, offsetX: 0.25, offsetY: -0.1, offset: 0.27 },
  },
  training: Array.from({ length: 450 }, (_, i) => ({
    step: i + 1,
    seconds: 0.1,
    figures: { gan: 1 / (i + 1) },
  })),
  estimates: {
    micrographs: [estimate("raw/m1.mrc", 90, 6.5), estimate("raw/m2.mrc", 12, null)],
    figures: [{ name: "m1", figures: [{ kind: "png", bytes: new Uint8Array(3), caption: "fit of m1" }] }],
    overall: [],
  },
  timings: [
    { stage: "train", seconds: 90 },
    { stage: "generate", seconds: 30 },
  ],
  commands: [{ stage: "Simulate", line: 'cryogem simulate --real "a<b>"' }],
  citations: [{ name: "EMPIAR-10146", text: "tutorial data", url: "https://doi.org/10.6019/EMPIAR-10146" }],
};

test("a pixel size of many digits, as binning makes it, is shown with four", () => {
  const { body } = pictureSection([{ name: "real", image: noise(1), pixelSize: 3.7879669421487607 }]);
  expect(body).toContain("real, 3.788 Å/pixel");
  expect(body.includes("3.7879")).toBe(false);
});

describe("renderReport", () => {
  const html = renderReport(full);
  // outside of pictures and charts, which have tests of their own
  const text = html.replace(/<svg[\s\S]*?<\/svg>/g, "");

  test("needs nothing from elsewhere and runs no script", () => {
    expect(html).not.toMatch(/<script|<link|@import|url\(http|src="http|xlink:href="http/);
    const sources = [...html.matchAll(/(?:src|href)="([^"]*)"/g)].map(([, uri]) => uri!);
    expect(sources.every((uri) => /^(#|data:image\/png;base64,|https:\/\/doi\.org\/)/.test(uri))).toBe(true);
    expect(html).toMatch(/^<!DOCTYPE html>\n<html lang="en">/);
  });

  test("escapes what comes from outside", () => {
    expect(html).toContain("<title>A &lt;b&gt;run&lt;/b&gt; &amp; more</title>");
    expect(html).not.toMatch(/<baseline>|<b>run/);
    expect(html).toContain("--real &quot;a&lt;b&gt;&quot;");
    expect(html).toContain("<strong>raw/&lt;m3&gt;.mrc</strong>: it is empty &amp; black.<br>Leave it out.");
  });

  test("every section is in the contents, headings go down without a gap, every picture has words", () => {
    const targets = [...html.matchAll(/<a href="#([\w-]+)"/g)].map(([, id]) => id);
    const ids = [...html.matchAll(/<section id="([\w-]+)"/g)].map(([, id]) => id);
    expect(targets).toEqual(ids);
    expect(ids).toEqual([
      ...[
        "pictures",
        "findings",
        "realism",
        "particles",
        "training",
        "estimates",
        "timings",
        "commands",
        "citations",
      ],
    ]);
    const levels = [...text.matchAll(/<h([1-6])/g)].map(([, level]) => Number(level));
    expect(levels.every((level, i) => level <= (levels[i - 1] ?? 0) + 1)).toBe(true);
    expect(
      [...html.matchAll(/<svg[^>]*>/g)].filter(([tag]) => tag.includes('role="img"')).length,
    ).toBeGreaterThan(12);
  });

  test("shows floor, ceiling and candidates, and the figures of the run", () => {
    for (const name of ["real against real", "synthetic", "&lt;baseline&gt;", "white noise"]) {
      expect(text).toMatch(new RegExp(`<th scope="col">${name} \\(\\d+\\)</th>`));
    }
    expect(text).toContain('<th scope="row">Radial spectrum, RMS log10</th>');
    expect(text).toContain("<code>gan</code>: the generator's error");
    expect(text).not.toContain("`");
    expect(text).toContain("Correlation 0.951 (1 = the same), offset 0.27 pixels");
    expect(text).toContain("450 steps in 45.0 s (10.00 a second)");
    const cells = ["15000", "14800", "12.3", "0.700", "90", "6.5", "0.90, 0.80", "158"];
    expect(text).toContain(`m1</th>${cells.map((cell) => `<td>${cell}</td>`).join("")}</tr>`);
    expect(text).toContain("No rings to speak of in 1 of them");
    expect(text).toContain("The folder of the estimates holds the pictures of 1 more.");
    expect(text).toMatch(/<details open><summary>m1<\/summary>[\s\S]*alt="fit of m1"/);
    expect(text).toContain("<td>1 min 30 s</td><td>75 %</td>");
    expect(text).toContain("cryogem 9.9.9, seed 42.");
    expect(text).toContain("noise with <code>goal: &lt;map&gt;</code>");
  });

  test("whole micrographs stand at the width of a column, so that title and scale bar are legible", () => {
    const { body } = pictureSection([{ name: "real", image: noise(5, 700), pixelSize: 2 }]);
    const [whole, part] = [...body.matchAll(/<svg xmlns="[^"]*" viewBox="0 0 (\d+) /g)].map(([, width]) =>
      Number(width),
    );
    // 700 pixels: binned to 350, shown at 350; the part at full resolution has 384
    expect([whole, part]).toEqual([350, 384]);
    const wide = pictureSection([{ name: "real", image: noise(5, 600), pixelSize: 2 }]).body;
    expect(wide).toMatch(/<svg xmlns="[^"]*" viewBox="0 0 400 424"/);
  });

  test("is the same text for the same data, and leaves out what there is none of", () => {
    expect(renderReport(full)).toBe(html);
    expect(renderReport(minimal)).not.toContain("<section");
  });
});

describe("the size of the page", () => {
  const bytesOf = (text: string): number => new TextEncoder().encode(text).length;
  const figure = (name: string) => ({
    name,
    figures: [
      { kind: "png" as const, bytes: new Uint8Array(30_000).fill(name.charCodeAt(1)), caption: name },
    ],
  });
  const heavy: ReportData = {
    ...full,
    estimates: { ...full.estimates!, figures: ["m1", "m2", "m3"].map(figure) },
  };
  const whole = renderReport(heavy);

  test("pictures are left out, the last first, until it is small enough, and it says how many", () => {
    // each picture is 40 kB as text
    const most = bytesOf(whole) - 50_000;
    const html = renderReport(heavy, most);
    expect(bytesOf(html)).toBeLessThanOrEqual(most);
    expect(html).toContain('alt="m1"');
    expect(html).not.toContain('alt="m2"');
    expect(html).not.toContain('alt="m3"');
    expect(html).toContain("2 pictures or rows of pictures are left out");
  });

  test("one that fits is left as it is; what is no picture stays whatever the limit", () => {
    expect(renderReport(heavy, bytesOf(whole))).toBe(whole);
    expect(whole).not.toContain("left out. The folders");
    const least = renderReport(heavy, 1);
    expect(least).not.toContain("<img");
    expect(least).toContain("Correlation 0.951");
    expect(least).toContain("15000");
  });
});

describe("duration", () => {
  test.each([
    [3.14, "3.1 s"],
    [187, "3 min 07 s"],
    [7260, "2 h 1 min"],
  ])("%d seconds read %s", (seconds, words) => {
    expect(duration(seconds)).toBe(words);
  });
});
