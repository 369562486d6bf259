import { LABEL, stackPath } from "../../../io/star/names.js";

/** Columns by their names: numbers or texts. */
type Columns = ReadonlyMap<string, Float64Array | readonly string[]>;

/** An image by the name that a table has for it. */
export interface NamedImage {
  readonly stack: string;
  /** From 0. */
  readonly section: number;
}

/**
 * The names of the images of a table's rows, where it has such: particles or class averages of RELION, as 000001@stack.mrcs, or of
 * cryoSPARC, with a path and a number.
 */
export function imagesNamedIn(columns: Columns): ((row: number) => NamedImage) | undefined {
  for (const label of [LABEL.image, LABEL.referenceImage]) {
    const names = columns.get(label);
    if (names && !(names instanceof Float64Array) && /^\d+@/.test(names[0] ?? "")) {
      return (row) => {
        const [, number = "1", stack = names[row]!] = /^(\d+)@(.+)$/.exec(names[row]!) ?? [];
        return { stack: stackPath(stack), section: Number(number) - 1 };
      };
    }
  }
  const [paths, numbers] = [columns.get("blob/path"), columns.get("blob/idx")];
  if (!paths || paths instanceof Float64Array || !(numbers instanceof Float64Array)) return undefined;
  // a leading > marks a link in cryoSPARC's own folder
  return (row) => ({ stack: paths[row]!.replace(/^>/, ""), section: numbers[row]! });
}
