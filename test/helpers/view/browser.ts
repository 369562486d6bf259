/// <reference lib="dom" />
import { type Browser, type BrowserContextOptions, chromium, type Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { chromiumPath } from "../machine/chromium.js";
import { type Served, serve } from "./server.js";

/** A running `cryogem view` with a browser that looks at it. */
export interface LookedAt {
  readonly served: Served;
  /** What the pages logged, asked of other machines or opened as dialogs: nothing in the end. */
  readonly complaints: string[];
  /** A fresh browser on a place. */
  open(place: string, options?: BrowserContextOptions): Promise<Page>;
  readonly browser: Browser;
}

/**
 * Tests of the pages in headless Chromium, with WebGL in software; the last of them is that nothing was logged, nothing asked of other
 * machines and that the program made no mistake.
 *
 * @param prepare writes what is shown @param flags of Chromium, beside those that all tests have @param tests get the browser once it is there
 */
export function describeView(
  name: string,
  {
    dir,
    edit = false,
    prepare,
    flags = [],
  }: {
    readonly dir: string;
    readonly edit?: boolean;
    readonly prepare: () => Promise<void>;
    readonly flags?: readonly string[];
  },
  tests: (look: () => LookedAt) => void,
): void {
  describe.skipIf(!chromiumPath)(`${name} in headless Chromium (needs Debian's package chromium)`, () => {
    let looked: LookedAt | undefined;
    beforeAll(async () => {
      await prepare();
      const served = await serve([dir], edit);
      const args = ["--no-sandbox", "--enable-unsafe-swiftshader", ...flags];
      const browser = await chromium.launch({ executablePath: chromiumPath!, args });
      looked = lookAt(browser, served);
    }, 120_000);
    afterAll(async () => {
      await looked?.browser.close();
      await looked?.served.end();
    });
    tests(() => looked!);
    test("nothing was logged, nothing was asked of other machines, and the program made no mistake", () => {
      expect(looked!.complaints).toEqual([]);
      expect(looked!.served.warnings).toEqual([]);
    });
  });
}

function lookAt(browser: Browser, served: Served): LookedAt {
  const complaints: string[] = [];
  return {
    ...{ served, complaints, browser },
    open: async (place, options = {}) => {
      const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, ...options });
      const page = await context.newPage();
      watch(page, place, complaints);
      page.on("request", (request) => {
        if (
          !request.url().startsWith(`http://127.0.0.1:${served.port}/`) &&
          !request.url().startsWith("blob:")
        ) {
          complaints.push(`${place}: asked for ${request.url()}`);
        }
      });
      const hash = place === "" ? "" : `#/at/${place.split("/").map(encodeURIComponent).join("/")}`;
      await page.goto(`${served.url}${hash}`);
      return page;
    },
  };
}

/** What Chromium says of itself: that it is slow where it draws in software, and that it has no graphics card. */
const OF_THE_BROWSER = ["GPU stall due to ReadPixels", "No available adapters."];

/** Notes what a page logs and asks. */
export function watch(page: Page, place: string, complaints: string[]): void {
  page.on("pageerror", (error) => complaints.push(`${place}: ${error.message}`));
  page.on("console", (message) => {
    if (!OF_THE_BROWSER.some((text) => message.text().includes(text)))
      complaints.push(`${place}: ${message.text()}`);
  });
  page.on("dialog", (dialog) => {
    complaints.push(`${place}: a dialog: ${dialog.message()}`);
    void dialog.dismiss();
  });
}

/** Waits until a canvas shows something. */
export const painted = (page: Page): Promise<unknown> =>
  page.waitForFunction(() => {
    const canvas = document.querySelector<HTMLCanvasElement>(".stage canvas, .slice canvas, .grid canvas");
    if (!canvas || canvas.width === 0) return false;
    // a picture of one grey is packed into far fewer letters
    return canvas.toDataURL().length > 5000;
  });
