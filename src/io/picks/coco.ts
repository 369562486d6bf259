import { DomainError, FormatError } from "../../core/errors.js";
import { isJsonObject, type JsonObject, parseJsonObject } from "../bytes/json-object.js";
import { decodeText } from "../bytes/text.js";
import type { Pick } from "./pick.js";

/** A micrograph that a COCO file lists, whether it has particles or not. */
export interface CocoImage {
  readonly fileName: string;
  readonly shape: readonly [rows: number, columns: number];
}

/** COCO measures from the corner of the first pixel, coordinates here from its centre. */
const HALF_PIXEL = 0.5;

/**
 * A COCO detection file: images, one box an annotation, one category `particle`. Boxes are [left, top, width, height] in
 * COCO's continuous coordinates, whose origin is the upper left corner of the first pixel.
 * @param boxSize side of a box in pixels, where a pick has none of its own
 * @throws DomainError for a pick whose micrograph is not among the images
 */
export function writeCoco(images: readonly CocoImage[], picks: readonly Pick[], boxSize: number): string {
  return head(images) + annotations(picks, { before: 0, ids: idsOf(images), boxSize }) + END;
}

/** The same text in pieces, a piece for each group of picks, so that its size is not bound by memory. */
export async function* cocoPieces(
  images: readonly CocoImage[],
  groups: AsyncIterable<readonly Pick[]>,
  boxSize: number,
): AsyncGenerator<string> {
  const ids = idsOf(images);
  yield head(images);
  let before = 0;
  for await (const picks of groups) {
    if (picks.length === 0) continue;
    yield (before > 0 ? "," : "") + annotations(picks, { before, ids, boxSize });
    before += picks.length;
  }
  yield END;
}

const END = "]}\n";

const idsOf = (images: readonly CocoImage[]): ReadonlyMap<string, number> =>
  new Map(images.map(({ fileName }, i) => [fileName, i + 1]));

/** All up to the first annotation. */
function head(images: readonly CocoImage[]): string {
  const listed = images.map(({ fileName, shape }, i) => ({
    ...{ id: i + 1, file_name: fileName },
    ...{ width: shape[1], height: shape[0] },
  }));
  const categories = [{ id: 1, name: "particle" }];
  return JSON.stringify({ images: listed, categories, annotations: [] }).slice(0, -"]}".length);
}

/** Annotations between the brackets of their list, numbered on from `before`. */
function annotations(
  picks: readonly Pick[],
  { before, ids, boxSize }: { before: number; ids: ReadonlyMap<string, number>; boxSize: number },
): string {
  const texts = picks.map((pick, i) => {
    const image = ids.get(pick.micrograph);
    if (image === undefined)
      throw new DomainError("micrograph of a pick", pick.micrograph, "one of the images");
    const size = pick.boxSize ?? boxSize;
    const [left, top] = [pick.x, pick.y].map((at) => round(at + HALF_PIXEL - size / 2));
    return JSON.stringify({
      ...{ id: before + i + 1, image_id: image, category_id: 1 },
      ...{ bbox: [left, top, round(size), round(size)], area: round(size * size), iscrowd: 0 },
      ...(pick.score !== undefined && { score: pick.score }),
    });
  });
  return texts.join(",");
}

const round = (value: number): number => Math.round(value * 1000) / 1000;

/**
 * Reads the boxes of a COCO file as picks.
 * @throws FormatError for text that is no JSON, a missing list or field, two images of one id or name, a box of an image that is
 *   not listed, a box without size, or boxes of several categories, of which it is not known which are particles
 */
export function readCoco(content: Uint8Array | string, path: string): { images: CocoImage[]; picks: Pick[] } {
  const file = parseJsonObject(decodeText(content, path), path, "a COCO file");
  const names = new Map<unknown, string>();
  const fileNames = new Set<string>();
  const images = list(file, "images", path).map((image, i): CocoImage => {
    const at = `images[${i}]`;
    const fileName = image["file_name"];
    if (typeof fileName !== "string") throw new FormatError(path, `${at}, file_name`, fileName, "a name");
    const id = image["id"];
    if (typeof id !== "number" && typeof id !== "string")
      throw new FormatError(path, `${at}, id`, id, "a number that the boxes name");
    if (names.has(id)) throw new FormatError(path, `${at}, id`, id, "each id once");
    if (fileNames.has(fileName)) throw new FormatError(path, `${at}, file_name`, fileName, "each name once");
    names.set(id, fileName);
    fileNames.add(fileName);
    return {
      fileName,
      shape: [count(image["height"], `${at}, height`, path), count(image["width"], `${at}, width`, path)],
    };
  });
  const kinds = categoriesOf(file, path);
  const categories = new Set<unknown>();
  const picks = list(file, "annotations", path).map((annotation, i): Pick => {
    const at = `annotations[${i}]`;
    const micrograph = names.get(annotation["image_id"]);
    if (micrograph === undefined) {
      throw new FormatError(path, `${at}, image_id`, annotation["image_id"], "the id of an image");
    }
    const { bbox: box, score, iscrowd } = annotation;
    if (iscrowd !== undefined && iscrowd !== 0 && iscrowd !== false)
      throw new FormatError(path, `${at}, iscrowd`, iscrowd, "0: one particle a box, not a group of them");
    const isBox = Array.isArray(box) && box.length === 4 && box.every((value) => Number.isFinite(value));
    if (!isBox || !(box[2] > 0 && box[3] > 0))
      throw new FormatError(path, `${at}, bbox`, box, "[left, top, width, height], sizes above 0");
    if (score !== undefined && score !== null && typeof score !== "number")
      throw new FormatError(path, `${at}, score`, score, "a number");
    categories.add(annotation["category_id"]);
    if (categories.size > 1) {
      const listed = kinds.length > 0 ? ` (the file lists ${kinds.join(", ")})` : "";
      const [first] = [...categories];
      const expected = `${first} as before it: boxes of one category, particles${listed}; take the boxes of the others out of the file`;
      throw new FormatError(path, `${at}, category_id`, annotation["category_id"], expected);
    }
    const [left, top, width, height] = box as [number, number, number, number];
    return {
      micrograph,
      x: left + width / 2 - HALF_PIXEL,
      y: top + height / 2 - HALF_PIXEL,
      boxSize: Math.max(width, height),
      ...(typeof score === "number" ? { score } : {}),
    };
  });
  return { images, picks };
}

/** What a file calls its categories, as `1 particle`; none where it has no list of them. */
function categoriesOf(file: JsonObject, path: string): string[] {
  if (file["categories"] === undefined) return [];
  return list(file, "categories", path).map(({ id, name }) => `${id} ${name}`);
}

function list(file: JsonObject, name: string, path: string): JsonObject[] {
  const value = file[name];
  if (!Array.isArray(value) || !value.every(isJsonObject))
    throw new FormatError(
      path,
      name,
      value === undefined ? "nothing" : typeof value,
      "a list of objects, as in COCO files: EMAN2's own boxes are in files named MICROGRAPH_info.json",
    );
  return value;
}

function count(value: unknown, at: string, path: string): number {
  if (typeof value !== "number" || !Number.isSafeInteger(value) || value < 1) {
    throw new FormatError(path, at, value, "a count");
  }
  return value;
}
