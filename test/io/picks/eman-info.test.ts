import { describe, expect, test } from "vitest";
import { readBox } from "../../../src/io/picks/box.js";
import { readEmanInfo } from "../../../src/io/picks/eman-info.js";
import { pickFormatOf } from "../../../src/io/picks/formats.js";

describe("info files of EMAN2", () => {
  const info = (boxes: unknown): string =>
    JSON.stringify({ boxes, ctf: { __class__: "EMAN2Ctf" }, quality: 5 });
  test("boxes are centres, where e2boxer.py writes corners into .box files", () => {
    const text = info([
      [120, 90, "manual"],
      [341, 77, "auto_local", 6.5],
      [12.5, 8, "auto_convnet", [0.9, 0.4]],
    ]);
    const picks = readEmanInfo(text, "info/m_info.json", "m");
    expect(picks).toEqual([
      { micrograph: "m", x: 120, y: 90 },
      { micrograph: "m", x: 341, y: 77, score: 6.5 },
      { micrograph: "m", x: 12.5, y: 8 },
    ]);
    // write_boxfiles of e2boxer.py, boxes of 64 pixels: corners of the first two
    const box = readBox("88\t58\t64\t64\n309\t45\t64\t64\n", "m.box", "m");
    expect(box.map(({ x, y }) => [x, y])).toEqual(picks.slice(0, 2).map(({ x, y }) => [x, y]));
  });
  test("they are known by their names, which other JSON files do not have", () => {
    expect(pickFormatOf("info/m_info.json")).toMatchObject({ what: "EMAN2 boxes" });
    expect(pickFormatOf("info.json")).toMatchObject({ what: "COCO boxes" });
  });
  test.each([
    [
      "no boxes",
      JSON.stringify({ ctf: 1 }),
      'm_info.json: boxes: found "nothing", expected the list that e2boxer.py',
    ],
    [
      "boxes of a tomogram",
      info([[1, 2, 30, "manual", 0, 1]]),
      'boxes[0]: found [1,2,30,"manual",0,1], expected [x, y',
    ],
    [
      "a box that is none",
      info([[1, 2, "manual"], { x: 1 }]),
      'boxes[1]: found {"x":1}, expected [x, y, kind]',
    ],
    ["no JSON", "boxes", "m_info.json: JSON: found"],
  ])("%s", (_, text, message) => {
    expect(() => readEmanInfo(text, "m_info.json", "m")).toThrow(message);
  });
});
