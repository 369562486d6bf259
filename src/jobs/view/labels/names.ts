import { UsageError } from "../../../core/errors.js";
import { inside } from "../../../dataset/layout.js";
import { micrographStem } from "../../../io/picks/pick.js";
import { matchNames } from "../../shared/micrographs/match-names.js";
import { kindOfName } from "../folder.js";
import { baseName, type ViewedFiles } from "../places.js";

/** Folders with pictures of micrographs under their names. */
const PICTURES = /(^|\/)(ice|ctf|masks|previews|pictures|particles|parts|clean|measured|samples)$/;

/** Whether a name in a table means an image: surely, as far as names tell, or not. */
export type Verdict = "yes" | "maybe" | "no";

/** The images in some folders, to find which of them a table means by a name. */
export class NameIndex {
  private constructor(
    private readonly files: ViewedFiles,
    private readonly byStem: ReadonlyMap<string, readonly string[]>,
  ) {}

  static async of(files: ViewedFiles, folders: readonly string[]): Promise<NameIndex> {
    const byStem = new Map<string, string[]>();
    for (const folder of folders) {
      if (PICTURES.test(folder)) continue;
      for (const { name, isFolder } of await files.entries(folder)) {
        if (isFolder || kindOfName(name) !== "image") continue;
        const stem = micrographStem(name);
        const own = byStem.get(stem);
        if (own) own.push(inside(folder, name));
        else byStem.set(stem, [inside(folder, name)]);
      }
    }
    return new NameIndex(files, byStem);
  }

  /**
   * The images that a name in a table may mean: the one to which it leads from the table or from the working folder; else the one
   * whose folders agree best with it; else all of that name.
   */
  async meant(table: string, name: string): Promise<readonly string[]> {
    const beside = table.slice(0, table.lastIndexOf("/") + 1);
    for (const direct of [beside + name, name]) if (await this.files.exists(direct)) return [direct];
    const alike = this.byStem.get(micrographStem(name)) ?? [];
    try {
      const found = matchNames([name], alike, baseName(table)).get(name);
      return found === undefined ? [] : [found];
    } catch (error) {
      // the folders do not tell: any of them
      if (error instanceof UsageError) return alike;
      throw error;
    }
  }

  /** Whether a name in a table means an image. */
  async verdict(table: string, name: string, image: string): Promise<Verdict> {
    if (micrographStem(name) !== micrographStem(image)) return "no";
    const meant = await this.meant(table, name);
    if (!meant.some((path) => isSamePath(path, image))) return meant.length === 0 ? "maybe" : "no";
    return meant.length === 1 ? "yes" : "maybe";
  }
}

/** "./a/b" and "a/b" are one path. */
const isSamePath = (a: string, b: string): boolean => plain(a) === plain(b);
const plain = (path: string): string => path.replace(/(^|\/)\.\//g, "$1").replaceAll("//", "/");
