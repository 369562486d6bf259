import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { healpixCentre, healpixCount } from "../../../src/reconstruct/search/healpix.js";

type Row = readonly [order: number, pixel: number, polar: number, azimuth: number];
const rows: readonly Row[] = JSON.parse(
  readFileSync(new URL("../../fixtures/reconstruct/healpix.json", import.meta.url), "utf8"),
);

test("centres of pixels are those of healpy", () => {
  expect(rows.length).toBeGreaterThan(400);
  for (const [order, pixel, polar, azimuth] of rows) {
    const centre = healpixCentre(order, pixel);
    expect(Math.abs(centre.polar - polar)).toBeLessThan(1e-10);
    expect(Math.abs(Math.sin((centre.azimuth - azimuth) / 2))).toBeLessThan(1e-10);
  }
});

test("an order has four times the pixels of the one before", () => {
  expect([0, 1, 2, 3].map(healpixCount)).toEqual([12, 48, 192, 768]);
});
