import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { matchPicks } from "../../../src/evaluate/picking/matching.js";
import { readPicksStar } from "../../../src/io/picks/star.js";
import { readTopaz } from "../../../src/io/picks/topaz.js";
import { parseStar } from "../../../src/io/star/parse.js";
import { scratchFolder } from "../../helpers/scratch.js";
import { toyEstimates } from "../../helpers/toys/estimates.js";
import { writeToyMap } from "../../helpers/toys/map.js";
import { DEFOCUS, DIAMETER, OPTICS } from "../../pick/simulated.js";
import { SHAPE, toyPickRun } from "./toy-run.js";

const dir = scratchFolder();
const { pixelSize } = OPTICS;
const { micrographs, options, run } = toyPickRun(dir);

const text = (...path: readonly string[]): string => readFileSync(join(dir, ...path), "utf8");

/** A folder of estimates that knows the micrographs' defocus. */
function writeEstimates(name: string): string {
  const record = toyEstimates({
    ...{ optics: OPTICS, particleDiameter: DIAMETER },
    micrographs: micrographs.map(({ path }, i) => ({
      ...{
        file: path,
        sha256: "0".repeat(64),
        shape: [...SHAPE],
        ctfFrom: "fit",
        score: 1,
        evidence: 99,
        resolution: 10,
      },
      ...{ ...DEFOCUS, defocusU: DEFOCUS.defocusU + i },
      ...{ ice: { mean: 1, lowest: 1 }, signalFraction: 0.1, backgroundFraction: 0.5, particles: null },
      particleSize: null,
      files: {
        ...{ ctfPicture: "p", ctfCurve: "c", ice: "i", icePreview: "v" },
        ...{ particlePicture: "q", sizeCurve: "s" },
      },
    })),
  });
  mkdirSync(join(dir, name));
  writeFileSync(join(dir, name, "estimates.json"), JSON.stringify(record));
  return join(dir, name);
}

test("finds the particles with the CTF of the estimates and writes them for RELION with it", async () => {
  const map = writeToyMap(join(dir, "map.mrc"));
  const estimates = writeEstimates("estimates");
  const { log: _, ...base } = options("template", { template: map, angularStep: 45, estimates });
  const { record, warnings } = await run(base);
  expect(warnings).toEqual([]);
  expect(record.threshold.source).toBe("scores");
  const star = parseStar(text("template", "picks.star"), "picks.star");
  const particles = star.table("particles");
  expect(star.table("optics").numbers("rlnMicrographPixelSize")[0]).toBe(pixelSize);
  const picks = readPicksStar(text("template", "picks.star"), "picks.star", "");
  for (const { path, truth } of micrographs) {
    const own = picks.filter(({ micrograph }) => micrograph === path);
    const right = matchPicks(truth, own, 25 / pixelSize).filter((index) => index >= 0).length;
    expect(right / truth.length).toBeGreaterThan(0.9);
    expect(right / own.length).toBeGreaterThan(0.9);
  }
  const names = particles.strings("rlnMicrographName");
  particles.numbers("rlnDefocusU").forEach((defocus, row) => {
    expect(defocus).toBe(DEFOCUS.defocusU + micrographs.findIndex(({ path }) => path === names[row]));
  });
  expect(new Set(particles.numbers("rlnDefocusAngle"))).toEqual(new Set([DEFOCUS.defocusAngle]));
  // all peaks, weak ones too, stand in the Topaz text
  const all = readTopaz(text("template", "all-picks.txt"), "all-picks.txt");
  expect(all.length).toBeGreaterThan(1.5 * picks.length);
  const { value } = record.threshold;
  expect(all.filter(({ score }) => score! >= value)).toHaveLength(picks.length);
  expect(new Set(all.map(({ micrograph }) => micrograph))).toEqual(new Set(["mic.1", "mic.2"]));
});
