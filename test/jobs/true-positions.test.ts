import { readFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { readCoordinates } from "../../src/jobs/pick-score/read.js";
import { planPickTraining } from "../../src/jobs/pick-train/plan.js";
import { labelledMicrographs } from "../../src/jobs/pick-train/set.js";
import { openTrainingSet } from "../../src/jobs/train/set.js";
import { writeReport } from "../../src/report/run.js";
import { nodeFiles } from "../../src/runtime/files.js";
import { jobContext } from "../helpers/job-context.js";
import { scratchFolder } from "../helpers/scratch.js";
import { TINY_PARTICLES, writeTinyDataset } from "../helpers/toys/dataset.js";

const dir = scratchFolder();
const dataset = join(dir, "dataset");
const micrograph = join(dataset, "micrographs/000001.mrc");
const places = TINY_PARTICLES.map(({ at }) => at);

beforeAll(() => writeTinyDataset(dataset));

describe("particles of a dataset sit at their coordinates less their origins", () => {
  test("as the truth of pick score", async () => {
    const { picks } = await readCoordinates(nodeFiles, dataset, { warn: () => {} });
    const [own] = [...picks.values()];
    expect(own!.map(({ x, y }) => ({ x, y }))).toEqual(places);
  });

  test("as the labels of pick train, in pixels of the network's image", async () => {
    // a working diameter of 10 pixels for particles 20 angstrom across: the network sees the micrograph as it is
    const plan = planPickTraining({ dataset: [dataset], out: join(dir, "picker"), workingDiameter: 10 });
    const [only] = await labelledMicrographs(nodeFiles, plan, jobContext().context.report);
    const { centres, ignored, image } = await only!.load();
    expect([image.shape, ignored]).toEqual([[64, 72], []]);
    expect(centres).toEqual(places);
  });

  test("as the centres in the crops of train", async () => {
    const inputs = {
      real: [micrograph],
      simulated: dataset,
      estimates: undefined,
      crop: 32,
      flatten: false,
      holdsOut: false,
    };
    const { set } = await openTrainingSet(nodeFiles, inputs);
    expect((await set.simulated.load(0)).centres).toEqual(places);
  });

  test("as the circles of the report, moved with the crop that it shows", async () => {
    const out = join(dir, "report.html");
    const texts = { title: "t", introduction: [], timings: [], commands: [], citations: [], seed: 1 };
    const plan = { ...texts, out, real: micrograph, simulated: dataset, synthetic: dataset };
    await writeReport(plan, { files: nodeFiles, program: "cryogem 9.9.9" });
    const circles = [...readFileSync(out, "utf8").matchAll(/<circle cx="([0-9.]+)" cy="([0-9.]+)"/g)];
    // the middle 64 columns of 72 are shown; circles lie on the middle of their pixels
    const expected = places.map(({ x, y }) => [x - 4 + 0.5, y + 0.5]);
    expect(circles.slice(0, 2).map(([, x, y]) => [Number(x), Number(y)])).toEqual(expected);
  });
});
