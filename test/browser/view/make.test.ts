/// <reference lib="dom" />
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import type { Page } from "playwright-core";
import { expect, test } from "vitest";
import { readVolume } from "../../../src/io/mrc/read.js";
import { writeMrc } from "../../../src/io/mrc/write.js";
import { exportMap } from "../../../src/jobs/view/export.js";
import { nodeFiles } from "../../../src/runtime/files.js";
import { readPages } from "../../../src/runtime/view/pages.js";
import { scratchFolder } from "../../helpers/scratch.js";
import { describeView, watch } from "../../helpers/view/browser.js";
import { serveFolder } from "../../helpers/view/server.js";
import { picture, writeShown } from "../../helpers/view/shown.js";

const dir = scratchFolder();
const at = (name: string): string => join(dir, name);
const prepare = async (): Promise<void> => {
  writeShown(dir);
  mkdirSync(at("other"));
  mkdirSync(at("moving"));
  const map = readVolume(readFileSync(at("map.mrc")), "map.mrc");
  writeFileSync(at("moving/conformation-001.mrc"), readFileSync(at("map.mrc")));
  const moved = map.data.map((value, i) => (i % 2 === 0 ? value : 0.5 * value));
  writeFileSync(at("moving/conformation-002.mrc"), writeMrc({ ...map, data: moved, kind: "volume" }));
  for (const i of [1, 2, 3, 4]) writeFileSync(at(`other/s${i}.mrc`), picture(128, 10 + i));
};

describeView("simulation and comparison by eye in cryogem view", { dir, prepare }, (look) => {
  test("which one is real: pairs are answered with the keyboard, the score has its interval, the answers are CSV", async () => {
    const answer = async (): Promise<string> => {
      const page = await look().open("0");
      await page.getByRole("link", { name: "Which one is real?" }).click();
      await page.getByLabel("Real").selectOption({ label: `${basename(dir)}/raw (3)` });
      await page.getByLabel("Synthetic").selectOption({ label: `${basename(dir)}/other (4)` });
      await page.getByLabel("Side").fill("64");
      await page.getByLabel("Pairs").fill("10");
      await page.getByRole("button", { name: "Start" }).click();
      for (let i = 1; i <= 10; i++) {
        await page.getByText(`Pair ${i} of 10.`).waitFor();
        await page.keyboard.press(i % 3 === 0 ? "ArrowLeft" : "ArrowRight");
      }
      await page.getByText(/\d of 10 right: \d+ %.*95 % interval/).waitFor();
      const saved = page.waitForEvent("download");
      await page.getByRole("button", { name: "Save as CSV" }).click();
      const csv = readFileSync(await (await saved).path(), "utf8");
      await page.context().close();
      return csv;
    };
    const withoutSeconds = (csv: string): string[][] =>
      csv
        .trim()
        .split("\n")
        .map((line) => line.split(",").filter((_, i) => i !== 10));
    const rows = withoutSeconds(await answer());
    expect(rows.length).toBe(11);
    expect(rows.slice(1).map((row) => row[8])).toEqual(
      "rrlrrlrrlr".split("").map((side) => (side === "l" ? "left" : "right")),
    );
    for (const row of rows.slice(1)) expect(row[9]).toBe(row[7] === row[8] ? "1" : "0");
    // the same seed gives the same pairs
    expect(withoutSeconds(await answer())).toEqual(rows);
  });

  test("a map's micrographs are simulated while knobs are turned, and stand as a command", async () => {
    const page = await look().open("0/map.mrc");
    await page.getByRole("link", { name: "Simulate micrographs of it" }).click();
    await makes(page);
    await page.context().close();
  });

  test("among maps of conformations a knob chooses, and the command names the one that is shown", async () => {
    const page = await look().open("0/moving/conformation-001.mrc");
    await page.getByRole("link", { name: "Simulate micrographs of it" }).click();
    await makes(page);
    const before = await shownMicrograph(page);
    await page.getByText("1 of 2").waitFor();
    await page.getByLabel("Conformation").focus();
    await page.keyboard.press("ArrowRight");
    await page.getByText("2 of 2").waitFor();
    await page.getByText(/--map conformation-002\.mrc/).waitFor();
    await changes(page, before);
    await page.context().close();
  });

  test("the same page works from a folder that any web server shows", async () => {
    const out = at("exported");
    await exportMap([at("map.mrc")], out, await readPages(), nodeFiles);
    const site = await serveFolder(out);
    const page = await look().browser.newPage();
    watch(page, "export", look().complaints);
    await page.goto(site.url);
    await makes(page);
    await page.close();
    site.end();
  });
});

/** Turns a knob with the keyboard and waits for another picture. */
async function makes(page: Page): Promise<void> {
  await page.getByText(/\d+ of \d+ particles, \d+ ms/).waitFor();
  const before = await shownMicrograph(page);
  expect(before.length).toBeGreaterThan(50_000);
  await page.getByLabel("Defocus").focus();
  await page.keyboard.press("ArrowRight");
  await page.getByText(/--defocus 15250,15250 --astigmatism 0/).waitFor();
  await changes(page, before);
}

const shownMicrograph = (page: Page): Promise<string> =>
  page.evaluate(() => document.querySelector<HTMLCanvasElement>(".making canvas")!.toDataURL());

const changes = (page: Page, before: string): Promise<unknown> =>
  page.waitForFunction(
    (old) => document.querySelector<HTMLCanvasElement>(".making canvas")!.toDataURL() !== old,
    before,
  );
