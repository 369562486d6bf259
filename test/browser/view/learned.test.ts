/// <reference lib="dom" />
import { mkdirSync, writeFileSync } from "node:fs";
import { basename } from "node:path";
import { expect, test } from "vitest";
import { exportMap } from "../../../src/jobs/view/export.js";
import { nodeFiles } from "../../../src/runtime/files.js";
import { readPages } from "../../../src/runtime/view/pages.js";
import { toyTrainingJob } from "../../helpers/toys/training-job.js";
import { describeView, watch } from "../../helpers/view/browser.js";
import {
  differenceOf,
  firstMicrographOf,
  keepResults,
  lastResult,
  requestsOf,
} from "../../helpers/view/learned-page.js";
import { serveFolder } from "../../helpers/view/server.js";

const { dir, at, prepare } = toyTrainingJob();

/** Scripts and data that only a learned noise needs. */
const LEARNED = ["learned.js", "onnxruntime.bin"];

/** In standard deviations of the micrograph: sums of single precision in another order. */
const SAME = 1e-4;

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
    expect(differenceOf(await lastResult(page), await firstMicrographOf(command, at))).toBeLessThan(SAME);
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
    expect(differenceOf(await lastResult(page), await firstMicrographOf(command, at))).toBeLessThan(SAME);
    await page.close();
    site.end();
  });
});
