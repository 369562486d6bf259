import { describe, expect, test } from "vitest";
import { zeros } from "../../../src/array/image.js";
import { mean, standardDeviation } from "../../../src/array/statistics.js";
import { Random } from "../../../src/core/random.js";
import { PICKER_DEFAULTS } from "../../../src/pick/defaults.js";
import type { PickerOptions } from "../../../src/pick/options.js";
import { changeContrast } from "../../../src/pick/training/augment.js";
import { pasteContaminant } from "../../../src/pick/training/contaminants.js";
import { drawBatch, type LabelledImage, type PickerTrainingSet } from "../../../src/pick/training/data.js";

const SIDE = 64;
const options: PickerOptions = { ...PICKER_DEFAULTS, crop: SIDE, batch: 6, contaminants: 0, seed: 4 };

/** Dark Gaussian spots, far apart, at known places. */
function spots(): LabelledImage {
  const image = zeros(200, 230);
  const random = Random.of(1, "spots");
  const centres: { x: number; y: number }[] = [];
  for (let y = 20; y < 190; y += 34) {
    for (let x = 20; x < 220; x += 34) {
      centres.push({ x: x + random.uniform(-3, 3), y: y + random.uniform(-3, 3) });
    }
  }
  image.data.forEach((_, i) => {
    let sum = 0;
    for (const { x, y } of centres) {
      const squared = ((i % 230) - x) ** 2 + (Math.floor(i / 230) - y) ** 2;
      if (squared < 400) sum -= 30 * Math.exp(-squared / 18);
    }
    image.data[i] = sum;
  });
  return { image, scale: 1, centres, ignored: [] };
}

const setOf = (labelled: LabelledImage, negatives: readonly LabelledImage[] = []): PickerTrainingSet => ({
  labelled: { count: 1, load: async () => labelled },
  negatives: { count: negatives.length, load: async (index) => negatives[index]! },
});

describe("a batch", () => {
  test("wants particles where its images have them, however they were turned and changed", async () => {
    const set = setOf(spots());
    let found = 0;
    for (let step = 1; step <= 5; step++) {
      const { images, target, weight } = await drawBatch(set, options, step);
      for (let cell = 0; cell < target.length; cell++) {
        const crop = Math.floor(cell / 1024);
        const [row, column] = [Math.floor((cell % 1024) / 32), cell % 32];
        if (weight[cell] === 0 || row < 2 || column < 2 || row > 29 || column > 29) continue;
        const pixel = (dy: number, dx: number): number =>
          images[crop * SIDE * SIDE + (2 * row + dy) * SIDE + 2 * column + dx]!;
        const darkness = -(pixel(0, 0) + pixel(0, 1) + pixel(1, 0) + pixel(1, 1)) / 4;
        if (target[cell]! > 0.8) {
          found++;
          expect(darkness).toBeGreaterThan(12);
        } else if (target[cell]! < 0.01) expect(darkness).toBeLessThan(14);
      }
    }
    expect(found).toBeGreaterThan(50);
  });

  test("is the same for the same seed and step, and for no other", async () => {
    const set = setOf(spots());
    const draw = async (step: number, seed = 4) => [
      ...(await drawBatch(set, { ...options, seed }, step)).images,
    ];
    expect(await draw(3)).toEqual(await draw(3));
    expect(await draw(3)).not.toEqual(await draw(4));
    expect(await draw(3)).not.toEqual(await draw(3, 5));
  });

  test("draws the share asked for from images without particles, and wants nothing there", async () => {
    const empty: LabelledImage = { image: zeros(100, 100), scale: 1, centres: [], ignored: [] };
    let negatives = 0;
    for (let step = 1; step <= 40; step++) {
      const plain = { ...options, augment: false, negatives: 0.5 };
      const { images, target } = await drawBatch(setOf(spots(), [empty]), plain, step);
      for (let crop = 0; crop < 6; crop++) {
        if (images.slice(crop * 4096, (crop + 1) * 4096).some((value) => value !== 0)) continue;
        negatives++;
        expect(target.slice(crop * 1024, (crop + 1) * 1024).every((value) => value === 0)).toBe(true);
      }
    }
    // three standard deviations of 240 draws
    expect(Math.abs(negatives / 240 - 0.5)).toBeLessThan(0.1);
  });
});

describe("changes of a crop", () => {
  test("blur, more noise and less contrast leave its spread within a third", () => {
    for (let i = 0; i < 40; i++) {
      const crop = Random.of(6, "noise", i).fillNormal(new Float32Array(SIDE * SIDE));
      changeContrast(crop, SIDE, 24, Random.of(7, i));
      expect(standardDeviation(crop)).toBeLessThan(1.45);
      expect(standardDeviation(crop)).toBeGreaterThan(0.7);
      expect(Math.abs(mean(crop))).toBeLessThan(0.6);
    }
  });

  test("contaminants are mostly dark, bounded, and hardly ever nothing", () => {
    let dark = 0;
    let seen = 0;
    for (let i = 0; i < 200; i++) {
      const crop = new Float32Array(SIDE * SIDE);
      pasteContaminant(crop, SIDE, 24, Random.of(8, i));
      const [low, high] = [Math.min(...crop), Math.max(...crop)];
      expect(Math.max(-low, high)).toBeLessThan(6);
      if (Math.max(-low, high) < 0.2) continue;
      seen++;
      if (-low > high) dark++;
    }
    expect(seen).toBeGreaterThan(170);
    expect(dark / seen).toBeGreaterThan(0.6);
    expect(dark / seen).toBeLessThan(0.8);
  });
});
