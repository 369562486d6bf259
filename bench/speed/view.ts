/// <reference lib="dom" />
/**
 * How fast `view` is: the first picture in a folder of 10,000 micrographs, and frames while one of 8192 x 8192 pixels is moved and zoomed.
 *
 *   npx vite-node bench/speed/view.ts [ROUNDS]
 *
 * Needs the built pages (npm run build) and Debian's Chromium, which draws in software here. Beside the time between frames stands the
 * processor time of the page's own thread for one, which other work on the machine changes less.
 */
import { linkSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import { chromium, type Page } from "playwright-core";
import { Random } from "../../src/core/random.js";
import { writeMrc } from "../../src/io/mrc/write.js";
import { chromiumPath } from "../../test/helpers/machine/chromium.js";
import { serve } from "../../test/helpers/view/server.js";
import { median, spread } from "../shared/table.js";

const SIDE = 8192;
const FRAMES = 240;
const rounds = Number(process.argv[2] ?? 5);
const dir = mkdtempSync(join(tmpdir(), "cryogem-bench-view-"));

const micrograph = (side: number): Uint8Array => {
  const data = new Float32Array(side * side);
  Random.of(side, "bench").fillNormal(data);
  return writeMrc({ data, shape: [1, side, side], voxelSize: 1, kind: "image" });
};

/** Moves or zooms by a step in each of many frames. @returns milliseconds between frames */
const frames = (page: Page, kind: "move" | "zoom"): Promise<number[]> =>
  page.evaluate(
    ([count, what]) =>
      new Promise<number[]>((resolve) => {
        const canvas = document.querySelector<HTMLCanvasElement>(".stage canvas")!;
        const { left, top, width, height } = canvas.getBoundingClientRect();
        const at = { clientX: left + width / 2, clientY: top + height / 2, bubbles: true, pointerId: 1 };
        canvas.setPointerCapture = () => {};
        const times: number[] = [];
        if (what === "move") canvas.dispatchEvent(new PointerEvent("pointerdown", at));
        const step = (now: number): void => {
          times.push(now);
          const i = times.length;
          if (i > count) {
            canvas.dispatchEvent(new PointerEvent("pointerup", at));
            resolve(times.slice(1).map((time, k) => time - times[k]!));
            return;
          }
          if (what === "zoom") {
            const deltaY = i % 120 < 60 ? -16 : 16;
            canvas.dispatchEvent(new WheelEvent("wheel", { ...at, deltaY, cancelable: true }));
          } else {
            // to and fro, 24 pixels a frame
            const x = at.clientX - 24 * Math.abs((i % 120) - 60);
            canvas.dispatchEvent(
              new PointerEvent("pointermove", { ...at, clientX: x, clientY: at.clientY + (i % 120) }),
            );
          }
          requestAnimationFrame(step);
        };
        requestAnimationFrame(step);
      }),
    [FRAMES, kind] as const,
  );

try {
  mkdirSync(join(dir, "many"));
  writeFileSync(join(dir, "many/000000.mrc"), micrograph(4096));
  for (let i = 1; i < 10_000; i++) {
    linkSync(join(dir, "many/000000.mrc"), join(dir, `many/${String(i).padStart(6, "0")}.mrc`));
  }
  writeFileSync(join(dir, "large.mrc"), micrograph(SIDE));
  const browser = await chromium.launch({ executablePath: chromiumPath!, args: ["--no-sandbox"] });
  const painted = (page: Page): Promise<unknown> =>
    page.waitForFunction(() => {
      const canvas = document.querySelector<HTMLCanvasElement>(".stage canvas");
      const [x, y] = [(canvas?.width ?? 0) >> 1, (canvas?.height ?? 0) >> 1];
      // what nothing was drawn on is transparent
      return x > 0 && canvas!.getContext("2d")!.getImageData(x, y, 1, 1).data[3] === 255;
    });
  const first: number[] = [];
  for (let i = 0; i < rounds; i++) {
    // a server of its own: nothing is kept from the round before
    const served = await serve([dir]);
    const page = await browser.newPage();
    const start = performance.now();
    await page.goto(`${served.url}#/at/0/many/00${4000 + i}.mrc`);
    await painted(page);
    first.push(performance.now() - start);
    await page.close();
    await served.end();
  }
  console.log(
    `first picture of 4096 x 4096 pixels among 10,000: ${spread(first)} ms, ${rounds} rounds, load ${loadavg()[0]!.toFixed(1)}`,
  );
  const served = await serve([dir]);
  const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
  await page.goto(`${served.url}#/at/0/large.mrc`);
  await painted(page);
  const session = await page.context().newCDPSession(page);
  await session.send("Performance.enable", { timeDomain: "threadTicks" });
  const busy = async (): Promise<number> => {
    const { metrics } = await session.send("Performance.getMetrics");
    return 1000 * metrics.find(({ name }) => name === "TaskDuration")!.value;
  };
  for (const zoom of ["whole", "one to one"] as const) {
    if (zoom === "one to one") await page.keyboard.press("1");
    for (const kind of ["move", "zoom"] as const) {
      // once for the tiles, which then lie in the browser
      await frames(page, kind);
      const [before, times] = [await busy(), await frames(page, kind)];
      const work = ((await busy()) - before) / FRAMES;
      const late = times.filter((time) => time > 34).length;
      const load = loadavg()[0]!.toFixed(1);
      console.log(
        `${SIDE} x ${SIDE}, ${zoom}, ${kind}: ${(1000 / median(times)).toFixed(0)} frames a second, ${spread(times)} ms, ${late} of ${FRAMES} missed a beat; ${work.toFixed(1)} ms of its thread a frame, load ${load}`,
      );
    }
  }
  await browser.close();
  await served.end();
} finally {
  rmSync(dir, { recursive: true });
}
