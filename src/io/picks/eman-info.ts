import { FormatError } from "../../core/errors.js";
import { parseJsonObject } from "../bytes/json-object.js";
import { decodeText } from "../bytes/text.js";
import type { Pick } from "./pick.js";

/**
 * Reads the boxes of an info file of EMAN2, info/MICROGRAPH_info.json, as e2boxer.py (EMAN2, programs/) writes them: each [x, y,
 * kind] or [x, y, kind, score], where x and y are the centre of the box in pixels of the micrograph. Its convolutional network
 * once wrote two figures in place of the score; such boxes have none here.
 * @param micrograph that the file belongs to, whose name it does not carry
 * @throws FormatError for text that is no JSON, a file without boxes, a box of another form, or boxes of a tomogram, [x, y, z, …]
 */
export function readEmanInfo(content: Uint8Array | string, path: string, micrograph: string): Pick[] {
  const { boxes } = parseJsonObject(decodeText(content, path), path, "an info file of EMAN2");
  if (!Array.isArray(boxes)) {
    const found = boxes === undefined ? "nothing" : typeof boxes;
    throw new FormatError(path, "boxes", found, "the list that e2boxer.py writes into MICROGRAPH_info.json");
  }
  return boxes.map((box: unknown, i): Pick => {
    const [x, y, kind, score] = Array.isArray(box) ? box : [];
    if (!isNumber(x) || !isNumber(y) || typeof kind !== "string") {
      const expected = "[x, y, kind] or [x, y, kind, score] of a micrograph, x and y in pixels";
      throw new FormatError(path, `boxes[${i}]`, box, expected);
    }
    return { micrograph, x, y, ...(isNumber(score) && { score }) };
  });
}

const isNumber = (value: unknown): value is number => Number.isFinite(value);
