import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { readDataset } from "../../src/dataset/reader.js";
import { encodePng } from "../../src/io/png/write.js";
import { ESTIMATES } from "../../src/jobs/estimate/run.js";
import { encodeRealism } from "../../src/jobs/evaluate/records.js";
import { planSimulation } from "../../src/jobs/simulate/plan.js";
import { simulateDataset } from "../../src/jobs/simulate/run.js";
import { writeReport } from "../../src/report/run.js";
import { nodeFiles } from "../../src/runtime/files.js";
import { jobContext } from "../helpers/job-context.js";
import { scratchFolder } from "../helpers/scratch.js";
import { toyEstimates } from "../helpers/toys/estimates.js";
import { writeToyMap } from "../helpers/toys/map.js";
import { estimate, result } from "./found.js";

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
    const estimates = toyEstimates({
      optics: { pixelSize: 4, voltage: 300, sphericalAberration: 2.7, amplitudeContrast: 0.1 },
      particleDiameter: 130,
      micrographs: [estimate("raw/m1.mrc", 90, 6.5)],
    });
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
