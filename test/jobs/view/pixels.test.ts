import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { Random } from "../../../src/core/random.js";
import { writeMrc } from "../../../src/io/mrc/write.js";
import type { ImageView, StackView, VolumeView } from "../../../src/jobs/view/records.js";
import { scratchFolder } from "../../helpers/scratch.js";
import { type Served, serve } from "../../helpers/view/server.js";

const dir = scratchFolder();
const [ROWS, COLUMNS] = [1100, 1300];
const noise = new Float32Array(ROWS * COLUMNS);
Random.of(1, "view").fillNormal(noise);
noise[7] = 40;
let served: Served;

const numbers = (body: Buffer): Uint16Array => new Uint16Array(new Uint8Array(body).buffer);

beforeAll(async () => {
  const write = (name: string, bytes: Uint8Array): void => writeFileSync(join(dir, name), bytes);
  const image = { shape: [1, ROWS, COLUMNS] as const, voxelSize: 1.5, kind: "image" as const };
  write("noise.mrc", writeMrc({ ...image, data: noise }));
  const counts = Float32Array.from(noise, (value) => Math.round(200 + 20 * value));
  write("counts.mrc", writeMrc({ ...image, data: counts, mode: "int16" }));
  const cube = Float32Array.from({ length: 4 * 5 * 6 }, (_, i) => i);
  write("cube.mrc", writeMrc({ data: cube, shape: [4, 5, 6], voxelSize: 2, kind: "volume" }));
  const long = Float32Array.from(
    { length: 260 * 3 * 4 },
    (_, i) => (i % 260) + 1000 * Math.floor(i / (260 * 3)),
  );
  write("long.mrc", writeMrc({ data: long, shape: [4, 3, 260], voxelSize: 2, kind: "volume" }));
  const stack = Float32Array.from({ length: 3 * 16 * 16 }, (_, i) => Math.floor(i / 256) * 100 + (i % 16));
  write("stack.mrcs", writeMrc({ data: stack, shape: [3, 16, 16], voxelSize: 2, kind: "stack" }));
  write("cut.mrc", writeMrc({ ...image, data: noise }).subarray(0, 5000));
  served = await serve([dir]);
});
afterAll(() => served.end());

describe("an image", () => {
  test("is told with its size, its pixel size and levels of half the samples each", async () => {
    const view = await served.json<ImageView>("open", { place: "0/noise.mrc" });
    expect(view).toMatchObject({ what: "image", shape: [ROWS, COLUMNS], pixelSize: 1.5 });
    expect(view.levels).toEqual([
      [1100, 1300],
      [550, 650],
      [275, 325],
    ]);
  });

  test("comes in tiles whose values are the file's to half a step", async () => {
    const { low, step } = await served.json<ImageView>("open", { place: "0/noise.mrc" });
    const tile = numbers(
      (await served.ask("tile", { place: "0/noise.mrc", level: 0, column: 2, row: 1 })).body,
    );
    const [left, top, width] = [1024, 512, COLUMNS - 1024];
    expect(tile.length).toBe(width * 512);
    let worst = 0;
    tile.forEach((n, i) => {
      const value = noise[(top + Math.floor(i / width)) * COLUMNS + left + (i % width)]!;
      worst = Math.max(worst, Math.abs(low + n * step - value));
    });
    expect(worst).toBeLessThanOrEqual(0.5001 * step);
    expect(step).toBeLessThan(1e-3);
  });

  test("of counts has its counts exactly", async () => {
    const { low, step } = await served.json<ImageView>("open", { place: "0/counts.mrc" });
    const tile = numbers(
      (await served.ask("tile", { place: "0/counts.mrc", level: 0, column: 0, row: 0 })).body,
    );
    expect(step).toBe(1);
    expect(low + tile[7]!).toBe(1000);
    expect(low + tile[512]!).toBe(Math.round(200 + 20 * noise[COLUMNS]!));
  });

  test("has means of 4 x 4 pixels in its third level", async () => {
    const { low, step } = await served.json<ImageView>("open", { place: "0/noise.mrc" });
    const tile = numbers(
      (await served.ask("tile", { place: "0/noise.mrc", level: 2, column: 0, row: 0 })).body,
    );
    let sum = 0;
    for (let y = 40; y < 44; y++) for (let x = 8; x < 12; x++) sum += noise[y * COLUMNS + x]!;
    expect(low + step * tile[10 * 325 + 2]!).toBeCloseTo(sum / 16, 2);
  });

  test("has no tiles beyond its edges", async () => {
    for (const [level, column, row] of [
      [0, 3, 0],
      [0, 0, 3],
      [3, 0, 0],
    ]) {
      const { status } = await served.ask("tile", {
        place: "0/noise.mrc",
        level: level!,
        column: column!,
        row: row!,
      });
      expect(status).toBe(400);
    }
    expect((await served.ask("tile", { place: "0/noise.mrc", level: "1.5", column: 0, row: 0 })).status).toBe(
      400,
    );
  });

  test("that is cut off is refused with what was found", async () => {
    const { status, body } = await served.ask("open", { place: "0/cut.mrc" });
    expect(status).toBe(422);
    expect(JSON.parse(body.toString()).error).toMatch(/cut\.mrc: file size: found 5000, expected \d+ bytes/);
  });
});

