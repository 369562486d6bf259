import { DATASET, inside } from "../../../dataset/layout.js";
import { parseManifest } from "../../../dataset/manifest.js";
import { unpackedName } from "../../../io/bytes/unpack.js";
import { type CoordinatePick, micrographStem } from "../../../io/picks/pick.js";
import { LABEL } from "../../../io/star/names.js";
import { PICKS, parsePickRecord } from "../../pick-run/records.js";
import { matchNames } from "../../shared/micrographs/match-names.js";
import { truePicks } from "../../shared/micrographs/true-picks.js";
import { labelStem, openLabels } from "../../shared/particles/labels.js";
import type { Cache } from "../cache.js";
import type { ViewedFiles } from "../places.js";
import { told } from "../problems.js";
import type { OverlayView, PicksView } from "../records.js";
import type { NameIndex } from "./names.js";

/** Bytes of a file of labels up to which it is read unasked, to see whether it has some of a micrograph. */
const READ_UNASKED = 2 ** 26;
/** Bytes by which a file is known to hold labels. */
const HEAD = 2 ** 16;

/** What the first bytes of a file of labels look like, by its name's ending. */
const SIGNS: readonly (readonly [ending: RegExp, sign: RegExp])[] = [
  [/\.star$/i, new RegExp(`_${LABEL.x}\\b`)],
  [/\.cbox$/i, /data_cryolo/],
  [/\.(txt|tsv)$/i, /^#?\s*image_name\t/],
  [/\.box$/i, /^\s*[-+\d.]+\s+[-+\d.]+/],
  [
    /\.csv$/i,
    /^[^\n]*\bx(_px|_coord|-coordinate)?\b[^\n]*,[^\n]*\by\b|^[^\n]*\bx_coord|^[^\n]*micrograph[^\n]*,\s*x\b/i,
  ],
  [/_info\.json$/i, /^\s*\{/],
  [/\.json$/i, /"annotations"/],
];

interface FoundOverlay extends Omit<OverlayView, "place" | "name"> {
  readonly path: string;
}

/** A micrograph whose labels are looked for. */
export interface LabelledImage {
  readonly path: string;
  readonly shape: readonly [rows: number, columns: number];
}

interface LabelFile {
  readonly path: string;
  readonly byMicrograph: ReadonlyMap<string, readonly CoordinatePick[]>;
  readonly hasScores: boolean;
}

/** Files of labels, read once each while there is memory. */
export class LabelStore {
  constructor(
    private readonly files: ViewedFiles,
    private readonly cache: Cache,
  ) {}

  /**
   * The files of labels among some files that have particles of a micrograph, those that surely mean it first.
   *
   * @param problems receives what is wrong with a file that could not be read
   */
  async overlays(
    image: LabelledImage,
    paths: readonly string[],
    names: NameIndex,
    problems: string[],
  ): Promise<FoundOverlay[]> {
    const found: FoundOverlay[] = [];
    for (const path of paths) {
      const overlay = await told(problems, () => this.overlay(image, path, names));
      if (overlay) found.push(overlay);
    }
    return found.sort((a, b) => Number(b.isSure) - Number(a.isSure));
  }

  private async overlay(
    { path: image, shape: [rows, columns] }: LabelledImage,
    path: string,
    names: NameIndex,
  ): Promise<FoundOverlay | undefined> {
    if (!(await this.mayHave(path, image))) return undefined;
    const labels = await this.open(path);
    const name = nameIn(labels, image);
    const verdict = name === undefined ? "no" : await names.verdict(path, name, image);
    if (verdict === "no") return undefined;
    const own = labels.byMicrograph.get(name!)!;
    const outside = own.filter(({ x, y }) => x > columns || y > rows).length;
    const isSure = verdict === "yes" && outside === 0;
    return { path, count: own.length, outside, hasScores: labels.hasScores, isSure };
  }

  /** Where a file has particles on a micrograph. @param pixelSize of the micrograph, angstrom, as its header says */
  async picks(path: string, image: string, pixelSize: number | undefined): Promise<PicksView> {
    const labels = await this.open(path);
    const source = { header: async () => pixelSize, warn: () => {} };
    const name = nameIn(labels, image);
    const own = name === undefined ? [] : labels.byMicrograph.get(name)!;
    const picks = await truePicks(own, path, source);
    const sizes = picks.flatMap(({ boxSize }) => boxSize ?? []);
    const diameter = sizes[0] ?? (await this.diameter(path));
    return {
      x: picks.map(({ x }) => x),
      y: picks.map(({ y }) => y),
      ...(labels.hasScores && { score: picks.map(({ score }) => score ?? 0) }),
      ...(diameter !== undefined && { diameter }),
    };
  }

  /** All particles of a file, by the names of their micrographs. */
  async all(path: string): Promise<Pick<LabelFile, "byMicrograph" | "path">> {
    return this.open(path);
  }

  /** Pixels across a particle, as the record beside the file says. */
  private async diameter(path: string): Promise<number | undefined> {
    const folder = path.slice(0, path.lastIndexOf("/"));
    const text = async (file: string): Promise<string> =>
      new TextDecoder().decode(await this.files.read(file));
    const manifest = inside(folder, DATASET.manifest);
    if (await this.files.exists(manifest)) {
      const { particleDiameter, optics } = parseManifest(await text(manifest), manifest);
      return particleDiameter / optics.pixelSize;
    }
    const record = inside(folder, PICKS.record);
    if (!(await this.files.exists(record))) return undefined;
    const { particleDiameter, pixelSize } = parsePickRecord(await text(record), record);
    return particleDiameter / pixelSize;
  }

  /** Whether a file looks like labels that may be of a micrograph, without reading all of it. */
  private async mayHave(path: string, image: string): Promise<boolean> {
    const name = unpackedName(path);
    if (/\.cs$/i.test(name)) return (await this.files.size(path)) <= READ_UNASKED;
    const sign = SIGNS.find(([ending]) => ending.test(name))?.[1];
    if (!sign) return false;
    const size = await this.files.size(path);
    if (size > READ_UNASKED) return false;
    // a folder may hold a file for each of ten thousand micrographs
    const isOfOne = /(\.c?box|_info\.json)$/i.test(name) || /_(autopick|manualpick)\.star$/i.test(name);
    if (isOfOne && !labelStem(path).startsWith(micrographStem(image))) return false;
    const head = await this.files.readRange(path, 0, Math.min(size, HEAD));
    return sign.test(new TextDecoder().decode(head));
  }

  private async open(path: string): Promise<LabelFile> {
    const key = `labels ${path} ${await this.files.version(path)}`;
    return this.cache.get(
      key,
      () => this.read(path),
      ({ byMicrograph }) => [...byMicrograph.values()].reduce((sum, own) => sum + 100 * own.length, 1000),
    );
  }

  private async read(path: string): Promise<LabelFile> {
    const source = openLabels(await this.files.read(path), path);
    const byMicrograph = new Map<string, CoordinatePick[]>();
    let hasScores = false;
    // particles without places, as .cs files of some jobs have them, lie on no micrograph
    for (const pick of source.hasPlaces ? source.picks() : []) {
      const own = byMicrograph.get(pick.micrograph);
      if (own) own.push(pick);
      else byMicrograph.set(pick.micrograph, [pick]);
      hasScores ||= pick.score !== undefined;
    }
    return { path, byMicrograph, hasScores };
  }
}

/** The name that a file of labels has for a micrograph; undefined where it does not know it. */
export function nameIn(
  { byMicrograph, path }: Pick<LabelFile, "byMicrograph" | "path">,
  image: string,
): string | undefined {
  // only names of this stem: others cannot be meant, and two of one stem would be refused
  const stem = micrographStem(image);
  const alike = [...byMicrograph.keys()].filter((name) => micrographStem(name).startsWith(stem));
  return matchNames([image], alike, path).get(image);
}
