/// <reference lib="dom" />
import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { promisify } from "node:util";
import type { Page } from "playwright-core";
import { expect, test } from "vitest";
import { standardDeviation } from "../../../src/array/statistics.js";
import { readMrc } from "../../../src/io/mrc/read.js";
import { exportMap } from "../../../src/jobs/view/export.js";
import { nodeFiles } from "../../../src/runtime/files.js";
import { readPages } from "../../../src/runtime/view/pages.js";
import { MAIN } from "../../cli/program.js";
import { toyTrainingJob } from "../../helpers/toy-training-job.js";
import { describeView, watch } from "../../helpers/view-browser.js";
import { serveFolder } from "../../helpers/view-server.js";

const { dir, at, prepare } = toyTrainingJob();

/** Scripts and data that only a learned noise needs. */
const LEARNED = ["learned.js", "onnxruntime.bin"];

const shows = async (): Promise<void> => {
  await prepare();
  mkdirSync(at("broken"));
  writeFileSync(at("broken/model.safetensors"), "no model");
};

describeView("learned noise on the page that simulates in cryogem view", { dir, prepare: shows }, (look) => {
  test("the picture is the first micrograph of the command that stands below it", async () => {
    const page = await look().open("0/map.mrc");
    const asked = requestsOf(page);
    await page.addInitScript(keepResults);
    await page.reload();
    await page.getByRole("link", { name: "Simulate micrographs of it" }).click();
    await page.getByText(/\d+ of \d+ particles, \d+ ms/).waitFor();
    expect(asked.filter((name) => LEARNED.includes(name))).toEqual([]);

    await page.getByLabel("Kind").selectOption({ label: `model: ${basename(dir)}/model` });
    await page.getByText(/, noise \d+ ms/).waitFor();
    // a thread of ONNX Runtime loads the script once more
    expect(new Set(asked.filter((name) => LEARNED.includes(name)))).toEqual(new Set(LEARNED));
    await page.getByRole("button", { name: /Another one/ }).click();
    await page.getByLabel("Contrast").focus();
    await page.keyboard.press("ArrowRight");
    const command = await page.locator(".command code").innerText();
    expect(command).toMatch(/^cryogem generate --model \S+\/model --map map\.mrc .*--signal 1\.05 --seed 2$/);
    await page.getByText(/, noise \d+ ms/).waitFor();
    expect(differenceOf(await lastResult(page), await firstMicrographOf(command))).toBeLessThan(SAME);
    await page.context().close();
  });

  test("particles far stronger than the model's are told of, and made alike; a damaged model is named", async () => {
    const page = await look().open("0/map.mrc");
    await page.getByRole("link", { name: "Simulate micrographs of it" }).click();
    await page.getByText(/model\.safetensors: first 8 bytes/).waitFor();
    await page.getByLabel("Kind").selectOption({ label: `model: ${basename(dir)}/model` });
    await page.getByLabel("Contrast").focus();
    for (let i = 0; i < 50; i++) await page.keyboard.press("ArrowRight");
    await page.getByText(/particles are far stronger or weaker/).waitFor();
    await page.getByRole("button", { name: /Take signal/ }).click();
    await page.getByText(/particles are far stronger or weaker/).waitFor({ state: "detached" });
    await page.context().close();
  });

  test("an exported page has it from the files beside it", async () => {
    const out = at("exported");
    await exportMap([at("map.mrc"), at("model")], out, await readPages(), nodeFiles);
    const site = await serveFolder(out);
    const page = await look().browser.newPage();
    watch(page, "export", look().complaints);
    await page.addInitScript(keepResults);
    await page.goto(site.url);
    await page.getByLabel("Kind").selectOption({ label: "model: model" });
    await page.getByText(/, noise \d+ ms/).waitFor();
    const command = await page.locator(".command code").innerText();
    expect(command).toMatch(/^cryogem generate --model model --map map\.mrc --out synthetic /);
    expect(differenceOf(await lastResult(page), await firstMicrographOf(command))).toBeLessThan(SAME);
    await page.close();
    site.end();
  });
});

/** In standard deviations of the micrograph: sums of single precision in another order. */
const SAME = 1e-4;

/** The largest difference of two micrographs, in standard deviations of the second. */
function differenceOf(shown: Float32Array, data: Float32Array): number {
  expect(shown.length).toBe(512 * 512);
  expect(data.length).toBe(512 * 512);
  const worst = shown.reduce((most, value, i) => Math.max(most, Math.abs(value - data[i]!)), 0);
  return worst / standardDeviation(data);
}

/** What the program itself writes when it is given a command of the page. */
async function firstMicrographOf(command: string): Promise<Float32Array> {
  const out = mkdtempSync(at("of-command-"));
  const words = command.split(" ").slice(1);
  const places: Readonly<Record<string, string>> = {
    ...{ synthetic: join(out, "synthetic"), "map.mrc": at("map.mrc"), model: at("model") },
  };
  const args = words.map((word) => places[word] ?? word);
  await promisify(execFile)(process.execPath, [MAIN, ...args, "--workers", "1", "--threads", "1"]);
  return readMrc(readFileSync(join(out, "synthetic/micrographs/000001.mrc")), "made").data;
}

/** Names of the files that a page asks for, as they come. */
function requestsOf(page: Page): string[] {
  const asked: string[] = [];
  page.on("request", (request) => asked.push(new URL(request.url()).pathname.slice(1)));
  return asked;
}

/** Runs in the page before its own script: keeps what the worker that simulates sends. */
function keepResults(): void {
  const Plain = Worker;
  window.Worker = class extends Plain {
    constructor(url: string | URL, options?: WorkerOptions) {
      super(url, options);
      this.addEventListener("message", ({ data }) => Object.assign(window, { last: data }));
    }
  };
}

const lastResult = async (page: Page): Promise<Float32Array> => {
  const text = await page.evaluate(() => {
    const { made } = (window as unknown as { last: { made: { data: Float32Array } } }).last;
    const bytes = new Uint8Array(made.data.buffer);
    return Array.from(bytes, (byte) => String.fromCharCode(byte)).join("");
  });
  return new Float32Array(Uint8Array.from(text, (letter) => letter.charCodeAt(0)).buffer);
};
