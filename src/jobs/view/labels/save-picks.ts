import { OptionError, UsageError } from "../../../core/errors.js";
import { inside } from "../../../dataset/layout.js";
import { type CoordinatePick, micrographStem } from "../../../io/picks/pick.js";
import { LABEL, LABEL_30 } from "../../../io/star/names.js";
import { parseStar } from "../../../io/star/parse.js";
import { type StarBlock, type StarColumnInput, writeStar } from "../../../io/star/write.js";
import { truePicks } from "../../shared/micrographs/true-picks.js";
import { labelStem } from "../../shared/particles/labels.js";
import { baseName, pathOfPlace, placeOfPath, type Root, type ViewedFiles } from "../places.js";
import type { PicksToSave, SavedPicks } from "../records.js";
import { type LabelStore, nameIn } from "./store.js";

/** What a file of corrected picks is called: the name of the file that it corrects, and this. */
const SUFFIX = "_corrected";
/** What RELION writes as score of a particle picked by hand. */
const BY_HAND = -999;

/** Columns that all picks of a micrograph share, as far as a STAR file has them. */
const SHARED = [
  ...[LABEL.opticsGroup, LABEL.voltage, LABEL.sphericalAberration, LABEL.amplitudeContrast],
  ...[LABEL_30.detectorPixelSize, LABEL_30.magnification],
  ...[LABEL.defocusU, LABEL.defocusV, LABEL.defocusAngle, LABEL.phaseShift, LABEL.fitResolution],
];

interface Row {
  readonly micrograph: string;
  readonly x: number;
  readonly y: number;
  readonly score: number | undefined;
}

/**
 * Writes all picks of a file of labels, those of one micrograph as they were corrected, to a STAR file beside it whose name ends in
 * `_corrected.star`. The file of labels itself is never touched, unless it is such a file: then the old one is kept under a name
 * with a number. Places are where particles sit, without origins; optics and the CTF of the micrographs come with them.
 *
 * @param pixelSize of a micrograph, angstrom, where its header says it
 * @throws UsageError for picks that are not numbers
 */
export async function savePicks(
  { labels, image, x, y, score }: PicksToSave,
  stores: { readonly files: ViewedFiles; readonly roots: readonly Root[]; readonly labels: LabelStore },
  pixelSize: number | undefined,
): Promise<SavedPicks> {
  const { files, roots } = stores;
  const imagePath = pathOfPlace(roots, image);
  const isWhole = [x, y, score].every((list) => list.length === x.length);
  if (!isWhole || ![...x, ...y].every(Number.isFinite)) {
    throw new UsageError("picks: found lists of different lengths or values that are no numbers");
  }
  const source = labels === undefined ? undefined : pathOfPlace(roots, labels);
  const file = source === undefined ? undefined : await stores.labels.all(source);
  const known: ReadonlyMap<string, readonly CoordinatePick[]> = file?.byMicrograph ?? new Map();
  const name = (file && nameIn(file, imagePath)) ?? imagePath;
  const rows: Row[] = [];
  const own = x.map(
    (value, i): Row => ({ micrograph: name, x: value, y: y[i]!, score: score[i] ?? undefined }),
  );
  for (const [micrograph, picks] of known) {
    if (micrograph === name) rows.push(...own);
    else {
      const header = async (): Promise<number | undefined> => pixelSize;
      for (const pick of await truePicks(picks, source!, { header, warn: () => {} })) {
        rows.push({ micrograph, x: pick.x, y: pick.y, score: pick.score });
      }
    }
  }
  if (!known.has(name)) rows.push(...own);
  const path = targetOf(source, imagePath);
  const place = placeOfPath(roots, path);
  if (place === undefined || !place.includes("/")) {
    throw new OptionError(
      "paths",
      `found no folder to write ${path} into: name the folder as well as the file`,
    );
  }
  const blocks = await blocksOf(rows, source, files);
  const kept = (await files.exists(path)) ? await keepOld(path, files) : undefined;
  await files.write(path, writeStar(blocks, blocks.length > 1 ? "3.1" : "3.0"));
  return { place, name: baseName(path), ...(kept !== undefined && { kept }) };
}

function targetOf(source: string | undefined, image: string): string {
  const folder = (source ?? image).slice(0, (source ?? image).lastIndexOf("/"));
  const stem =
    source === undefined ? `${micrographStem(image)}_picks` : labelStem(source).replace(/_corrected$/, "");
  return inside(folder, `${stem}${SUFFIX}.star`);
}

/** Gives a file a name with the next number that is free. @returns that name */
async function keepOld(path: string, files: ViewedFiles): Promise<string> {
  for (let i = 1; ; i++) {
    const old = path.replace(/\.star$/, `_old${i}.star`);
    if (await files.exists(old)) continue;
    await files.move(path, old);
    return baseName(old);
  }
}

async function blocksOf(
  rows: readonly Row[],
  source: string | undefined,
  files: ViewedFiles,
): Promise<StarBlock[]> {
  const star = source?.endsWith(".star")
    ? parseStar(new TextDecoder().decode(await files.read(source)), source)
    : undefined;
  const table = star?.tables.find((each) => each.isLoop && each.has(LABEL.x) && each.has(LABEL.micrograph));
  const optics = table && star?.find("optics");
  const columns: Record<string, StarColumnInput> = {
    [LABEL.micrograph]: rows.map(({ micrograph }) => micrograph),
    [LABEL.x]: rows.map(({ x }) => x),
    [LABEL.y]: rows.map(({ y }) => y),
  };
  if (rows.some(({ score }) => score !== undefined)) {
    columns[LABEL.score] = rows.map(({ score }) => score ?? BY_HAND);
  }
  if (table) {
    const names = table.strings(LABEL.micrograph);
    const first = new Map<string, number>();
    names.forEach((each, row) => {
      if (!first.has(each)) first.set(each, row);
    });
    // a micrograph that had no picks before has no CTF in this file: then none is written
    if (rows.every(({ micrograph }) => first.has(micrograph))) {
      for (const label of SHARED.filter((each) => table.has(each))) {
        const values = table.carried(label);
        columns[label] = rows.map(({ micrograph }) => values[first.get(micrograph)!]!);
      }
    }
  }
  const particles: StarBlock = { name: "particles", columns };
  if (!optics || !columns[LABEL.opticsGroup]) return [particles];
  const groups = Object.fromEntries(optics.labels.map((label) => [label, optics.carried(label)]));
  return [{ name: "optics", columns: groups }, particles];
}
