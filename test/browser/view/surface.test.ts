/// <reference lib="dom" />
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { chromium } from "playwright-core";
import { expect, test } from "vitest";
import { eulerToMatrix } from "../../../src/core/rotation.js";
import { writeMrc } from "../../../src/io/mrc/write.js";
import { decodePng } from "../../../src/io/png/read.js";
import { chromiumPath } from "../../helpers/machine/chromium.js";
import { scratchFolder } from "../../helpers/scratch.js";
import { toyVolume } from "../../helpers/toys/map.js";
import { describeView } from "../../helpers/view/browser.js";

const dir = scratchFolder();
const at = (name: string): string => join(dir, name);
const SIDE = 24;
const toy = toyVolume();

const prepare = async (): Promise<void> => {
  writeFileSync(at("toy.mrc"), writeMrc({ ...toy, kind: "volume" }));
  // two balls alike: the left one before the middle, the right one behind it
  const balls = Float32Array.from({ length: SIDE ** 3 }, (_, i) => {
    const [x, y, z] = [i % SIDE, Math.floor(i / SIDE) % SIDE, Math.floor(i / SIDE ** 2)];
    const near = Math.hypot(x - 6, y - 12, z - 5);
    const far = Math.hypot(x - 18, y - 12, z - 19);
    return Math.exp(-(Math.min(near, far) ** 2) / 8);
  });
  writeFileSync(
    at("balls.mrc"),
    writeMrc({ data: balls, shape: [SIDE, SIDE, SIDE], voxelSize: 2, kind: "volume" }),
  );
  const long = new Float32Array(600 * 8 * 8).fill(1).map((_, i) => Math.sin(i / 40));
  writeFileSync(at("long.mrc"), writeMrc({ data: long, shape: [8, 8, 600], voxelSize: 2, kind: "volume" }));
};

/** What the canvas shows: brightness of each pixel, 0 where there is no surface. */
async function seen(page: Page) {
  const canvas = page.locator(".stage canvas");
  // a picture that was drawn coarsely is drawn again after a rest
  await page.waitForTimeout(500);
  const bar = page.locator(".stage .bar");
  await bar.evaluate((element) => element.setAttribute("hidden", ""));
  await canvas.evaluate((element) => element.blur());
  const {
    shape,
    channels,
    samples: data,
  } = decodePng(new Uint8Array(await canvas.screenshot()), "screenshot");
  const [rows, columns] = shape;
  // a pixel near the corner, away from the edge
  const corner = (10 * columns + 10) * channels;
  const ground = [...data.subarray(corner, corner + 3)];
  const brightness = Float64Array.from({ length: rows * columns }, (_, i) => {
    const own = [...data.subarray(i * channels, i * channels + 3)];
    return own.every((value, c) => Math.abs(value - ground[c]!) < 8) ? 0 : own[0]! + own[1]! + own[2]!;
  });
  return { rows, columns, brightness };
}

async function openSurface(page: Page): Promise<void> {
  await page.getByRole("button", { name: "Surface" }).click();
  await page.getByText(/% of the box lie inside/).waitFor();
}

/** The threshold and the angles that the panel says. */
async function said(page: Page): Promise<{ level: number; angles: readonly number[] }> {
  const text = await page.locator(".panel").innerText();
  const [, rot, tilt, psi] = /rot (-?\d+)°, tilt (-?\d+)°, psi (-?\d+)°/.exec(text)!.map(Number);
  return {
    level: Number(await page.locator(".panel .slider .value").first().textContent()),
    angles: [rot!, tilt!, psi!],
  };
}

