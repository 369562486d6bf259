import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { correlation, mean } from "../../../src/array/statistics.js";
import { fourierShellCorrelation } from "../../../src/evaluate/maps/fsc.js";
import { readVolume } from "../../../src/io/mrc/read.js";
import { spoilParticles } from "../../../src/jobs/control/run.js";
import { jobContext } from "../../helpers/job-context.js";
import { scratchFolder } from "../../helpers/scratch.js";
import { refineToy } from "./refine-toy.js";
import { TOY_PIXEL, toyRefinement } from "./toy-refinement.js";

const folder = scratchFolder();

// Henderson 2013, PNAS 110:18037
test("noise refined against a map brings it back, but its halves stay at chance beyond the first low-pass filter", async () => {
  const [box, shell] = [28, 4];
  const toy = toyRefinement(join(folder, "toy"), { count: 80, box, shell });
  const star = join(folder, "noise.star");
  await spoilParticles({ kind: "noise", particles: toy.star, out: star, seed: 4 }, jobContext().context);
  const side = box * TOY_PIXEL;
  const { at, record } = await refineToy({ ...toy, star }, join(folder, "out"), {
    ...{ iterations: 3, initialLowPass: side / shell },
  });
  // what the filter lets through; particles go beyond that at once (run.test.ts)
  expect(record.resolution).toBeGreaterThanOrEqual(side / (shell + 1));
  const [first, second] = ["half1.mrc", "half2.mrc"].map((name) => readVolume(readFileSync(at(name)), name));
  const halves = fourierShellCorrelation(first!, second!).correlation;
  const beyond = [...halves.subarray(shell + 2, 2 * shell + 6)];
  expect(Math.abs(mean(beyond))).toBeLessThan(0.15);
  expect(Math.max(...beyond)).toBeLessThan(0.35);
  // the danger: the map looks like the reference
  const map = readVolume(readFileSync(at("map.mrc")), "map");
  const reference = readVolume(readFileSync(toy.reference), "reference");
  expect(correlation(map.data, reference.data)).toBeGreaterThan(0.3);
});
