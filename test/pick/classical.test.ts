import { describe, expect, test } from "vitest";
import { type Image, zeros } from "../../src/array/image.js";
import { mean } from "../../src/array/statistics.js";
import { Random } from "../../src/core/random.js";
import { eulerToMatrix, type RotationMatrix, uniformRotation } from "../../src/core/rotation.js";
import { symmetricAngle, symmetryOperators } from "../../src/core/symmetry.js";
import { matchPicks } from "../../src/evaluate/picking/matching.js";
import { scorePicking } from "../../src/evaluate/picking/picking.js";
import { laplacianScorer } from "../../src/pick/laplacian.js";
import { findPeaks } from "../../src/pick/peaks.js";
import type { Scorer } from "../../src/pick/scorer.js";
import { prepareTemplates } from "../../src/pick/template/images.js";
import { templateScorer } from "../../src/pick/template/template.js";
import { templateViews } from "../../src/pick/template/views.js";
import { toyVolume } from "../helpers/toys/map.js";
import { DEFOCUS, DIAMETER, noisyMicrograph, OPTICS } from "./simulated.js";

const { pixelSize } = OPTICS;
const noise = (rows: number, columns: number, seed: number): Image => {
  const image = zeros(rows, columns);
  Random.of(seed, "pure noise").fillNormal(image.data);
  return image;
};
const picksOf = async (scorer: Scorer, image: Image, distance = DIAMETER / 2) =>
  findPeaks(await scorer.score(image), image.shape, { distance: distance / pixelSize });

describe("laplacianScorer", () => {
  /** Dark discs on a light ground. */
  const discs = (places: readonly (readonly [x: number, y: number, radius: number])[]): Image => {
    const image = noise(200, 240, 3);
    image.data.forEach((value, i) => {
      const [x, y] = [i % 240, Math.floor(i / 240)];
      const isDark = places.some(([u, v, r]) => (x - u) ** 2 + (y - v) ** 2 <= r * r);
      image.data[i] = 700 + 5 * value - (isDark ? 40 : 0);
    });
    return image;
  };

  test.each([
    [1, [60.5, 120, 180], [50, 100.25, 150]],
    [3, [60.5, 180], [100.25]],
  ])("finds discs of radius 8 x %i at their centres", async (size, columns, rows) => {
    const places = columns.flatMap((x) => rows.map((y) => [x, y, 8 * size] as const));
    const scorer = laplacianScorer({ pixelSize: 2, diameters: [32 * size, 32 * size] });
    const picks = findPeaks(await scorer.score(discs(places)), [200, 240], { distance: 8 * size });
    for (const [x, y] of places) {
      const nearest = Math.min(...picks.slice(0, places.length).map((p) => Math.hypot(p.x - x, p.y - y)));
      expect(nearest).toBeLessThan(0.4);
    }
    expect(picks[places.length - 1]!.score).toBeGreaterThan(1.5 * picks[places.length]!.score);
  });

  test("the middle of a disc answers most to its own diameter", async () => {
    const image = discs([[120, 100, 20]]);
    const answer = async (diameter: number): Promise<number> => {
      const { image: map, scale } = await laplacianScorer({
        pixelSize: 1,
        diameters: [diameter, diameter],
      }).score(image);
      const [row, column] = [Math.round(100.5 / scale - 0.5), Math.round(120.5 / scale - 0.5)];
      return map.data[row * map.shape[1] + column]!;
    };
    const answers = [await answer(20), await answer(40), await answer(80)];
    expect(Math.max(...answers)).toBe(answers[1]);
  });

  test("with a range of diameters small and large discs are both found", async () => {
    const image = discs([
      [60, 60, 8],
      [160, 120, 24],
    ]);
    const picks = findPeaks(
      await laplacianScorer({ pixelSize: 1, diameters: [16, 48] }).score(image),
      [200, 240],
      {
        distance: 8,
      },
    );
    const strongest = picks.slice(0, 2).sort((a, b) => a.x - b.x);
    expect(Math.hypot(strongest[0]!.x - 60, strongest[0]!.y - 60)).toBeLessThan(1.5);
    expect(Math.hypot(strongest[1]!.x - 160, strongest[1]!.y - 120)).toBeLessThan(3);
  });

  test("gain, offset and a hot pixel change nothing", async () => {
    const image = discs([[90, 90, 10]]);
    const scorer = laplacianScorer({ pixelSize: 1, diameters: [20, 20] });
    const { image: before } = await scorer.score(image);
    const changed = image.data.map((value) => 3 * value - 4000);
    const { image: after } = await scorer.score({ data: changed, shape: image.shape });
    expect(after.data).toBeAllclose(before.data, { relative: 1e-3, absolute: 1e-3 });
    changed[50 * 240 + 20] = 1e9;
    const hot = findPeaks(await scorer.score({ data: changed, shape: image.shape }), [200, 240], {
      distance: 10,
    })[0]!;
    expect(Math.hypot(hot.x - 90, hot.y - 90)).toBeLessThan(1);
  });
});

