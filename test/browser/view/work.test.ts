/// <reference lib="dom" />
import { appendFileSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { parseStar } from "../../../src/io/star/parse.js";
import { scratchFolder } from "../../helpers/scratch.js";
import { describeView, painted } from "../../helpers/view/browser.js";
import { picture, writeShown } from "../../helpers/view/shown.js";

const dir = scratchFolder();
const at = (name: string): string => join(dir, name);
const prepare = async (): Promise<void> => writeShown(dir);

describeView("work with what cryogem view shows", { dir, edit: true, prepare }, (look) => {
  test("ranges in two histograms choose rows together, and a row leads to its micrograph", async () => {
    const page = await look().open("0/picks.star");
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
    const page = await look().open("0/fsc.star");
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
    const page = await look().open("0/metrics.jsonl");
    await page.getByText("2 rows of 2 columns").waitFor();
    appendFileSync(at("metrics.jsonl"), '{"step":3,"loss":1.25}\n');
    await page.getByText("3 rows of 2 columns").waitFor();
    expect(await page.locator(".legend td").first().innerText()).toBe("1.25");
    writeFileSync(at("new.mrc"), picture(64, 3));
    await page.getByRole("option", { name: "new.mrc" }).waitFor();
    await page.context().close();
  });

  test("picks are corrected with clicks and saved beside the old file", async () => {
    const before = readFileSync(at("picks.star"), "utf8");
    const page = await look().open("0/raw/m1.mrc");
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
});
