import { expect, test } from "vitest";
import { curveDoubt } from "../../../src/jobs/shared/curve-doubt.js";

const ending = (last: number) =>
  curveDoubt({ frequency: [0, last / 2, last], value: [1, 0.7, 0.4] }, "mtf.star");

test("a curve that ends at Nyquist is right; one that goes to 1 may count in shares of Nyquist, a short one is held", () => {
  // as the files of RELION's detectors end
  expect([ending(0.5), ending(0.4995), ending(0.46)]).toEqual([undefined, undefined, undefined]);
  expect(ending(1)).toBe(
    "mtf.star: the curve goes to 1 cycles per pixel, where RELION's end at 0.5: is that Nyquist?",
  );
  expect(ending(0.2)).toBe(
    "mtf.star: the curve ends at 0.2 cycles per pixel: beyond it, up to 0.5, its last value is used",
  );
});