test("a stack's images come with their own scale, binned to the size asked for", async () => {
  const view = await served.json<StackView>("open", { place: "0/stack.mrcs" });
  expect(view).toMatchObject({ what: "stack", count: 3, shape: [16, 16], pixelSize: 2 });
  const { body } = await served.ask("sections", { place: "0/stack.mrcs", first: 1, count: 2, side: 8 });
  const size = 12 + 2 * 64;
  expect(body.length).toBe(2 * size);
  const value = (image: number, i: number): number => {
    const [low, step] = [body.readFloatLE(image * size + 4), body.readFloatLE(image * size + 8)];
    return low + step * body.readUInt16LE(image * size + 12 + 2 * i);
  };
  expect([body.readUInt16LE(0), body.readUInt16LE(2)]).toEqual([8, 8]);
  expect(value(0, 0)).toBeCloseTo(100.5, 2);
  expect(value(1, 7)).toBeCloseTo(214.5, 2);
  expect((await served.ask("sections", { place: "0/stack.mrcs", first: 2, count: 2, side: 8 })).status).toBe(
    400,
  );
});

test("slices of a volume lie as the axes say", async () => {
  const view = await served.json<VolumeView>("open", { place: "0/cube.mrc" });
  expect(view).toMatchObject({ what: "volume", shape: [4, 5, 6], voxelSize: 2, low: 0, step: 1 });
  const slice = async (axis: number, at: number): Promise<number[]> =>
    Array.from(numbers((await served.ask("slice", { place: "0/cube.mrc", axis, at })).body));
  const value = (x: number, y: number, z: number): number => (z * 5 + y) * 6 + x;
  const across = { 2: await slice(2, 3), 1: await slice(1, 2), 0: await slice(0, 4) };
  expect(across[2].length).toBe(30);
  expect(across[2][1 * 6 + 5]).toBe(value(5, 1, 3));
  expect(across[1].length).toBe(24);
  expect(across[1][3 * 6 + 5]).toBe(value(5, 2, 3));
  expect(across[0].length).toBe(20);
  expect(across[0][3 * 5 + 1]).toBe(value(4, 1, 3));
  expect((await served.ask("slice", { place: "0/cube.mrc", axis: 0, at: 6 })).status).toBe(400);
});

test("a whole volume comes x fastest; of one with more than 256 voxels along an edge, means of cubes", async () => {
  const own = numbers((await served.ask("volume", { place: "0/cube.mrc" })).body);
  expect(Array.from(own)).toEqual(Array.from({ length: 120 }, (_, i) => i));
  const view = await served.json<VolumeView>("open", { place: "0/long.mrc" });
  expect(view).toMatchObject({ shape: [4, 3, 260], binning: 2 });
  const means = numbers((await served.ask("volume", { place: "0/long.mrc" })).body);
  // of 130 x 1 x 2 cubes: x + 1000 z goes up by 2 and 2000, and the mean of each lies half a voxel further
  expect(means.length).toBe(260);
  const value = (i: number): number => view.low + view.step * means[i]!;
  expect([value(0), value(129), value(130)].map(Math.round)).toEqual([501, 759, 2501]);
});

test("the spectrum of a wave has its peaks at the wave's frequency, and rings have mean 0", async () => {
  const wave = Float32Array.from(
    { length: 512 * 512 },
    (_, i) => Math.sin((2 * Math.PI * 64 * (i % 512)) / 512) + noise[i]!,
  );
  writeFileSync(
    join(dir, "wave.mrc"),
    writeMrc({ data: wave, shape: [1, 512, 512], voxelSize: 1, kind: "image" }),
  );
  const { body } = await served.ask("spectrum", { place: "0/wave.mrc" });
  const values = new Float32Array(new Uint8Array(body).buffer);
  expect(values.length).toBe(512 * 512);
  const strongest = values.reduce((best, value, i) => (value > values[best]! ? i : best), 0);
  expect([Math.floor(strongest / 512), Math.abs((strongest % 512) - 256)]).toEqual([256, 64]);
  const ring = Array.from(values).filter((_, i) => {
    const r = Math.hypot((i % 512) - 256, Math.floor(i / 512) - 256);
    return r > 140 && r < 200;
  });
  expect(ring.reduce((a, b) => a + b, 0) / ring.length).toBeCloseTo(0, 1);
});
