import { readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { beforeAll, describe, expect, test } from "vitest";
import { correlation, moments } from "../../../src/array/statistics.js";
import { readDataset, readMicrograph } from "../../../src/dataset/reader.js";
import { readMrc, readVolume } from "../../../src/io/mrc/read.js";
import { writeMrc } from "../../../src/io/mrc/write.js";
import { planGeneration } from "../../../src/jobs/generate/plan.js";
import { generateDataset } from "../../../src/jobs/generate/run.js";
import { planTraining } from "../../../src/jobs/train/plan.js";
import { trainTranslator } from "../../../src/jobs/train/run.js";
import { nodeFiles } from "../../../src/runtime/files.js";
import { interruptedContext } from "../../helpers/job-context.js";
import { snapshot } from "../../helpers/snapshot.js";
import { toyTrainingJob } from "../../helpers/toys/training-job.js";

const { at, real, simulate, contextOf, generate, prepare } = toyTrainingJob();

beforeAll(prepare, 120_000);

describe("generate", () => {
  test("keeps every label and every footprint, and gives the micrographs the contrast of the real ones", async () => {
    await generate("synthetic");
    for (const name of ["micrographs.star", "particles.star", "truth.jsonl", "masks/000001.png"]) {
      expect(readFileSync(at(`synthetic/${name}`), "utf8"), name).toBe(
        readFileSync(at(`simulated/${name}`), "utf8"),
      );
    }
    const dataset = await readDataset(nodeFiles, at("synthetic"));
    const clean = await readDataset(nodeFiles, at("simulated"));
    expect(dataset.manifest.command).toBe("generate");
    expect(dataset.manifest.particles).toBe(clean.manifest.particles);
    for (const [i, record] of dataset.manifest.micrographs.entries()) {
      const made = await readMicrograph(nodeFiles, at("synthetic"), record);
      const source = await readMicrograph(nodeFiles, at("simulated"), clean.manifest.micrographs[i]!);
      const { mean, variance } = moments(made.data);
      expect(mean).toBeGreaterThan(490);
      expect(mean).toBeLessThan(510);
      expect(Math.sqrt(variance)).toBeGreaterThan(12);
      expect(Math.sqrt(variance)).toBeLessThan(28);
      expect(correlation(made.data, source.data)).toBeGreaterThan(0.1);
    }
  });

  test("labels in other forms come on request, later too", async () => {
    await generate("labelled", { labels: ["topaz"] });
    expect(readdirSync(at("labelled/labels"))).toEqual(["topaz-images.txt", "topaz.txt"]);
    await generate("labelled", { labels: ["topaz", "coco"] });
    expect(readdirSync(at("labelled/labels"))).toEqual(["coco.json", "topaz-images.txt", "topaz.txt"]);
  });

  test("interrupted and run again, the bytes are the same; a lost micrograph is made again", async () => {
    const plan = planGeneration({ model: at("model"), simulated: at("simulated"), out: at("broken") });
    await expect(generateDataset(plan, interruptedContext(contextOf, 1))).rejects.toThrow(/abort/i);
    await generate("broken");
    const whole = snapshot(at("synthetic"));
    expect(snapshot(at("broken"))).toEqual(whole);
    rmSync(at("broken/micrographs/000002.mrc"));
    await generate("broken");
    expect(snapshot(at("broken"))).toEqual(whole);
  });

  test("another seed gives other noise", async () => {
    await generate("other", { seed: 2 });
    const [a, b] = ["synthetic", "other"].map((name) => readFileSync(at(`${name}/micrographs/000001.mrc`)));
    expect(a!.equals(b!)).toBe(false);
  });

  test("another pixel size than the model's is refused", async () => {
    await simulate("scaled", { pixelSize: 5 });
    await expect(generate("refused", { simulated: at("scaled") })).rejects.toThrow(
      /scaled: found a pixel size of 5 angstrom, expected 4, for which/,
    );
    await expect(generate("refused", { simulated: at("synthetic") })).rejects.toThrow(
      /synthetic: found a dataset that `generate` wrote, expected one of `simulate`/,
    );
    await expect(generate("model", {})).rejects.toThrow(/model: found a folder with other files/);
  });

  test("a map in other units is warned of, and `signal` makes up for it", async () => {
    const path = at("map.mrc");
    const map = readVolume(readFileSync(path), path);
    const faint = { ...map, data: map.data.map((value) => value / 1024) };
    writeFileSync(at("faint.mrc"), writeMrc({ ...faint, kind: "volume" }));
    await simulate("faint", { map: [at("faint.mrc")] });
    const options = { model: at("model"), simulated: at("faint") };
    const job = contextOf();
    await generateDataset(planGeneration({ ...options, out: at("lost") }), job.context);
    const factor = Number(/`signal` ([\d.e+]+) makes them alike/.exec(job.warnings[0]!)![1]);
    expect(factor / 1024).toBeGreaterThan(0.4);
    expect(factor / 1024).toBeLessThan(2.3);
    const again = contextOf();
    await generateDataset(planGeneration({ ...options, out: at("found"), signal: 1024 }), again.context);
    expect(again.warnings).toEqual([]);
    for (const index of [1, 2, 3]) {
      const micrograph = `micrographs/00000${index}.mrc`;
      const [found, made] = ["found", "synthetic"].map((name) =>
        readMrc(readFileSync(at(`${name}/${micrograph}`)), micrograph),
      );
      expect(correlation(found!.data, made!.data)).toBeGreaterThan(0.9999);
    }
  });

  test.each(["gaussian", "poisson", "poisson-gaussian", "coloured-gaussian"] as const)(
    "%s is trained and applied by the same two commands",
    async (translator) => {
      const job = contextOf();
      const options = { translator, real, simulated: at("simulated"), out: at(`model-${translator}`) };
      await trainTranslator(planTraining(options), job.context);
      await generate(`synthetic-${translator}`, { model: at(`model-${translator}`) });
      expect(readdirSync(at(`synthetic-${translator}/micrographs`))).toHaveLength(3);
    },
  );
});
