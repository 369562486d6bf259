import { describe, expect, test } from "vitest";
import { readPicksStar } from "../../../src/io/picks/star.js";

/** As relion_refine leaves it: coordinates and origins, image and micrograph of one pixel size. */
const REFINED = `data_optics
loop_
_rlnOpticsGroup
_rlnMicrographPixelSize
_rlnImagePixelSize
1 1.5 3
data_particles
loop_
_rlnCoordinateX
_rlnCoordinateY
_rlnMicrographName
_rlnOpticsGroup
_rlnOriginXAngst
_rlnOriginYAngst
100 200 MotionCorr/a.mrc 1 12 -6
150 220 MotionCorr/a.mrc 1 0 0
`;

describe("readPicksStar", () => {
  test("gives origins in angstrom with the pixel sizes; none where the origin is 0", () => {
    expect(readPicksStar(REFINED, "p.star", "p")).toEqual([
      {
        ...{ micrograph: "MotionCorr/a.mrc", x: 100, y: 200, origin: { x: 12, y: -6 } },
        pixelSizes: { micrograph: 1.5, original: undefined, image: 3 },
      },
      { micrograph: "MotionCorr/a.mrc", x: 150, y: 220 },
    ]);
  });

  const old = (detector: string): string =>
    `data_images\nloop_\n_rlnCoordinateX\n_rlnCoordinateY\n_rlnImageName\n_rlnOriginX\n_rlnOriginY\n${detector}`;

  test("RELION 3.0's origins in pixels of the image become angstrom", () => {
    const text = old("_rlnDetectorPixelSize\n_rlnMagnification\n100 200 1@a.mrcs 8 -4 15 100000\n");
    expect(readPicksStar(text, "p.star", "p")[0]).toMatchObject({
      ...{ x: 100, y: 200, origin: { x: 12, y: -6 }, pixelSizes: { micrograph: undefined, image: 1.5 } },
    });
  });

  test("such origins without any pixel size are refused, other than 0", () => {
    expect(() => readPicksStar(old("100 200 1@a.mrcs 8 -4\n"), "p.star", "p")).toThrow(
      "rlnOriginX: found 8, expected the file to say the pixel size",
    );
    expect(readPicksStar(old("100 200 1@a.mrcs 0 0\n"), "p.star", "p")).toEqual([
      { micrograph: "p", x: 100, y: 200 },
    ]);
  });

  test("columns that places do not need may hold anything", () => {
    const text =
      "data_\nloop_\n_rlnCoordinateX\n_rlnCoordinateY\n_rlnCtfMaxResolution\n_rlnDetectorPixelSize\n1 2 inf 0\n";
    expect(readPicksStar(text, "p.star", "p")).toEqual([{ micrograph: "p", x: 1, y: 2 }]);
  });

  test("what RELION and crYOLO write where there is no score is none", () => {
    const text =
      "data_\nloop_\n_rlnCoordinateX\n_rlnCoordinateY\n_rlnAutopickFigureOfMerit\n9 9 -999\n8 8 -9999\n7 7 -9\n";
    expect(readPicksStar(text, "p.star", "p").map(({ score }) => score)).toEqual([undefined, undefined, -9]);
  });

  test("a list of files of coordinates, as RELION's picking jobs write, is told as one", () => {
    const list =
      "data_coordinate_files\nloop_\n_rlnMicrographName\n_rlnMicrographCoordinates\na.mrc a_autopick.star\n";
    expect(() => readPicksStar(list, "autopick.star", "p")).toThrow(
      "expected one with rlnCoordinateX, as the files have that rlnMicrographCoordinates names",
    );
  });

  test.each([
    ["rlnImageName", "1@Extract/a.mrcs", "2@Extract/b.mrcs"],
    ["rlnMicrographMovieName", "Movies/a.tif", "Movies/b.tif"],
  ])(
    "rows of several images by %s, without rlnMicrographName, do not become one micrograph",
    (label, a, b) => {
      const text = (one: string, two: string): string =>
        `data_\nloop_\n_rlnCoordinateX\n_rlnCoordinateY\n_${label}\n1 2 ${one}\n3 4 ${two}\n`;
      expect(() => readPicksStar(text(a, b), "p.star", "p")).toThrow(
        /p\.star: data_, line 7, rln\w+: found .*, or rlnMicrographName/,
      );
      expect(readPicksStar(text(a, a.replace("1@", "2@")), "p.star", "p")).toHaveLength(2);
    },
  );
});
