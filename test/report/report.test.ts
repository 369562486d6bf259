import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { type Image, zeros } from "../../src/array/image.js";
import { Random } from "../../src/core/random.js";
import { readDataset } from "../../src/dataset/reader.js";
import { realismOfImages } from "../../src/evaluate/realism/images.js";
import { realismProtocol } from "../../src/evaluate/realism/profile.js";
import { encodePng } from "../../src/io/png/write.js";
import type { Estimates, MicrographEstimate } from "../../src/jobs/estimate/records.js";
import { ESTIMATES } from "../../src/jobs/estimate/run.js";
import { encodeRealism } from "../../src/jobs/evaluate/records.js";
import { planSimulation } from "../../src/jobs/simulate/plan.js";
import { simulateDataset } from "../../src/jobs/simulate/run.js";
import { parseMetrics } from "../../src/jobs/train/metrics.js";
import type { ReportData } from "../../src/report/data.js";
import { renderReport } from "../../src/report/render.js";
import { writeReport } from "../../src/report/run.js";
import { duration } from "../../src/report/training.js";
import { nodeFiles } from "../../src/runtime/files.js";
import { jobContext } from "../helpers/job-context.js";
import { scratchFolder } from "../helpers/scratch.js";
import { writeToyMap } from "../helpers/toy-map.js";

const noise = (seed: number, size = 160): Image => {
  const image = zeros(size, size);
  Random.of(seed, "report").fillNormal(image.data);
  return image;
};
const protocol = realismProtocol({ pixelSize: 2, patch: 32, tile: 128 });
const result = realismOfImages(
  [noise(1), noise(2)],
  [
    { name: "synthetic", images: [noise(3)] },
    { name: "<baseline>", images: [noise(4)] },
  ],
  { protocol, seed: 1 },
);
const estimate = (file: string, evidence: number, resolution: number | null): MicrographEstimate => ({
  ...{
    file,
    sha256: "0".repeat(64),
    shape: [160, 160],
    defocusU: 15000,
    defocusV: 14800,
    defocusAngle: 12.34,
  },
  ...{ phaseShift: 0, score: 0.7, evidence, resolution, ice: { mean: 0.9, lowest: 0.8 } },
  ...{ signalFraction: 0.2, backgroundFraction: 0.5, particles: 158, particleSize: 128 },
  files: {
    ...{ ctfPicture: "c.png", ctfCurve: "c.svg", ice: "i.mrc", icePreview: "i.png" },
    ...{ particlePicture: "p.svg", sizeCurve: "s.svg" },
  },
});
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
  introduction: ["Apoferritin & noise"],
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
      expect(text).toContain(`<th scope="row">${name}</th>`);
    }
    expect(text).toContain("Correlation 0.951 (1 = the same), offset 0.27 pixels");
    expect(text).toContain("450 steps in 45.0 s (10.00 a second)");
    const cells = ["15000", "14800", "12.3", "0.700", "90", "6.5", "0.90, 0.80", "158"];
    expect(text).toContain(`m1</th>${cells.map((cell) => `<td>${cell}</td>`).join("")}</tr>`);
    expect(text).toContain("No rings to speak of in 1 of them");
    expect(text).toContain("The folder of the estimates holds the pictures of 1 more.");
    expect(text).toMatch(/<details open><summary>m1<\/summary>[\s\S]*alt="fit of m1"/);
    expect(text).toContain("<td>1 min 30 s</td><td>75 %</td>");
    expect(text).toContain("cryogem 9.9.9, seed 42.");
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

describe("parseMetrics", () => {
  test("takes every figure of a line, the later of a step that stands there twice, and null as NaN", () => {
    const lines = [
      '{"step":1,"gan":2,"seconds":0.5,"waiting":0.1}',
      '{"step":2,"gan":9,"seconds":0.5}',
      '{"step":2,"gan":null,"seconds":0.6}',
    ];
    expect(parseMetrics(`${lines.join("\n")}\n`, "m")).toEqual([
      { step: 1, seconds: 0.5, figures: { gan: 2 } },
      { step: 2, seconds: 0.6, figures: { gan: Number.NaN } },
    ]);
    expect(() => parseMetrics('{"step":1,"seconds":1}\n{"step":"x"}', "m")).toThrow(
      /m: line 2, step: found "x"/,
    );
  });
});

