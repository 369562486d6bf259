import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { irfft3, rfft3 } from "../../../src/array/fft/fft.js";
import type { Volume } from "../../../src/array/image.js";
import { filterRadially, lowPassAt } from "../../../src/array/spectrum/shells.js";
import { fitGuinier, guinierPlot } from "../../../src/evaluate/maps/guinier.js";
import { createMask } from "../../../src/evaluate/maps/mask.js";
import { postprocess } from "../../../src/evaluate/maps/postprocess.js";
import { sharpen } from "../../../src/evaluate/maps/sharpen.js";
import { parseStar, type StarFile } from "../../../src/io/star/parse.js";
import type { StarTable } from "../../../src/io/star/table.js";
import { readTransferCurve } from "../../../src/io/transfer-curve.js";
import { scratchFolder } from "../../helpers/scratch.js";
import { hasProgram } from "../../physics/relion.js";
import { colouredNoise, grainyParticle, halfMaps } from "./noisy-maps.js";
import { readMapFile, relion, writeMap } from "./relion.js";

const BOX = 48;
const VOXEL = 3;
const halves = halfMaps(BOX, VOXEL, 0.05);
const mask = createMask(halves[0], { threshold: 0.8, extend: 3, softEdge: 6 });

describe("postprocess", () => {
  test("reads the unmasked curve where a mask of the wrong region loses the correlation", () => {
    const outside = { ...mask, data: mask.data.map((value) => 1 - value) };
    expect(postprocess(halves, { mask: outside, draws: 1 }).masking).toBe("mask reaches less far");
    expect(postprocess(halves, { mask: outside, draws: 1, forceMask: true }).masking).toBe("used");
    expect(postprocess(halves).masking).toBe("no mask");
  });

  test("halves that share no more than eight shells correlate to Nyquist under a tight mask, but not once corrected", () => {
    const particle = grainyParticle(BOX, VOXEL);
    const shared = rfft3(particle);
    filterRadially(shared, lowPassAt(8));
    const low = irfft3(shared, VOXEL);
    const noisy = [1, 2].map((seed) => {
      const noise = colouredNoise(BOX, VOXEL, 50, seed);
      return { ...low, data: low.data.map((value, i) => value + 0.1 * noise.data[i]!) };
    }) as [Volume, Volume];
    const { curves, lastShell } = postprocess(noisy, { mask: createMask(particle, { threshold: 1 }) });
    expect(Math.min(...curves!.masked)).toBeGreaterThan(0.9);
    expect(Math.max(...curves!.corrected.slice(10))).toBeLessThan(0.2);
    expect(lastShell).toBe(9); // the last before the curve is corrected: the first with random phases is 8
  });

  test("refuses halves so alike that no phases can be made random, and takes a resolution to begin at", () => {
    const same = [halves[0], halves[0]] as const;
    expect(() => postprocess(same, { mask })).toThrow("found at least 0.8 in every shell");
    expect(postprocess(same, { mask, randomiseFrom: 20, draws: 1 }).curves!.randomisedFrom).toBe(7);
  });
});

describe("sharpen", () => {
  test("takes away the B factor that a map was given", () => {
    const flat = colouredNoise(BOX, VOXEL, 0, 3);
    const damped = colouredNoise(BOX, VOXEL, 300, 3);
    expect(sharpen(flat, { bFactor: "fit", fitRange: [12, 0] }).bFactor).toBeCloseTo(0, -1.5);
    expect(sharpen(damped, { bFactor: "fit", fitRange: [12, 0] }).bFactor / -300).toBeCloseTo(1, 1);
  });

  test("a low-pass filter leaves nothing from one shell above its resolution on", () => {
    const { map } = sharpen(colouredNoise(BOX, VOXEL, 0, 4), { lowPass: 12 });
    const shell = Math.round((BOX * VOXEL) / 12);
    const { logAmplitude } = guinierPlot(rfft3(map), VOXEL);
    expect(logAmplitude[shell + 2]! - logAmplitude[shell - 2]!).toBeLessThan(-12);
  });

  test("the fitted line is that of the shells in its range alone", () => {
    const spectrum = rfft3(colouredNoise(BOX, VOXEL, 300, 5));
    const { slope } = fitGuinier(guinierPlot(spectrum, VOXEL), 8, 0);
    filterRadially(spectrum, (radius) => (radius < (BOX * VOXEL) / 8 - 1 ? Math.exp(-radius) : 1));
    expect(fitGuinier(guinierPlot(spectrum, VOXEL), 8, 0).slope).toBeCloseTo(slope, 6);
    expect(slope / (-300 / 4)).toBeCloseTo(1, 0);
  });

  test("refuses an MTF that reaches zero", () => {
    const mtf = { frequency: [0, 0.5], value: [1, 0] };
    expect(() => sharpen(halves[0], { mtf })).toThrow("MTF: found 0, expected more than 0");
  });
});

const withRelion = hasProgram("relion_postprocess") ? test : test.skip;

