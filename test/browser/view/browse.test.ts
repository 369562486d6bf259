/// <reference lib="dom" />
import { linkSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { scratchFolder } from "../../helpers/scratch.js";
import { describeView, painted } from "../../helpers/view/browser.js";
import { picture, writeShown } from "../../helpers/view/shown.js";

const dir = scratchFolder();
const at = (name: string): string => join(dir, name);

/** Names that a page might take for markup, for an address, or for something to run. */
const HOSTILE = [
  "<img src=x onerror=alert(1)>.mrc",
  "\"quote' & amp; %2e%2e %.mrc",
  "#hash?query=1&x.mrc",
  "javascript:alert(1).mrc",
  "日本語 ‮gnp.mrc",
  "a\nb.mrc",
];

const prepare = async (): Promise<void> => {
  writeShown(dir);
  for (const folder of ["many", "hostile"]) mkdirSync(at(folder));
  for (const name of HOSTILE) writeFileSync(at(`hostile/${name}`), picture(64, 5));
  writeFileSync(at("many/000000.mrc"), picture(64, 1));
  for (let i = 1; i < 10_000; i++)
    linkSync(at("many/000000.mrc"), at(`many/${String(i).padStart(6, "0")}.mrc`));
};

describeView("going about in cryogem view", { dir, prepare }, (look) => {
  test("a micrograph is moved about, and its contrast set, with the keyboard alone", async () => {
    const page = await look().open("0/raw/m1.mrc");
    await painted(page);
    const shown = (): Promise<string> =>
      page.evaluate(() => document.querySelector<HTMLCanvasElement>(".stage canvas")!.toDataURL());
    const clipped = (): Promise<string | null> => page.locator(".panel .slider .value").first().textContent();
    await page.getByText("40 of 40 shown").waitFor();
    let before = await shown();
    expect(await clipped()).toBe("0.5 %");
    await page.keyboard.press("]");
    await expect.poll(clipped).toBe("0.65 %");
    await expect.poll(shown).not.toBe(before);
    before = await shown();
    await page.keyboard.press("+");
    await expect.poll(shown).not.toBe(before);
    // the canvas takes the focus with the Tab key, and then the arrows
    await page.locator(".stage canvas").focus();
    before = await shown();
    await page.keyboard.press("ArrowRight");
    await expect.poll(shown).not.toBe(before);
    for (const key of ["i", "f", "f", "l", "0", "1"]) await page.keyboard.press(key);
    await page.keyboard.press(".");
    await page.getByText(/^3\d of 40 shown/).waitFor();
    await page.keyboard.press("j");
    await page.getByRole("heading", { name: "m2.mrc" }).waitFor();
    await page.keyboard.press("k");
    await page.getByRole("heading", { name: "m1.mrc" }).waitFor();
    await page.keyboard.press("s");
    await page.getByText("Rings of the CTF").waitFor();
    await page.keyboard.press("?");
    await page.getByRole("heading", { name: "Keys" }).waitFor();
    await page.keyboard.press("Escape");
    await page.context().close();
  });

  test("the list is walked through with the keyboard: folders too", async () => {
    const page = await look().open("0");
    await page.getByRole("option", { name: "picks.star" }).waitFor();
    await page.getByRole("listbox").focus();
    await page.keyboard.press("End");
    await page.getByRole("heading", { name: "views.star" }).waitFor();
    await page.keyboard.press("Home");
    await page.locator("#line-0.current").waitFor();
    const active = (): Promise<string> => page.locator(".line.current .text").innerText();
    for (let last = await active(); last !== "raw"; last = await active()) {
      await page.keyboard.press("ArrowDown");
      await expect.poll(active).not.toBe(last);
    }
    await page.keyboard.press("Enter");
    await page.getByRole("option", { name: "m3.mrc" }).waitFor();
    await page.keyboard.press("ArrowDown");
    await page.getByRole("heading", { name: "m1.mrc" }).waitFor();
    await page.keyboard.press("Backspace");
    await page.getByRole("option", { name: "picks.star" }).waitFor();
    await page.context().close();
  });

  test("of ten thousand micrographs those in sight are in the page, and the last is reached", async () => {
    const page = await look().open("0/many/000000.mrc");
    await painted(page);
    await page.getByText("10,000 entries").waitFor();
    expect(await page.locator(".line").count()).toBeLessThan(80);
    await page.getByRole("listbox").focus();
    await page.keyboard.press("End");
    await page.getByRole("heading", { name: "009999.mrc" }).waitFor();
    await page.getByRole("searchbox").fill("00777");
    await page.getByText("11 of 10000").waitFor();
    await page.context().close();
  });

  test("hostile names are shown as they are, opened, and run nothing", async () => {
    const page = await look().open("0/hostile");
    for (const name of HOSTILE) {
      await page.getByText("6 entries").waitFor();
      const names = await page.locator(".line .text").allTextContents();
      await page.locator(".line").nth(names.indexOf(name)).click();
      await painted(page);
      expect(await page.locator("h1").textContent()).toBe(name);
      await page.evaluate(() => history.back());
      await page
        .locator("h1")
        .filter({ hasText: /^hostile$/ })
        .waitFor();
    }
    await page.context().close();
  });

  test("a connection that is cut is told of, and what comes back goes on", async () => {
    const page = await look().open("0/metrics.jsonl");
    await page.getByText("rows of 2 columns").waitFor();
    await page.context().setOffline(true);
    await page.getByText("cryogem view does not answer").waitFor();
    await page.context().setOffline(false);
    await page.getByText("cryogem view does not answer").waitFor({ state: "detached" });
    await page.context().close();
    // what the browser itself says of it
    const own = look().complaints.filter((line) => /ERR_INTERNET_DISCONNECTED/.test(line));
    expect(own.length).toBeGreaterThan(0);
    for (const line of own) look().complaints.splice(look().complaints.indexOf(line), 1);
  });

  test("without the token there is a sentence that says what to do; the address keeps no secret", async () => {
    const context = await look().browser.newContext();
    const page = await context.newPage();
    await page.goto(`http://127.0.0.1:${look().served.port}/`);
    expect(await page.locator("body").innerText()).toMatch(/open the address that `cryogem view` printed/);
    await page.goto(look().served.url);
    await page.getByRole("listbox").waitFor();
    expect(page.url()).not.toContain("token");
    await page.reload();
    await page.getByRole("listbox").waitFor();
    await context.close();
  });
});