describe("writeReport", () => {
  const dir = scratchFolder();
  const at = (name: string): string => join(dir, name);

  /** A circle around every particle of the first micrograph, on its true place in the middle 200 x 200 pixels. */
  async function expectCircles(html: string): Promise<void> {
    const dataset = await readDataset(nodeFiles, at("simulated"));
    for await (const { particles } of dataset.byMicrograph()) {
      const places = particles.map(({ x, y, originX, originY }) => [
        x - originX / 4 - 20,
        y - originY / 4 - 12,
      ]);
      const circles = places.map(
        ([x, y]) => `<circle cx="${hundredths(x! + 0.5)}" cy="${hundredths(y! + 0.5)}"`,
      );
      const found = circles.filter((circle) => html.includes(circle)).length;
      expect(found).toBeGreaterThan(5);
      expect(found).toBeGreaterThanOrEqual(
        places.filter((place) => place.every((at) => at! > 0 && at! < 200)).length,
      );
      return;
    }
  }
  const hundredths = (value: number): string => String(Math.round(value * 100) / 100);

  beforeAll(async () => {
    const map = writeToyMap(at("map.mrc"));
    const simulate = (out: string, snr?: number) =>
      simulateDataset(
        planSimulation({
          ...{
            map: [map],
            out: at(out),
            size: [224, 240] as const,
            pixelSize: 4,
            count: 2,
            particles: [14, 1],
            seed: 5,
          },
          ...(snr !== undefined && { snr }),
        }),
        jobContext().context,
      );
    await simulate("simulated");
    await simulate("synthetic", 0.5);
    const samples = Uint8Array.from({ length: 200 * 220 }, (_, i) => (i * 7919) & 255);
    writeFileSync(at("real.png"), encodePng({ shape: [200, 220], channels: 1, samples }));
    writeFileSync(at("realism.json"), encodeRealism("cryogem 9.9.9", result));
    const spread = { mean: 1, standardDeviation: 0 };
    const estimates: Estimates = {
      ...{ format: "cryogem-estimates", formatVersion: 1, program: "cryogem 9.9.9", options: {} },
      optics: { pixelSize: 4, voltage: 300, sphericalAberration: 2.7, amplitudeContrast: 0.1 },
      particleDiameter: 130,
      micrographs: [estimate("raw/m1.mrc", 90, 6.5)],
      distributions: {
        ...{
          defocus: spread,
          astigmatism: spread,
          astigmatismAngle: 0,
          signalFraction: spread,
          particles: null,
          particleSize: null,
        },
      },
      noise: { frequency: [0.1], power: [1], relativeDeviation: [0], anisotropy: { tile: 2, ratio: [1] } },
    };
    mkdirSync(at("estimates"));
    writeFileSync(at(`estimates/${ESTIMATES.record}`), JSON.stringify(estimates));
    for (const name of ["c.svg", ESTIMATES.noise])
      writeFileSync(at(`estimates/${name}`), `<svg id="${name}"/>`);
    for (const name of ["c.png", "i.png"]) writeFileSync(at(`estimates/${name}`), name);
    writeFileSync(at("metrics.jsonl"), '{"step":1,"gan":0.5,"seconds":0.1}\n');
  }, 60_000);

  test("finds the labelled particles again in the translated micrographs", async () => {
    const { context } = jobContext();
    await writeReport(
      {
        ...{ title: "Run", introduction: [], timings: [], commands: [], citations: [], seed: 5 },
        out: at("report.html"),
        real: at("real.png"),
        simulated: at("simulated"),
        synthetic: at("synthetic"),
        scores: { folder: dir, subject: "synthetic", baselines: ["<baseline>"] },
        estimates: at("estimates"),
        model: dir,
      },
      context,
    );
    const html = readFileSync(at("report.html"), "utf8");
    const [, correlation, offset] = /Correlation (\S+) \(1 = the same\), offset (\S+) pixels/.exec(html)!;
    expect(Number(correlation)).toBeGreaterThan(0.9);
    expect(Number(offset)).toBeLessThan(0.5);
    expect(html).toContain("1 step in 0.1 s");
    expect(html).toContain(`<img src="data:image/png;base64,${btoa("i.png")}"`);
    expect(html).toContain('<svg id="noise.svg"/>');
    expect(html).toMatch(/\d+ labelled particles are circled/);
    await expectCircles(html);
  });
});