describe("against RELION 3.1.3 (needs relion_postprocess)", () => {
  const folder = scratchFolder();
  // its summary of pictures goes beside the output, into a folder that must be there
  mkdirSync(join(folder, "out"));
  const run = (...args: (string | number)[]) => {
    const inputs = halves.map((half, i) => writeMap(folder, `half${i + 1}.mrc`, half));
    relion("relion_postprocess", ["--i", inputs[0]!, "--i2", inputs[1]!, "--o", "out/post", ...args], folder);
    const text = readFileSync(join(folder, "out/post.star"), "utf8");
    return { tables: parseStar(text, "post.star"), map: readMapFile(join(folder, "out/post.mrc")) };
  };

  withRelion("with a mask: the same curves, the same shell", () => {
    const { tables } = run("--mask", writeMap(folder, "mask.mrc", mask));
    const expected = block(tables, "fsc");
    const { curves, fsc, lastShell, resolution } = postprocess(halves, { mask, draws: 8 });
    const close = { relative: 0, absolute: 1e-5 };
    expect(curves!.unmasked.slice(1)).toBeAllclose(
      expected.numbers("rlnFourierShellCorrelationUnmaskedMaps").slice(1),
      close,
    );
    expect(curves!.masked).toBeAllclose(expected.numbers("rlnFourierShellCorrelationMaskedMaps"), close);
    const general = block(tables, "general");
    expect((BOX * VOXEL) / curves!.randomisedFrom).toBeCloseTo(general.numbers("rlnRandomiseFrom")[0]!, 4);
    // RELION draws its phases once: its curve lies about as far from the mean of ours as ours do
    const corrected = expected.numbers("rlnFourierShellCorrelationCorrected");
    const from = curves!.randomisedFrom + 2;
    expect(fsc.correlation.slice(0, from)).toBeAllclose(corrected.slice(0, from), close);
    const size = (values: Float64Array): number =>
      Math.sqrt(values.slice(from).reduce((sum, v) => sum + v * v, 0) / (values.length - from));
    const ratio =
      size(corrected.map((value, s) => value - fsc.correlation[s]!)) / size(curves!.correctedSpread);
    expect(ratio).toBeGreaterThan(0.4);
    expect(ratio).toBeLessThan(2);
    expect(resolution).toBeCloseTo(general.numbers("rlnFinalResolution")[0]!, 4);
    expect(lastShell).toBeGreaterThan(8);
  });

  withRelion("the same sharpened map from the same curve: MTF, weights, Guinier fit and filter", () => {
    const curve = "data_\n\nloop_\n_rlnResolutionInversePixel #1\n_rlnMtfValue #2\n";
    const rows = Array.from({ length: 501 }, (_, i) => `${i / 1000} ${1 - 0.8 * (i / 500)}`);
    writeFileSync(join(folder, "mtf.star"), `${curve}${rows.join("\n")}\n`);
    const { tables, map } = run(
      ...["--mask", writeMap(folder, "mask.mrc", mask), "--mtf", "mtf.star", "--mtf_angpix", 1.5],
      ...["--auto_bfac", "--autob_lowres", 18, "--low_pass", 8],
    );
    const mean = { ...halves[0], data: halves[0].data.map((v, i) => 0.5 * (v + halves[1].data[i]!)) };
    const found = sharpen(mean, {
      mtf: readTransferCurve(readFileSync(join(folder, "mtf.star")), "mtf.star"),
      mtfPixelSize: 1.5,
      fsc: block(tables, "fsc").numbers("rlnFourierShellCorrelationCorrected"),
      ...{ bFactor: "fit", fitRange: [18, 0], lowPass: 8 },
    });
    const general = block(tables, "general");
    expect(found.bFactor / general.numbers("rlnBfactorUsedForSharpening")[0]!).toBeCloseTo(1, 3);
    expect(found.fit!.intercept).toBeCloseTo(general.numbers("rlnFittedInterceptGuinierPlot")[0]!, 2);
    expect(found.fit!.correlation).toBeCloseTo(general.numbers("rlnCorrelationFitGuinierPlot")[0]!, 3);
    const deviation = Math.sqrt(map.data.reduce((sum, v) => sum + v * v, 0) / map.data.length);
    expect(found.map.data).toBeAllclose(map.data, { relative: 0, absolute: 3e-3 * deviation });
    const guinier = block(tables, "guinier");
    for (const [name, plot] of [
      ["rlnLogAmplitudesOriginal", found.guinier.input],
      ["rlnLogAmplitudesMTFCorrected", found.guinier.overMtf],
      ["rlnLogAmplitudesWeighted", found.guinier.weighted],
      ["rlnLogAmplitudesSharpened", found.guinier.sharpened],
    ] as const) {
      expect(plot.logAmplitude).toBeAllclose(guinier.numbers(name), { relative: 0, absolute: 2e-3 });
    }
  });
});

function block(file: StarFile, name: string): StarTable {
  return file.tables.find((table) => table.name === name)!;
}
