import { UnsupportedError, UsageError } from "../../core/errors.js";
import { describeFile, describeFolder } from "../info/run.js";
import { Cache } from "./cache.js";
import { imageSets, kindOfName, rootEntries, viewFolder } from "./folder.js";
import { companyOf, placeOfMicrograph } from "./labels/company.js";
import { savePicks } from "./labels/save-picks.js";
import { LabelStore } from "./labels/store.js";
import { particleImages } from "./pixels/particles.js";
import { spectrumPicture } from "./pixels/spectrum.js";
import { PixelStore } from "./pixels/store.js";
import { baseName, pathOfPlace, type Root, type ViewedFiles } from "./places.js";
import type { Facts, OpenedView, PicksToSave, StartView } from "./records.js";
import { TableStore } from "./tables.js";
import { isModelFile, translatorsAmong } from "./translators.js";

export interface ViewerPlan {
  readonly roots: readonly Root[];
  readonly program: string;
  readonly edit: boolean;
}

/** What a page gets: a record, bytes of numbers, or a picture's file with its type. */
export type Answer =
  | { readonly json: unknown }
  | { readonly bytes: Uint8Array; readonly type: "application/octet-stream" | FileType };

/** Types of files that are sent as they are. */
export type FileType = "image/png" | "image/svg+xml" | "text/html; charset=utf-8";

/** Answers the questions of the pages. */
export interface Viewer {
  /** Whether a question changes files. */
  readonly writes: (question: string) => boolean;
  /** @throws CryoError for a question that cannot be answered */
  answer(question: string, given: Readonly<Record<string, string>>, body?: unknown): Promise<Answer>;
}

/** Bytes of images, tables and labels that are kept. */
const MOST_KEPT = 768 * 2 ** 20;

const PICTURES = { png: "image/png", svg: "image/svg+xml" } as const;
const PAGES = { html: "text/html; charset=utf-8", htm: "text/html; charset=utf-8" } as const;

/** Whether a file is a text by its name: a log, settings, notes. */
const isNamedText = (path: string): boolean => /\.(txt|ya?ml|log|out|err|md)$/i.test(path);

/** Bytes of a text that are shown. */
const MOST_TEXT = 2 ** 18;

