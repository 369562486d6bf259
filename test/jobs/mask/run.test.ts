import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import type { Volume } from "../../../src/array/image.js";
import { writeMrc } from "../../../src/io/mrc/write.js";
import { makeMask, maskText } from "../../../src/jobs/mask/run.js";
import { colouredNoise, grainyParticle } from "../../evaluate/maps/noisy-maps.js";
import { readMapFile, relion, writeMap } from "../../evaluate/maps/relion.js";
import { jobContext } from "../../helpers/job-context.js";
import { scratchFolder } from "../../helpers/scratch.js";
import { hasProgram } from "../../physics/relion.js";

const folder = scratchFolder();
const particle = grainyParticle(48, 4);
const noise = colouredNoise(48, 4, 50, 3);
const noisy = { ...particle, data: particle.data.map((value, i) => value + 0.3 * noise.data[i]!) };
const map = writeMap(folder, "map.mrc", noisy);

async function mask(options: Omit<Parameters<typeof makeMask>[0], "map" | "out">, from = map) {
  const { context, warnings } = jobContext();
  const out = join(folder, "mask.mrc");
  const result = await makeMask({ map: from, out, ...options }, context);
  return { result, warnings, mask: readMapFile(out) };
}

describe("makeMask", () => {
  test("chooses a threshold that encloses the particle and none of the noise", async () => {
    const { result, warnings, mask: made } = await mask({});
    expect(warnings).toEqual([]);
    expect(result.lowPass).toBe(15);
    expect(result.dropped).toBeGreaterThan(0);
    const particleVoxels = particle.data.filter((value) => value > 0.5).length;
    expect(result.volume / (particleVoxels * 64)).toBeGreaterThan(0.9);
    expect(result.volume / (particleVoxels * 64)).toBeLessThan(1.6);
    expect(made.data[0]).toBe(0);
    expect(made.voxelSize).toBe(4);
    expect(maskText(result)).toContain("after a low-pass filter at 15 angstrom");
  });

  const withRelion = hasProgram("relion_mask_create") ? test : test.skip;
  withRelion(
    "is relion_mask_create's mask, low-pass filter included (needs relion_mask_create)",
    async () => {
      const { mask: made } = await mask({ threshold: 0.4, lowPass: 20, extend: 2, softEdge: 5 });
      const args = ["--i", map, "--o", "r.mrc", "--ini_threshold", 0.4, "--lowpass", 20, "--angpix", 4];
      relion("relion_mask_create", [...args, "--extend_inimask", 2, "--width_soft_edge", 5], folder);
      expect(made.data).toBeAllclose(readMapFile(join(folder, "r.mrc")).data, {
        relative: 0,
        absolute: 1e-3,
      });
    },
  );

  test("warns of a mask that reaches the edge of its box, and keeps the frame of the map", async () => {
    const framed = join(folder, "framed.mrc");
    writeFileSync(framed, writeMrc({ ...noisy, kind: "volume", origin: [8, 12, 16], start: [1, 2, 3] }));
    const { warnings } = await mask({ extend: 16 }, framed);
    expect(warnings).toEqual([expect.stringContaining("the mask reaches the edge of its box")]);
  });

  test.each([
    [
      "a threshold above everything",
      { threshold: 99 },
      noisy,
      "voxels of at least the threshold 99: found 0",
    ],
    ["inverted contrast", {}, { ...noisy, data: noisy.data.map((v) => -v) }, "is the contrast inverted?"],
    ["noise alone", {}, noise, "stands out of the noise"],
    [
      "a map of one value",
      {},
      { ...noisy, data: noisy.data.map(() => 5) },
      'bad.mrc: density: found "only 5", expected more than one value',
    ],
    ["a box that is no cube", {}, { ...noisy, shape: [24, 48, 96] as const }, "expected a cube"],
  ] as const)("refuses %s", async (_name, options, volume: Volume, message) => {
    await expect(mask(options, writeMap(folder, "bad.mrc", volume))).rejects.toThrow(message);
  });

  test("says that a filter is finer than the voxels, and names the map whose threshold cannot be chosen", async () => {
    expect((await mask({ lowPass: 3 })).warnings).toEqual([
      "`lowPass`: found 3, expected at least 8 angstrom, twice the pixel size: there is no finer detail",
    ]);
    const path = writeMap(folder, "noise.mrc", noise);
    await expect(mask({}, path)).rejects.toThrow(`${path}: share of the box whose density stands out`);
  });

  test("refuses NaN, and an output that is no map", async () => {
    const bytes = writeMrc({ ...noisy, kind: "volume" });
    new DataView(bytes.buffer).setFloat32(1024 + 4 * 4881, Number.NaN, true);
    writeFileSync(join(folder, "nan.mrc"), bytes);
    await expect(mask({}, join(folder, "nan.mrc"))).rejects.toThrow("nan.mrc: sample 4881: found NaN");
    const { context } = jobContext();
    await expect(makeMask({ map, out: join(folder, "mask.png") }, context)).rejects.toThrow("ends in .mrc");
  });
});