describeView("a map's surface", { dir, prepare }, (look) => {
  test.each([
    ["as it is", []],
    ["turned", [...Array(4).fill("ArrowRight"), ...Array(3).fill("ArrowDown"), "ArrowRight"]],
  ] as const)(
    "%s, covers the voxels above the threshold as a particle with the angles said shows them",
    async (_, keys) => {
      const page = await look().open("0/toy.mrc");
      await openSurface(page);
      await page.locator(".stage canvas").focus();
      for (const key of keys) await page.keyboard.press(key);
      for (let i = 0; i < 30; i++) await page.keyboard.press(",");
      const { level, angles } = await said(page);
      if (keys.length > 0) expect(Math.max(...angles.map(Math.abs))).toBeGreaterThan(20);
      const { rows, columns, brightness } = await seen(page);
      const scale = Math.min(rows, columns) / 36;
      const a = eulerToMatrix({ rot: angles[0]!, tilt: angles[1]!, psi: angles[2]! });
      const expected = new Set<number>();
      // every voxel as a square of its size: the union of these is the shadow, a little larger at its edge
      toy.data.forEach((value, i) => {
        if (value < level) return;
        const voxel = [i % 36, Math.floor(i / 36) % 36, Math.floor(i / 36 ** 2)].map((n) => n - 18);
        const [x, y] = [0, 3].map(
          (row) => a[row]! * voxel[0]! + a[row + 1]! * voxel[1]! + a[row + 2]! * voxel[2]!,
        );
        const [u, v] = [columns / 2 + x! * scale, rows / 2 + y! * scale];
        for (let p = Math.round(u - scale / 2); p < u + scale / 2; p++) {
          for (let q = Math.round(v - scale / 2); q < v + scale / 2; q++) expected.add(q * columns + p);
        }
      });
      let both = 0;
      let own = 0;
      brightness.forEach((value, i) => {
        if (value === 0) return;
        own++;
        if (expected.has(i)) both++;
      });
      expect(own).toBeGreaterThan(0.05 * rows * columns);
      expect(both / (own + expected.size - both)).toBeGreaterThan(0.9);
      await page.context().close();
    },
  );

  test("what is nearer to the eye is brighter, and a drag to the right takes it to the right", async () => {
    const page = await look().open("0/balls.mrc");
    await openSurface(page);
    const halves = async (): Promise<readonly [number, number]> => {
      const { columns, brightness } = await seen(page);
      const mean = (isLeft: boolean): number => {
        const own = brightness.filter((value, i) => value > 0 && i % columns < columns / 2 === isLeft);
        return own.reduce((a, b) => a + b, 0) / own.length;
      };
      return [mean(true), mean(false)];
    };
    const [left, right] = await halves();
    expect(left).toBeGreaterThan(1.1 * right);
    const { x, y, width, height } = (await page.locator(".stage canvas").boundingBox())!;
    await page.mouse.move(x + width / 2, y + height / 2);
    await page.mouse.down();
    // half a degree to a pixel: 100 degrees
    await page.mouse.move(x + width / 2 + 200, y + height / 2, { steps: 4 });
    await page.mouse.up();
    const [leftThen, rightThen] = await halves();
    expect(rightThen).toBeGreaterThan(1.1 * leftThen);
    await page.keyboard.press("0");
    await page.getByText("rot 0°, tilt 0°, psi 0°").waitFor();
    await page.context().close();
  });

  test("a large map is drawn from means, and the page says so", async () => {
    const page = await look().open("0/long.mrc");
    await openSurface(page);
    await page.getByText("Drawn from means of 3 × 3 × 3 voxels").waitFor();
    expect((await seen(page)).brightness.some((value) => value > 0)).toBe(true);
    await page.context().close();
  });

  test("a browser without WebGL is told of, and shows slices", async () => {
    const plain = await chromium.launch({
      executablePath: chromiumPath!,
      args: ["--no-sandbox", "--disable-gpu", "--disable-3d-apis"],
    });
    const page = await plain.newPage();
    await page.goto(`${look().served.url}#/at/0/toy.mrc`);
    await openSurface(page);
    await page.getByText("This browser has no WebGL 2").waitFor();
    await page.getByRole("button", { name: "Slices" }).click();
    await page.getByText("across z at 18").waitFor();
    await plain.close();
  });
});
