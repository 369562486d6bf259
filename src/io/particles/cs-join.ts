import { FormatError } from "../../core/errors.js";
import type { NpyColumn, NpyTable } from "../npy/read.js";

/** A .cs file as its table. */
export interface CsFile {
  readonly path: string;
  readonly table: NpyTable;
}

/**
 * cryoSPARC splits what it knows of particles over two files, that of a job and a passthrough of what the job only handed on.
 * Files of the same uids become one, joined by the uid: the rows and, where both have it, the columns of the job's. Others
 * stay apart.
 *
 * @throws FormatError for a uid that a file has twice, or that one of two files of the same particles lacks
 */
export function joinCsFiles(files: readonly CsFile[]): CsFile[] {
  if (files.length < 2) return [...files];
  const isPassthrough = ({ path }: CsFile): boolean => /passthrough/i.test(path);
  const ordered = [...files.filter((file) => !isPassthrough(file)), ...files.filter(isPassthrough)];
  const joined: CsFile[] = [];
  for (const file of ordered) {
    const rowOf = rowsByUid(file);
    const place = rowOf ? joined.findIndex(({ table }) => uidsOf(table)?.some((uid) => rowOf.has(uid))) : -1;
    if (place < 0) joined.push(file);
    else joined[place] = join(joined[place]!, file, rowOf!);
  }
  return joined;
}

/** 64-bit numbers, too large for others. */
function uidsOf({ columns }: NpyTable): BigUint64Array | BigInt64Array | undefined {
  const values = columns.get("uid")?.values;
  return values instanceof BigUint64Array || values instanceof BigInt64Array ? values : undefined;
}

function rowsByUid({ path, table }: CsFile): Map<bigint, number> | undefined {
  const uids = uidsOf(table);
  if (!uids) return undefined;
  const rows = new Map<bigint, number>();
  uids.forEach((uid, row) => {
    const other = rows.get(uid);
    if (other !== undefined) {
      throw new FormatError(
        path,
        `uid, row ${row + 1}`,
        String(uid),
        `each uid once, row ${other + 1} has it`,
      );
    }
    rows.set(uid, row);
  });
  return rows;
}

function join(first: CsFile, second: CsFile, rowOf: ReadonlyMap<bigint, number>): CsFile {
  const rows = Array.from(uidsOf(first.table)!, (uid, row) => {
    const found = rowOf.get(uid);
    if (found !== undefined) return found;
    throw new FormatError(second.path, "uid", "nothing", `${uid}, as in row ${row + 1} of ${first.path}`);
  });
  const columns = new Map(first.table.columns);
  for (const [name, column] of second.table.columns) {
    if (!columns.has(name)) columns.set(name, takeRows(column, rows));
  }
  return { path: first.path, table: { rows: first.table.rows, columns } };
}

function takeRows(column: NpyColumn, rows: readonly number[]): NpyColumn {
  const { values } = column;
  const width = column.shape.reduce((product, n) => product * n, 1);
  const at = rows.flatMap((row) => Array.from({ length: width }, (_, i) => row * width + i));
  if (values instanceof Float64Array) return { ...column, values: Float64Array.from(at, (i) => values[i]!) };
  if (values instanceof BigUint64Array)
    return { ...column, values: BigUint64Array.from(at, (i) => values[i]!) };
  if (values instanceof BigInt64Array)
    return { ...column, values: BigInt64Array.from(at, (i) => values[i]!) };
  return { ...column, values: at.map((i) => values[i]!) };
}
