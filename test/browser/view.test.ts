/// <reference lib="dom" />
import { appendFileSync, linkSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { basename, join } from "node:path";
import { type Browser, type BrowserContextOptions, chromium, type Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { Random } from "../../src/core/random.js";
import { writeMrc } from "../../src/io/mrc/write.js";
import { parseStar } from "../../src/io/star/parse.js";
import { exportMap } from "../../src/jobs/view/export.js";
import { nodeFiles } from "../../src/runtime/files.js";
import { readPages } from "../../src/runtime/view/pages.js";
import { chromiumPath } from "../helpers/chromium.js";
import { scratchFolder } from "../helpers/scratch.js";
import { writeTinyDataset } from "../helpers/tiny-dataset.js";
import { toyVolume } from "../helpers/toy-map.js";
import { type Served, serve } from "../helpers/view-server.js";

const dir = scratchFolder();
const at = (name: string): string => join(dir, name);

const picture = (size: number, seed: number): Uint8Array => {
  const data = new Float32Array(size * size);
  Random.of(seed, "view").fillNormal(data);
  return writeMrc({ data, shape: [1, size, size], voxelSize: 2, kind: "image" });
};

/** Names that a page might take for markup, for an address, or for something to run. */
const HOSTILE = [
  "<img src=x onerror=alert(1)>.mrc",
  "\"quote' & amp; %2e%2e %.mrc",
  "#hash?query=1&x.mrc",
  "javascript:alert(1).mrc",
  "日本語 ‮gnp.mrc",
  "a\nb.mrc",
];

function writeShown(): void {
  for (const folder of ["raw", "many", "hostile", "stacks"]) mkdirSync(at(folder));
  for (const i of [1, 2, 3]) writeFileSync(at(`raw/m${i}.mrc`), picture(700, i));
  const rows = Array.from(
    { length: 40 },
    (_, i) => `raw/m1.mrc ${20 + 16 * i} ${30 + 15 * i} ${i / 40} ${10_000 + 100 * i}`,
  );
  writeFileSync(
    at("picks.star"),
    `data_particles\nloop_\n_rlnMicrographName\n_rlnCoordinateX\n_rlnCoordinateY\n_rlnAutopickFigureOfMerit\n_rlnDefocusU\n${rows.join("\n")}\n`,
  );
  const angles = Array.from({ length: 90 }, (_, i) => `${4 * i - 180} ${2 * i} 0 raw/m1.mrc`);
  writeFileSync(
    at("views.star"),
    `data_particles\nloop_\n_rlnAngleRot\n_rlnAngleTilt\n_rlnAnglePsi\n_rlnMicrographName\n${angles.join("\n")}\n`,
  );
  const shells = Array.from({ length: 30 }, (_, i) => `${i} ${i / 100} ${1 / (1 + (i / 15) ** 6)}`);
  writeFileSync(
    at("fsc.star"),
    `data_fsc\nloop_\n_rlnSpectralIndex\n_rlnResolution\n_rlnFourierShellCorrelationCorrected\n${shells.join("\n")}\n`,
  );
  writeFileSync(at("metrics.jsonl"), '{"step":1,"loss":2}\n{"step":2,"loss":1.5}\n');
  writeFileSync(at("map.mrc"), writeMrc({ ...toyVolume(), kind: "volume" }));
  const stack = new Float32Array(150 * 32 * 32);
  Random.of(9, "stack").fillNormal(stack);
  writeFileSync(
    at("stacks/p.mrcs"),
    writeMrc({ data: stack, shape: [150, 32, 32], voxelSize: 2, kind: "stack" }),
  );
  writeFileSync(
    at("figure.svg"),
    '<svg xmlns="http://www.w3.org/2000/svg" width="90" height="60"><script>alert(1)</script><rect width="90" height="60" fill="teal"/></svg>',
  );
  writeFileSync(at("notes.xyz"), "neither");
  writeFileSync(at("run.log"), "<b>iteration 1</b>\n");
  for (const name of HOSTILE) writeFileSync(at(`hostile/${name}`), picture(64, 5));
  writeFileSync(at("many/000000.mrc"), picture(64, 1));
  for (let i = 1; i < 10_000; i++)
    linkSync(at("many/000000.mrc"), at(`many/${String(i).padStart(6, "0")}.mrc`));
}

describe.skipIf(!chromiumPath)("cryogem view in headless Chromium (needs Debian's package chromium)", () => {
  let browser: Browser;
  let served: Served;
  const complaints: string[] = [];

  beforeAll(async () => {
    writeShown();
    await writeTinyDataset(at("set"));
    served = await serve([dir], true);
    browser = await chromium.launch({ executablePath: chromiumPath!, args: ["--no-sandbox"] });
  }, 120_000);
  afterAll(async () => {
    await browser?.close();
    await served?.end();
  });

  /** A fresh browser on a place. */
  async function open(place: string, options: BrowserContextOptions = {}, to = served): Promise<Page> {
    const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, ...options });
    const page = await context.newPage();
    page.on("pageerror", (error) => complaints.push(`${place}: ${error.message}`));
    page.on("console", (message) => complaints.push(`${place}: ${message.text()}`));
    page.on("dialog", (dialog) => {
      complaints.push(`${place}: a dialog: ${dialog.message()}`);
      void dialog.dismiss();
    });
    page.on("request", (request) => {
      if (!request.url().startsWith(`http://127.0.0.1:${to.port}/`) && !request.url().startsWith("blob:")) {
        complaints.push(`${place}: asked for ${request.url()}`);
      }
    });
    const hash = place === "" ? "" : `#/at/${place.split("/").map(encodeURIComponent).join("/")}`;
    await page.goto(`${to.url}${hash}`);
    return page;
  }

  /** Waits until a canvas shows something. */
  const painted = (page: Page): Promise<unknown> =>
    page.waitForFunction(() => {
      const canvas = document.querySelector<HTMLCanvasElement>(".stage canvas, .slice canvas, .grid canvas");
      if (!canvas || canvas.width === 0) return false;
      // a picture of one grey is packed into far fewer letters
      return canvas.toDataURL().length > 5000;
    });

  const PAGES: readonly (readonly [place: string, shows: string])[] = [
    ["0", "picks.star"],
    ["0/raw/m1.mrc", "700 × 700 pixels"],
    ["0/set/micrographs/000001.mrc", "mask"],
    ["0/picks.star", "All 40 rows"],
    ["0/views.star", "All 90 rows"],
    ["0/fsc.star", "resolution, Å"],
    ["0/metrics.jsonl", "loss"],
    ["0/map.mrc", "across z"],
    ["0/stacks/p.mrcs", "150 images"],
    ["0/figure.svg", "figure.svg"],
    ["0/notes.xyz", "not a known format"],
    ["0/run.log", "<b>iteration 1"],
    ["0/set", "cryogem dataset"],
    ["", "Start"],
    ["make:0/map.mrc", "The first micrograph of this command"],
  ];

  describe.each([
    ["light", 1280],
    ["dark", 1280],
    ["light", 380],
    ["dark", 380],
  ] as const)("every page, %s, %i pixels wide", (colorScheme, width) => {
    test("says what it shows, has text that contrasts, and nothing wider than the window", async () => {
      const page = await open("0", { colorScheme, viewport: { width, height: 800 } });
      for (const [place, shows] of PAGES) {
        await page.evaluate((to) => {
          const [page, where] = to.includes(":") ? to.split(":") : [to === "" ? "real" : "at", to];
          location.hash = `#/${page}/${where}`;
        }, place);
        await page.locator("main").getByText(shows).first().waitFor();
        expect(await page.evaluate(tooWide), `${place}: wider than the window`).toBe(0);
        expect(await page.evaluate(poorContrast), `${place}: contrast below 4.5`).toEqual([]);
      }
      await page.context().close();
    });
  });

  test("a micrograph is moved about, and its contrast set, with the keyboard alone", async () => {
    const page = await open("0/raw/m1.mrc");
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
    const page = await open("0");
    await page.getByRole("listbox").focus();
    await page.keyboard.press("End");
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

  test("ranges in two histograms choose rows together, and a row leads to its micrograph", async () => {
    const page = await open("0/picks.star");
    await page.getByLabel("rlnDefocusU, from").fill("12000");
    await page.getByLabel("rlnDefocusU, from").blur();
    await page.getByText("20 of 40 rows chosen").waitFor();
    await page.getByLabel("rlnAutopickFigureOfMerit, to").fill("0.7");
    await page.getByLabel("rlnAutopickFigureOfMerit, to").blur();
    await page.getByText("9 of 40 rows chosen").waitFor();
    await page.getByRole("button", { name: "raw/m1.mrc" }).first().click();
    await page.getByRole("heading", { name: "m1.mrc" }).waitFor();
    await page.context().close();
  });

  test("curves are read under the cursor, by mouse and by keys", async () => {
    const page = await open("0/fsc.star");
    const chart = page.locator(".chart > svg");
    await chart.focus();
    for (let i = 0; i < 21; i++) await page.keyboard.press("ArrowRight");
    await page.getByText("5.00 Å (0.2000 1/Å)").waitFor();
    expect(await page.locator(".legend td").first().innerText()).toBe(
      String(Number((1 / (1 + (20 / 15) ** 6)).toPrecision(4))),
    );
    const box = (await chart.boundingBox())!;
    await page.mouse.move(box.x + 60, box.y + 100);
    await page.getByText("zero frequency").waitFor();
    await page.context().close();
  });

  test("a training that goes on is followed, and a folder that grows too", async () => {
    const page = await open("0/metrics.jsonl");
    await page.getByText("2 rows of 2 columns").waitFor();
    appendFileSync(at("metrics.jsonl"), '{"step":3,"loss":1.25}\n');
    await page.getByText("3 rows of 2 columns").waitFor();
    expect(await page.locator(".legend td").first().innerText()).toBe("1.25");
    writeFileSync(at("new.mrc"), picture(64, 3));
    await page.getByRole("option", { name: "new.mrc" }).waitFor();
    await page.context().close();
  });

  test("of ten thousand micrographs those in sight are in the page, and the last is reached", async () => {
    const page = await open("0/many/000000.mrc");
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
    const page = await open("0/hostile");
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

  test("picks are corrected with clicks and saved beside the old file", async () => {
    const before = readFileSync(at("picks.star"), "utf8");
    const page = await open("0/raw/m1.mrc");
    await painted(page);
    await page.getByText("40 of 40 shown").waitFor();
    await page.getByRole("button", { name: /Correct picks/ }).click();
    const canvas = (await page.locator(".stage canvas").boundingBox())!;
    // the whole image is in the middle: its pixels by the same fit as the page's
    const zoom = Math.min(canvas.width, canvas.height) / 700;
    const click = (x: number, y: number): Promise<void> =>
      page.mouse.click(
        canvas.x + canvas.width / 2 + (x + 0.5 - 350) * zoom,
        canvas.y + canvas.height / 2 + (y + 0.5 - 350) * zoom,
      );
    await click(20, 30);
    await page.getByText("39 picks.").waitFor();
    await click(600, 100);
    await page.getByText("40 picks.").waitFor();
    await page.getByRole("button", { name: "Save" }).click();
    await page.getByText("Saved as picks_corrected.star").waitFor();
    expect(readFileSync(at("picks.star"), "utf8")).toBe(before);
    const table = parseStar(readFileSync(at("picks_corrected.star"), "utf8"), "saved").table("particles");
    expect(table.rows).toBe(40);
    const x = table.numbers("rlnCoordinateX");
    expect(x[0]).toBe(36);
    expect(Math.abs(x[39]! - 600)).toBeLessThan(1.5);
    expect(table.numbers("rlnAutopickFigureOfMerit")[39]).toBe(-999);
    await page.context().close();
  });

  test("which one is real: pairs are answered with the keyboard, the score has its interval, the answers are CSV", async () => {
    const answer = async (): Promise<string> => {
      const page = await open("0");
      await page.getByRole("link", { name: "Which one is real?" }).click();
      await page.getByLabel("Real").selectOption({ label: `${basename(dir)}/raw (3)` });
      await page.getByLabel("Synthetic").selectOption({ label: `${basename(dir)}/many (10000)` });
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
    const page = await open("0/map.mrc");
    await page.getByRole("link", { name: "Simulate micrographs of it" }).click();
    await makes(page);
    await page.context().close();
  });

  test("the same page works from a folder that any web server shows", async () => {
    const out = at("exported");
    await exportMap([at("map.mrc")], out, await readPages(), nodeFiles);
    const server = createServer((request, response) => {
      const name = request.url === "/" ? "index.html" : request.url!.slice(1);
      const types: Record<string, string> = {
        html: "text/html",
        js: "text/javascript",
        css: "text/css",
        svg: "image/svg+xml",
      };
      response.setHeader("Content-Type", types[name.split(".").at(-1)!] ?? "application/octet-stream");
      response.end(readFileSync(join(out, name)));
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const page = await browser.newPage();
    page.on("pageerror", (error) => complaints.push(`export: ${error.message}`));
    page.on("console", (message) => complaints.push(`export: ${message.text()}`));
    await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
    await makes(page);
    await page.close();
    server.close();
  });

  /** Turns a knob with the keyboard and waits for another picture. */
  async function makes(page: Page): Promise<void> {
    await page.getByText(/\d+ of \d+ particles, \d+ ms/).waitFor();
    const shown = (): Promise<string> =>
      page.evaluate(() => document.querySelector<HTMLCanvasElement>(".making canvas")!.toDataURL());
    const before = await shown();
    expect(before.length).toBeGreaterThan(50_000);
    await page.getByLabel("Defocus").focus();
    await page.keyboard.press("ArrowRight");
    await page.getByText(/--defocus 15250,15250 --astigmatism 0/).waitFor();
    await page.waitForFunction(
      (old) => document.querySelector<HTMLCanvasElement>(".making canvas")!.toDataURL() !== old,
      before,
    );
  }

  test("a connection that is cut is told of, and what comes back goes on", async () => {
    const page = await open("0/metrics.jsonl");
    await page.getByText("rows of 2 columns").waitFor();
    await page.context().setOffline(true);
    await page.getByText("cryogem view does not answer").waitFor();
    await page.context().setOffline(false);
    await page.getByText("cryogem view does not answer").waitFor({ state: "detached" });
    await page.context().close();
    // what the browser itself says of it
    const own = complaints.filter((line) => /ERR_INTERNET_DISCONNECTED/.test(line));
    expect(own.length).toBeGreaterThan(0);
    for (const line of own) complaints.splice(complaints.indexOf(line), 1);
  });

  test("without the token there is a sentence that says what to do; the address keeps no secret", async () => {
    const context = await browser.newContext();
    const page = await context.newPage();
    await page.goto(`http://127.0.0.1:${served.port}/`);
    expect(await page.locator("body").innerText()).toMatch(/open the address that `cryogem view` printed/);
    await page.goto(served.url);
    await page.getByRole("listbox").waitFor();
    expect(page.url()).not.toContain("token");
    await page.reload();
    await page.getByRole("listbox").waitFor();
    await context.close();
  });

  test("nothing was logged, nothing was asked of other machines, and the program made no mistake", () => {
    expect(complaints).toEqual([]);
    expect(served.warnings).toEqual([]);
  });
});

/** Pixels by which the page is wider than the window. */
function tooWide(): number {
  return Math.max(0, document.documentElement.scrollWidth - document.documentElement.clientWidth);
}

/** Texts whose contrast to what lies behind them is below 4.5, WCAG 2.2's level AA for text of any size. */
function poorContrast(): string[] {
  const parse = (text: string): number[] => (text.match(/[\d.]+/g) ?? []).map(Number);
  const luminance = ([r, g, b]: number[]): number => {
    const linear = [r!, g!, b!].map((value) => {
      const share = value / 255;
      return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * linear[0]! + 0.7152 * linear[1]! + 0.0722 * linear[2]!;
  };
  const behind = (element: Element | null): number[] => {
    for (let each = element; each; each = each.parentElement) {
      const colour = parse(getComputedStyle(each).backgroundColor);
      if (colour.length === 3 || colour[3]! > 0.5) return colour.slice(0, 3);
    }
    return matchMedia("(prefers-color-scheme: dark)").matches ? [18, 18, 18] : [255, 255, 255];
  };
  const poor: string[] = [];
  for (const element of Array.from(document.querySelectorAll("body *"))) {
    const own = Array.from(element.childNodes).some(
      (node) => node.nodeType === 3 && node.textContent!.trim() !== "",
    );
    const { width, height } = element.getBoundingClientRect();
    const isDisabled = element instanceof HTMLButtonElement && element.disabled;
    if (!own || width < 2 || height < 2 || isDisabled) continue;
    const style = getComputedStyle(element);
    const colour = parse(element instanceof SVGElement ? style.fill : style.color);
    const [a, b] = [luminance(colour), luminance(behind(element))];
    const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    if (ratio < 4.5) poor.push(`${element.textContent!.trim().slice(0, 40)}: ${ratio.toFixed(2)}`);
  }
  return [...new Set(poor)];
}