describe("templateViews", () => {
  test.each([
    ["C1", 30],
    ["C3", 25],
    ["O", 20],
  ])("%s: no orientation is farther than the step from all views, up to symmetry", (group, step) => {
    const operators = symmetryOperators(group);
    const views = templateViews(step, group);
    const random = Random.of(8, "views");
    let farthest = 0;
    for (let i = 0; i < 60; i++) {
      const wanted: RotationMatrix = eulerToMatrix(uniformRotation(random));
      farthest = Math.max(
        farthest,
        Math.min(...views.map((view) => symmetricAngle(wanted, view, operators))),
      );
    }
    expect(farthest).toBeLessThan(step);
  });

  test("symmetry divides the number of views", () => {
    const all = templateViews(15, "C1").length;
    for (const [group, order] of [
      ["C4", 4],
      ["D7", 14],
      ["O", 24],
      ["I1", 60],
    ] as const) {
      const ratio = all / templateViews(15, group).length;
      expect(ratio).toBeGreaterThan(0.7 * order);
      expect(ratio).toBeLessThan(1.4 * order);
    }
  });
});

describe("templateScorer", () => {
  const templates = prepareTemplates(toyVolume(), {
    pixelSize,
    diameter: DIAMETER,
    step: 40,
    symmetry: "C1",
  });
  const scorer = templateScorer(templates, { ...OPTICS, ...DEFOCUS });
  const { image, truth } = noisyMicrograph([270, 330], 3.5, 1);

  test("finds noisy particles at their centres", async () => {
    const picks = await picksOf(scorer, image);
    const { auprc } = scorePicking([{ truth, picks, shape: image.shape }], { radius: 25 / pixelSize });
    expect(auprc).toBeGreaterThan(0.97);
    const matched = matchPicks(truth, picks, 25 / pixelSize);
    const offsets = picks.flatMap((pick, i) =>
      matched[i]! >= 0 ? [[pick.x - truth[matched[i]!]!.x, pick.y - truth[matched[i]!]!.y] as const] : [],
    );
    expect(offsets.length).toBeGreaterThan(25);
    for (const axis of [0, 1] as const) {
      expect(Math.abs(mean(offsets.map((offset) => offset[axis])))).toBeLessThan(0.5);
    }
  });

  test("better than a Laplacian, than without CTF, and blind to bright particles", async () => {
    const hard = noisyMicrograph([270, 330], 6, 2);
    const auprcOf = async (other: Scorer): Promise<number> =>
      scorePicking(
        [{ truth: hard.truth, picks: await picksOf(other, hard.image), shape: hard.image.shape }],
        {
          radius: 25 / pixelSize,
        },
      ).auprc;
    const own = await auprcOf(scorer);
    expect(own).toBeGreaterThan(
      await auprcOf(laplacianScorer({ pixelSize, diameters: [DIAMETER, DIAMETER] })),
    );
    expect(own).toBeGreaterThan(await auprcOf(templateScorer(templates)));
    const inverted = { data: hard.image.data.map((value) => -value), shape: hard.image.shape };
    const picks = await picksOf(scorer, inverted);
    expect(
      scorePicking([{ truth, picks, shape: inverted.shape }], { radius: 25 / pixelSize }).auprc,
    ).toBeLessThan(0.3);
  });

  test("in pure noise the likelihood ratio is 1 on average", async () => {
    const ratios: number[] = [];
    for (const seed of [1, 2, 3]) {
      const { image: map } = await scorer.score(noise(400, 400, seed));
      ratios.push(mean(map.data.map(Math.exp)));
    }
    expect(mean(ratios)).toBeGreaterThan(0.9);
    expect(mean(ratios)).toBeLessThan(1.1);
  });

  test("a constant image, one with NaN and one smaller than a particle are refused", async () => {
    await expect(scorer.score(zeros(200, 200))).rejects.toThrow("the same value everywhere");
    const holed = noise(200, 200, 1);
    holed.data[5] = Number.NaN;
    await expect(scorer.score(holed)).rejects.toThrow("no finite numbers");
    await expect(scorer.score(noise(20, 200, 1))).rejects.toThrow("200 x 20 pixels");
  });
});
