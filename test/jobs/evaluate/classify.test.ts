import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { Random } from "../../../src/core/random.js";
import { summarise } from "../../../src/evaluate/spread.js";
import { writeMrc } from "../../../src/io/mrc/write.js";
import { encodePng } from "../../../src/io/png/write.js";
import { classifierText, classifyRealism } from "../../../src/jobs/evaluate/classify.js";
import { planRealism } from "../../../src/jobs/evaluate/plan.js";
import { openOnnxCpu } from "../../../src/runtime/onnx/cpu.js";
import { jobContext } from "../../helpers/job-context.js";
import { scratchFolder } from "../../helpers/scratch.js";

const dir = scratchFolder();
const SIDE = 96;

/** Micrographs of white noise, with a wave along x of some height. */
function micrographs(folder: string, count: number, wave: number): string[] {
  mkdirSync(join(dir, folder), { recursive: true });
  return Array.from({ length: count }, (_, index) => {
    const data = Random.of(index, folder).fillNormal(new Float32Array(SIDE * SIDE));
    for (let i = 0; i < data.length; i++) data[i]! += wave * Math.sin(i % SIDE);
    const path = join(dir, folder, `${index}.mrc`);
    writeFileSync(path, writeMrc({ data, shape: [1, SIDE, SIDE], voxelSize: 3, kind: "image" }));
    return path;
  });
}

const real = micrographs("real", 6, 0);
micrographs("waves", 4, 0.7);
const given = { real, synthetic: [join(dir, "waves")], out: join(dir, "out"), pixelSize: 3 };
const { context } = jobContext();
const machine = { ...context, runtime: async () => openOnnxCpu({ threads: 1 }) };

describe("classifyRealism", () => {
  test("a set with a texture of its own is told, real from real is not; the pictures show the patches", async () => {
    const plan = planRealism({
      ...given,
      ...{ classifier: true, classifierPatch: 32, classifierSteps: 40, classifierSeeds: 1 },
    });
    const rows = await classifyRealism({ ...plan, classifier: plan.classifier! }, machine);
    const of = (role: string) => rows.find((row) => row.role === role && row.band === "full")!;
    expect(of("candidate").accuracy.mean).toBeGreaterThan(0.9);
    expect(of("floor").accuracy.mean).toBeLessThan(0.75);
    expect(of("candidate").micrographs).toEqual([4, 6]);
    expect(rows.map(({ band }) => band).slice(0, 3)).toEqual(["full", "coarse", "fine"]);
    const sheet = readFileSync(join(dir, "out", "surest-waves-full.svg"), "utf8");
    expect(sheet.match(/<image /g)).toHaveLength(32);
    expect(readFileSync(join(dir, "out", "classifier.txt"), "utf8")).toBe(
      classifierText(rows, plan.classifier!),
    );
    expect(
      readFileSync(join(dir, "out", "classifier.csv"), "utf8")
        .trim()
        .split("\n"),
    ).toHaveLength(10);
  });

  test("the text has a spread only of several seeds, and says what a score below chance means", () => {
    const plan = planRealism({ ...given, classifier: true }).classifier!;
    const score = (...values: number[]) => summarise(values);
    const row = { name: "made", role: "candidate", band: "full", micrographs: [8, 2] } as const;
    const one = classifierText([{ ...row, accuracy: score(0.4), auc: score(0.1) }], { ...plan, seeds: 1 });
    expect(one).toMatch(/^made +full +0\.400 +0\.100 +8 and 2$/m);
    expect(one).toMatch(
      /One seed\.\nFar below 0\.5 the network has learned to tell the few micrographs apart/,
    );
    const two = classifierText([{ ...row, accuracy: score(0.5, 0.7), auc: score(0.6, 0.6) }], {
      ...plan,
      seeds: 2,
    });
    expect(two).toMatch(/^made +full +0\.600 ± 0\.141 +0\.600 ± 0\.000 +8 and 2$/m);
    expect(two).toMatch(/over 2 seeds, each with its own halves\.\n$/);
  });

  test("with masks the table has columns for particles and for what lies between them", async () => {
    mkdirSync(join(dir, "masks"));
    for (const path of real) {
      const data = Uint8Array.from({ length: SIDE * SIDE }, (_, i) => 255 * Number(i % SIDE < 32));
      const png = encodePng({ shape: [SIDE, SIDE], channels: 1, samples: data });
      writeFileSync(join(dir, "masks", path.replace(/^.*\/(.*)\.mrc$/, "$1.png")), png);
    }
    const plan = planRealism({
      ...{ ...given, out: join(dir, "places"), realMasks: join(dir, "masks") },
      ...{ classifier: true, classifierPatch: 32, classifierSteps: 2, classifierSeeds: 1 },
    });
    const rows = await classifyRealism({ ...plan, classifier: plan.classifier! }, machine);
    const [floor] = rows;
    expect(Object.keys(floor!.places!)).toEqual(["particles", "background"]);
    // a folder of micrographs has no masks
    expect(rows.find(({ role }) => role === "candidate")).not.toHaveProperty("places");
    const text = readFileSync(join(dir, "places", "classifier.txt"), "utf8");
    expect(text).toMatch(/AUC +on particles +between them +micrographs/);
    const [header, first] = readFileSync(join(dir, "places", "classifier.csv"), "utf8").split("\n");
    expect(header!.split(",").slice(7)).toEqual([
      ...["accuracy_on_particles", "accuracy_on_particles_spread"],
      ...["accuracy_between_particles", "accuracy_between_particles_spread"],
    ]);
    expect(Number(first!.split(",")[9])).toBe(floor!.places!.background.mean);
  });

  test("a side that the halvings do not divide, and a single real micrograph, are refused", async () => {
    expect(() => planRealism({ ...given, classifier: true, classifierPatch: 40 })).toThrow(/classifierPatch/);
    const plan = planRealism({ ...given, real: real.slice(0, 1), classifier: true });
    await expect(classifyRealism({ ...plan, classifier: plan.classifier! }, machine)).rejects.toThrow(/real/);
  });
});