/** Opens what the user asked to see. @param files that lie inside the roots, and no others */
export function openViewer({ roots, program, edit }: ViewerPlan, files: ViewedFiles): Viewer {
  const cache = new Cache(MOST_KEPT);
  const pixels = new PixelStore(files, cache);
  const tables = new TableStore(files, cache);
  const labels = new LabelStore(files, cache);
  const stores = { files, roots, pixels, tables, labels };
  const at = (place: string | undefined): string => pathOfPlace(roots, place ?? "");
  const start: StartView = { program, edit, roots: rootEntries(roots) };

  const questions: Readonly<Record<string, (given: Readonly<Record<string, string>>) => Promise<Answer>>> = {
    start: async () => ({ json: start }),
    folder: async ({ place, known }) => ({ json: await viewFolder(files, roots, place ?? "", known) }),
    open: async ({ place }) => ({ json: await openPlace(place ?? "") }),
    facts: async ({ place }) => ({ json: await factsOf(place ?? "") }),
    tile: async ({ place, level, column, row }) =>
      numbers(await pixels.tile(at(place), whole(level), whole(column), whole(row))),
    patch: async ({ place, left, top, side }) =>
      numbers(await pixels.patch(at(place), whole(left), whole(top), whole(side))),
    translators: async () => ({ json: await translatorsAmong(files, roots) }),
    sets: async () => ({ json: await imageSets(files, roots) }),
    sections: async ({ place, first, count, side }) =>
      numbers(await pixels.sections(at(place), whole(first), whole(count), whole(side))),
    images: async ({ place, block, rows, side }) => {
      const path = at(place);
      const numbersOfRows = (rows ?? "").split(",").map(whole);
      const table = await tables.block(path, whole(block));
      return numbers(await particleImages(files, path, table, numbersOfRows, whole(side)));
    },
    slice: async ({ place, axis, at: index }) =>
      numbers(await pixels.slice(at(place), whole(axis), whole(index))),
    volume: async ({ place }) => numbers(await pixels.volume(at(place))),
    spectrum: async ({ place }) => {
      const { data } = spectrumPicture(await pixels.image(at(place)));
      return numbers(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
    },
    company: async ({ place }) => {
      const { shape } = await pixels.size(at(place));
      return { json: await companyOf(place ?? "", shape, stores) };
    },
    micrograph: async ({ place, name }) => ({
      json: { place: await placeOfMicrograph(place ?? "", name ?? "", stores) },
    }),
    picks: async ({ place, labels: of }) => {
      const image = at(place);
      const { pixelSize } = await pixels.size(image);
      return { json: await labels.picks(at(of), image, pixelSize) };
    },
    column: async ({ place, block, name }) => {
      const column = await tables.column(at(place), whole(block), name ?? "");
      if (!(column instanceof Float64Array)) return { json: column };
      return numbers(new Uint8Array(column.buffer, column.byteOffset, column.byteLength));
    },
    bytes: async ({ place }) => {
      const path = at(place);
      if (kindOfName(path) !== "image" && !isModelFile(path)) {
        throw new UsageError(`${path}: found another file, expected a map or a model`);
      }
      return numbers(await files.read(path));
    },
    picture: async ({ place }) => fileOf(place, PICTURES),
    page: async ({ place }) => fileOf(place, PAGES),
  };

  /** A file of one of these types. */
  const fileOf = async (
    place: string | undefined,
    types: Readonly<Record<string, FileType>>,
  ): Promise<Answer> => {
    const path = at(place);
    const type = types[/[^.]*$/.exec(path)![0].toLowerCase()];
    if (type) return { bytes: await files.read(path), type };
    throw new UsageError(`${path}: found another file, expected one of ${Object.keys(types).join(", ")}`);
  };

  async function openPlace(place: string): Promise<OpenedView> {
    const path = at(place);
    const named = { name: baseName(path), place };
    const kind = kindOfName(path);
    if (kind === "picture" || kind === "page") return { ...named, what: kind };
    if (/\.png$/i.test(path) && (await isColour(path))) return { ...named, what: "picture" };
    if (isNamedText(path) && !(await isTopaz(path)))
      return { ...named, what: "text", text: await textOf(path) };
    if (kind === "image") return { ...named, ...(await pixels.view(path)) };
    if (kind === "table") return { ...named, ...(await tables.view(path)) };
    try {
      return { ...named, what: "facts", facts: await describeFile(files, path) };
    } catch (error) {
      if (!(error instanceof UnsupportedError)) throw error;
      const text = await textOf(path);
      // bytes without a meaning as text hold zeros, or what is no UTF-8
      return /[\0\ufffd]/.test(text)
        ? { ...named, what: "facts", facts: { what: error.message } }
        : { ...named, what: "text", text };
    }
  }

  /** The beginning of a text. */
  async function textOf(path: string): Promise<string> {
    const size = await files.size(path);
    const text = new TextDecoder().decode(await files.readRange(path, 0, Math.min(size, MOST_TEXT)));
    // the last character may be cut
    return size > MOST_TEXT ? text.replace(/\ufffd+$/, "") : text;
  }

  async function factsOf(place: string): Promise<Facts> {
    const path = at(place);
    const isFolder = place.includes("/") ? await isFolderAt(path) : roots[Number(place)]!.isFolder;
    return isFolder ? describeFolder(files, path) : describeFile(files, path);
  }

  async function isFolderAt(path: string): Promise<boolean> {
    const entries = await files.entries(path.slice(0, path.lastIndexOf("/")));
    return entries.some(({ name, isFolder }) => isFolder && name === baseName(path));
  }

  /** Whether a file holds the picks of Topaz, whose names end as those of any text. */
  async function isTopaz(path: string): Promise<boolean> {
    const head = await files.readRange(path, 0, Math.min(await files.size(path), 100));
    return /^(\ufeff|#|\s)*image_name\t/.test(new TextDecoder().decode(head));
  }

  /** Whether a PNG has colours: byte 25 of its header is 0 or 4 for grey. */
  async function isColour(path: string): Promise<boolean> {
    const head = await files.readRange(path, 0, 26);
    return head[25] !== 0 && head[25] !== 4;
  }

  async function save(body: unknown): Promise<Answer> {
    const picks = picksToSave(body);
    const { pixelSize } = await pixels.size(at(picks.image));
    return { json: await savePicks(picks, stores, pixelSize) };
  }

  return {
    writes: (question) => question === "save",
    answer: async (question, given, body) => {
      if (question === "save") {
        if (!edit) throw new UsageError("found a request to save picks, expected none without `edit`");
        return save(body);
      }
      const answer = Object.hasOwn(questions, question) ? questions[question] : undefined;
      if (!answer) throw new UsageError(`found the question ${JSON.stringify(question)}, which is not known`);
      return answer(given);
    },
  };
}

const numbers = (bytes: Uint8Array): Answer => ({ bytes, type: "application/octet-stream" });

function whole(text: string | undefined): number {
  if (text === undefined || !/^\d{1,9}$/.test(text)) {
    throw new UsageError(`found ${JSON.stringify(text)}, expected a whole number`);
  }
  return Number(text);
}

/** @throws UsageError for a body that is none */
function picksToSave(body: unknown): PicksToSave {
  const given = (typeof body === "object" && body !== null ? body : {}) as Record<string, unknown>;
  const isList = (value: unknown, orNull: boolean): boolean =>
    Array.isArray(value) && value.every((each) => typeof each === "number" || (orNull && each === null));
  const hasLabels = given["labels"] === undefined || typeof given["labels"] === "string";
  const isGood = isList(given["x"], false) && isList(given["y"], false) && isList(given["score"], true);
  if (!hasLabels || !isGood || typeof given["image"] !== "string") {
    throw new UsageError("picks: found something else, expected image, labels, x, y and score");
  }
  return given as unknown as PicksToSave;
}
