import { expect, test } from "vitest";
import { zeros } from "../../../src/array/image.js";
import { Random } from "../../../src/core/random.js";
import { spotsPicture } from "../../../src/jobs/estimate/pictures.js";
import { attributesOf } from "../../plot/markup.js";

test("circles lie on their places in the picture, which is averaged down", () => {
  const image = zeros(90, 2100);
  Random.of(1, "spots").fillNormal(image.data);
  const spots = [
    { x: 1, y: 1, strength: 9 },
    { x: 1000, y: 40.5, strength: 8 },
  ];
  const svg = spotsPicture(image, spots, { stem: "m", diameter: 120, pixelSize: 2 });
  const [picture] = attributesOf(svg, "image");
  // 2100 columns become 700: three pixels are one
  expect([picture!["width"], picture!["height"]]).toEqual(["700", "30"]);
  const circles = attributesOf(svg, "circle").map(({ cx, cy, r }) => [Number(cx), Number(cy), Number(r)]);
  // the middle pixel of three is the middle of one: at 0.5 from its edge; 60 angstrom are 10 pixels of 6
  expect(circles).toEqual([
    [0.5, 0.5, 10],
    [expect.closeTo(1000.5 / 3, 2), expect.closeTo(41 / 3, 2), 10],
  ]);
});
