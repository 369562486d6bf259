/// <reference lib="dom" />
/**
 * The page that simulates with learned noise: milliseconds of the simulation and of the noise for 512 x 512 pixels, in the browser,
 * beside ONNX Runtime's native library on one thread.
 *
 *   npx vite-node bench/speed/view-learned.ts [ROUNDS] [NGF …]        default 9 16 32 64, of the fast preset
 *
 * Needs the built pages (npm run build) and Debian's Chromium. Where that has a graphics card, the noise is computed on it.
 */
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import { chromium, type Page } from "playwright-core";
import { Random } from "../../src/core/random.js";
import { MODEL, writeArrays } from "../../src/jobs/shared/models/model-files.js";
import { generatorNetwork } from "../../src/nn/generator.js";
import { initialValues, Scope } from "../../src/nn/scope.js";
import { nodeFiles } from "../../src/runtime/files.js";
import { openOnnxCpu } from "../../src/runtime/onnx/cpu.js";
import { generatorOptions } from "../../src/translate/generator-runner.js";
import { encodeModel, type Model } from "../../src/translate/model.js";
import { resolveOptions } from "../../src/translate/options.js";
import { openTranslator } from "../../src/translate/translator.js";
import { chromiumPath } from "../../test/helpers/machine/chromium.js";
import { writeToyMap } from "../../test/helpers/toys/map.js";
import { serve } from "../../test/helpers/view/server.js";
import { printTable, spread } from "../shared/table.js";

const [rounds = 9, ...widths] = process.argv.slice(2).map(Number);
const SIDE = 512;
const PIXEL = 4;
/** On Linux, Chromium gives pages a card only on demand. */
const FLAGS = ["--no-sandbox", "--enable-unsafe-webgpu", "--enable-features=Vulkan"];

/** A model of the fast preset at a width, with white noise; its weights are not trained, which costs the same. */
function modelOf(ngf: number): Model {
  const options = resolveOptions("fast", 1, { ngf });
  const scope = Scope.root("generator");
  generatorNetwork(scope, generatorOptions(options));
  const parameters = new Map(scope.parameters.map((spec) => [spec.name, initialValues(spec, 1)]));
  const about = { program: "bench", translator: "cryogem", pixelSize: PIXEL, dose: 40, step: 0 } as const;
  return {
    record: { ...about, contrast: { mean: 0, deviation: 1 }, options },
    noise: { deviation: 3, cleanDeviation: 1 },
    parameters,
  };
}

/** What the page says of a micrograph: milliseconds of the simulation and of the noise. */
async function timesOf(page: Page): Promise<readonly [simulation: number, noise: number]> {
  const status = page.getByText(/, noise \d+ ms/);
  await status.waitFor({ timeout: 120_000 });
  const found = /, (\d+) ms, noise (\d+) ms/.exec(await status.innerText())!;
  return [Number(found[1]), Number(found[2])];
}

async function inPage(page: Page): Promise<readonly string[]> {
  await page.getByLabel("Kind").selectOption({ index: 3 });
  const [, first] = await timesOf(page);
  const all: (readonly [number, number])[] = [];
  for (let i = 0; i < rounds; i++) {
    await page.getByRole("button", { name: /Another one/ }).click();
    await page.getByText("Computing…").waitFor();
    all.push(await timesOf(page));
  }
  return [
    String(first),
    spread(all.map(([simulation]) => simulation)),
    spread(all.map(([, noise]) => noise)),
  ];
}

async function native(model: Model): Promise<string> {
  const translator = await openTranslator(model, () => openOnnxCpu({ threads: 1 }));
  const data = Random.of(1, "bench").fillNormal(new Float32Array(SIDE * SIDE));
  const optics = { pixelSize: PIXEL, voltage: 300, sphericalAberration: 2.7, amplitudeContrast: 0.1 };
  const defocus = { defocusU: 15_000, defocusV: 15_000, defocusAngle: 0, phaseShift: 0 };
  const times: number[] = [];
  for (let i = 0; i <= rounds; i++) {
    const start = performance.now();
    await translator.translate(
      { data, shape: [SIDE, SIDE] },
      { ...optics, ...defocus },
      Random.of(i, "bench"),
    );
    // the first one loads the network
    if (i > 0) times.push(performance.now() - start);
  }
  await translator.close();
  return spread(times);
}

const dir = mkdtempSync(join(tmpdir(), "cryogem-bench-learned-"));
try {
  const rows: string[][] = [];
  const browser = await chromium.launch({ executablePath: chromiumPath!, args: FLAGS });
  for (const ngf of widths.length > 0 ? widths : [16, 32, 64]) {
    const model = modelOf(ngf);
    const shown = join(dir, String(ngf));
    mkdirSync(shown);
    writeToyMap(join(shown, "map.mrc"));
    await writeArrays(nodeFiles, join(shown, "model", MODEL.model), encodeModel(model));
    const served = await serve([shown]);
    const page = await browser.newPage();
    await page.goto(`${served.url}#/make/0/map.mrc`);
    const threads = await page.evaluate(() =>
      crossOriginIsolated ? Math.min(4, navigator.hardwareConcurrency) : 1,
    );
    const measured = await inPage(page);
    const status = await page.getByText(/, noise \d+ ms/).innerText();
    rows.push([
      `ngf ${ngf}`,
      /\((\w+)\)$/.exec(status)![1]!,
      String(threads),
      ...measured,
      await native(model),
      loadavg()[0]!.toFixed(1),
    ]);
    await page.close();
    await served.end();
  }
  await browser.close();
  const header = [
    "fast preset",
    "computed by",
    "threads",
    "first, ms",
    "simulation, ms",
    "learned noise, ms",
    "native, 1 thread, ms",
    "load",
  ];
  printTable(`${SIDE} x ${SIDE} pixels with learned noise, ${rounds} rounds`, header, rows);
} finally {
  rmSync(dir, { recursive: true });
}
