import { describe, expect, test } from "vitest";
import { Random } from "../../../src/core/random.js";
import { PICKER_DEFAULTS } from "../../../src/pick/defaults.js";
import { cutTurned, drawTurn, type Turn, turnPoints } from "../../../src/pick/training/crop.js";
import { denseTarget, emptyTarget, labelledCells } from "../../../src/pick/training/target.js";

const STRAIGHT: Turn = { x: 31.5, y: 31.5, xu: 1, xv: 0, yu: 0, yv: 1 };
const options = { ...PICKER_DEFAULTS, seed: 1, crop: 64 };

const labels = (centres: { x: number; y: number }[], ignored: { x: number; y: number }[] = []) => ({
  crop: 64,
  diameter: 24,
  centres,
  ignored,
  turn: STRAIGHT,
  shape: [64, 64] as const,
});

describe("dense targets", () => {
  test("are a Gaussian of 0.12 diameters about each centre, the larger where two meet", () => {
    const made = emptyTarget(2, 64);
    const centres = [
      { x: 20.5, y: 30.5 },
      { x: 28, y: 31 },
    ];
    denseTarget(made, 1, labels(centres));
    expect(made.target.slice(0, 1024).every((value) => value === 0)).toBe(true);
    const sigma = 0.12 * 24;
    for (const [row, column] of [
      [15, 10],
      [15, 12],
      [14, 13],
      [20, 11],
    ] as const) {
      const squares = centres.map(({ x, y }) => (2 * column + 0.5 - x) ** 2 + (2 * row + 0.5 - y) ** 2);
      const expected = Math.exp(-Math.min(...squares) / (2 * sigma * sigma));
      expect(made.target[1024 + row * 32 + column]).toBeCloseTo(expected > 0.0022 ? expected : 0, 6);
    }
    // weights rise from 1 to 5 with the target
    expect(made.weight[1024 + 15 * 32 + 10]).toBeCloseTo(5, 6);
    expect(made.weight[1024]).toBe(1);
  });

  test("ask nothing about ignored places, but a good particle beside one", () => {
    const made = emptyTarget(1, 64);
    denseTarget(
      made,
      0,
      labels(
        [{ x: 40.5, y: 40.5 }],
        [
          { x: 12.5, y: 12.5 },
          { x: 42, y: 42 },
        ],
      ),
    );
    expect(made.weight[6 * 32 + 6]).toBe(0);
    expect(made.weight[6 * 32 + 9]).toBe(0);
    expect(made.weight[6 * 32 + 12]).toBe(1);
    expect(made.weight[20 * 32 + 20]).toBeCloseTo(5, 6);
  });

  test("ask less of a particle the less of it is visible, in the crop and in the image", () => {
    const heightAt = (x: number, y: number, turn = STRAIGHT): number => {
      const made = emptyTarget(1, 64);
      denseTarget(made, 0, { ...labels([{ x, y }]), turn });
      return Math.max(...made.target);
    };
    // the nearest cell's centre is a pixel away along the axis, or along both
    const near = Math.exp(-1 / (2 * (0.12 * 24) ** 2));
    expect(heightAt(11.5, 30.5)).toBeCloseTo(near, 6);
    expect(heightAt(-0.5, 30.5)).toBeCloseTo(0.75 * near, 6);
    expect(heightAt(-0.5, -0.5)).toBeCloseTo(0.625 * near * near, 6);
    // the same particle in a crop that reaches over the image's left edge by 20 pixels
    const over = { ...STRAIGHT, x: 11.5 };
    expect(heightAt(19.5, 30.5, over)).toBeCloseTo(0.75 * near, 6);
    // the edge a quarter of the diameter from the centre: a disc without a segment of 120 degrees
    const share = 2 / 3 + Math.sqrt(3) / (4 * Math.PI);
    expect(heightAt(5.5, 30.5) / near).toBeCloseTo(0.5 + share / 2, 2);
  });

  test("ask nothing outside the image", () => {
    const made = emptyTarget(1, 64);
    denseTarget(made, 0, { ...labels([]), turn: { ...STRAIGHT, x: 11.5 } });
    const row = Array.from(made.weight.slice(0, 32));
    expect(row.indexOf(1)).toBe(10);
    expect(row.lastIndexOf(1)).toBe(31);
  });

  test("cover as many cells as labelledCells says", () => {
    const made = emptyTarget(1, 64);
    let cells = 0;
    const random = Random.of(1, "labelled cells");
    for (let i = 0; i < 200; i++) {
      made.target.fill(0);
      denseTarget(made, 0, labels([{ x: random.uniform(20, 44), y: random.uniform(20, 44) }]));
      cells += made.target.filter((value) => value >= 0.5).length;
    }
    expect(cells / 200 / labelledCells(24, 0.5)).toBeCloseTo(1, 1);
  });
});

describe("crops", () => {
  test("carry points and pixels to the same place, whatever the turn", () => {
    const image = { data: new Float32Array(160 * 160), shape: [160, 160] as const };
    const blob = { x: 83.3, y: 75.6 };
    image.data.forEach((_, i) => {
      const squared = ((i % 160) - blob.x) ** 2 + (Math.floor(i / 160) - blob.y) ** 2;
      image.data[i] = Math.exp(-squared / 18);
    });
    let seen = 0;
    for (let i = 0; i < 300; i++) {
      const turn = drawTurn(image.shape, options, Random.of(9, i));
      const [point] = turnPoints([blob], turn, 64);
      if (Math.abs(point!.x - 31.5) > 20 || Math.abs(point!.y - 31.5) > 20) continue;
      const out = new Float32Array(64 * 64);
      cutTurned(image, turn, 64, out);
      let [sum, x, y] = [0, 0, 0];
      out.forEach((value, at) => {
        sum += value;
        x += value * (at % 64);
        y += value * Math.floor(at / 64);
      });
      expect(x / sum).toBeCloseTo(point!.x, 1);
      expect(y / sum).toBeCloseTo(point!.y, 1);
      seen++;
    }
    expect(seen).toBeGreaterThan(10);
  });

  test("a quarter turn copies pixels, and outside the image is zero", () => {
    const image = { data: Random.of(1, "crop").fillNormal(new Float32Array(100)), shape: [10, 10] as const };
    const out = new Float32Array(64 * 64);
    cutTurned(image, { x: 4.5, y: 4.5, xu: 0, xv: -1, yu: 1, yv: 0 }, 64, out);
    // (u, v) = (c - 31.5, r - 31.5) goes to x = 4.5 - v, y = 4.5 + u
    expect(out[29 * 64 + 30]).toBe(image.data[3 * 10 + 7]);
    expect(out[0]).toBe(0);
    expect(out.filter((value) => value !== 0)).toHaveLength(100);
  });
});
