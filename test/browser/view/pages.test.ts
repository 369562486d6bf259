/// <reference lib="dom" />
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { writeArrays } from "../../../src/jobs/shared/models/model-files.js";
import { nodeFiles } from "../../../src/runtime/files.js";
import { encodeModel } from "../../../src/translate/model.js";
import { scratchFolder } from "../../helpers/scratch.js";
import { writeTinyDataset } from "../../helpers/toys/dataset.js";
import { describeView } from "../../helpers/view/browser.js";
import { writeShown } from "../../helpers/view/shown.js";

const dir = scratchFolder();
const prepare = async (): Promise<void> => {
  writeShown(dir);
  await writeTinyDataset(join(dir, "set"));
  const record = {
    ...({ program: "cryogem 9.9.9", translator: "gaussian", pixelSize: 4, dose: 40, step: 0 } as const),
    contrast: { mean: 0, deviation: 1 },
  };
  // far weaker than the particles of the map that is shown, which the page says
  const model = { record, noise: { deviation: 1, cleanDeviation: 1e-6 }, parameters: new Map() };
  await writeArrays(nodeFiles, join(dir, "model/model.safetensors"), encodeModel(model));
};

describeView("every page of cryogem view", { dir, prepare }, (look) => {
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
    ["0/Class2D/job1/run_data.star", "All 120 rows"],
    ["0/notes.xyz", "not a known format"],
    ["0/task.sh", "echo done"],
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
      const page = await look().open("0", { colorScheme, viewport: { width, height: 800 } });
      for (const [place, shows] of PAGES) {
        await page.evaluate((to) => {
          const [page, where] = to.includes(":") ? to.split(":") : [to === "" ? "real" : "at", to];
          location.hash = `#/${page}/${where}`;
        }, place);
        await page.locator("main").getByText(shows).first().waitFor();
        expect(await page.evaluate(tooWide), `${place}: wider than the window`).toBe(0);
        expect(await page.evaluate(poorContrast), `${place}: contrast below 4.5`).toEqual([]);
      }
      // the last page again, with the noise of a model
      await page.getByLabel("Kind").focus();
      await page.keyboard.press("End");
      await page.getByRole("button", { name: /Take signal/ }).waitFor();
      expect(await page.evaluate(tooWide)).toBe(0);
      expect(await page.evaluate(poorContrast)).toEqual([]);
      await page.context().close();
    });
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
