import { FormatError, UsageError } from "../../core/errors.js";
import type { Files } from "../../core/ports.js";
import { csvCells } from "../../io/bytes/csv.js";
import { readTableRows } from "../../io/bytes/table-text.js";
import { decodeText } from "../../io/bytes/text.js";
import { unpackedName } from "../../io/bytes/unpack.js";
import { readCsFile } from "../../io/particles/cs.js";
import { parseStar } from "../../io/star/parse.js";
import { openLabels } from "../shared/particles/labels.js";
import type { Cache } from "./cache.js";
import { imagesNamedIn } from "./pixels/image-names.js";
import type { ViewedFiles } from "./places.js";
import type { TableView } from "./records.js";

/** A column: numbers, NaN where there is none, or texts. */
export type Column = Float64Array | readonly string[];

export interface Block {
  readonly name: string;
  readonly rows: number;
  readonly columns: ReadonlyMap<string, Column>;
}

/** Tables of any format, kept while there is memory. */
export class TableStore {
  constructor(
    private readonly files: ViewedFiles,
    private readonly cache: Cache,
  ) {}

  /** @throws FileError, FormatError for a file that is no table */
  async view(path: string): Promise<TableView> {
    const version = await this.files.version(path);
    const blocks = (await this.blocks(path)).map(({ name, rows, columns }) => ({
      ...{ name, rows, hasImages: rows > 0 && imagesNamedIn(columns) !== undefined },
      columns: [...columns].map(([label, values]) => ({
        ...{ name: label, type: values instanceof Float64Array ? ("number" as const) : ("text" as const) },
      })),
    }));
    return { what: "table", version, blocks };
  }

  /** @throws UsageError for a column that is not there */
  async column(path: string, block: number, name: string): Promise<Column> {
    const found = (await this.block(path, block)).columns.get(name);
    if (!found) throw new UsageError(`${path}: found no column ${JSON.stringify(name)} in table ${block}`);
    return found;
  }

  /** @throws UsageError for a table that is not there */
  async block(path: string, number: number): Promise<Block> {
    const found = (await this.blocks(path))[number];
    if (!found) throw new UsageError(`${path}: found no table ${number}`);
    return found;
  }

  async blocks(path: string): Promise<readonly Block[]> {
    const key = `table ${path} ${await this.files.version(path)}`;
    return this.cache.get(key, () => readTables(this.files, path), bytesHeld);
  }
}

const bytesHeld = (blocks: readonly Block[]): number =>
  blocks.reduce((sum, { rows, columns }) => sum + 40 * (rows + 1) * columns.size, 64);

/** Reads the tables of a file: STAR, CSV, lines or lists of JSON, or labels of any kind. */
async function readTables(files: Files, path: string): Promise<readonly Block[]> {
  const bytes = await files.read(path);
  const name = unpackedName(path).toLowerCase();
  if (name.endsWith(".star") || name.endsWith(".cbox")) return starBlocks(decodeText(bytes, path), path);
  if (name.endsWith(".jsonl")) return [jsonLines(decodeText(bytes, path), path)];
  if (name.endsWith(".json")) return jsonBlocks(decodeText(bytes, path), path);
  if (name.endsWith(".csv")) return [separated(decodeText(bytes, path), csvCells, path)];
  if (name.endsWith(".tsv")) return [separated(decodeText(bytes, path), "\t", path)];
  if (name.endsWith(".cs")) return [csBlock(bytes, path)];
  const picks = openLabels(bytes, path).picks();
  const column = (of: (pick: (typeof picks)[number]) => number | undefined): Float64Array =>
    Float64Array.from(picks, (pick) => of(pick) ?? Number.NaN);
  const columns = new Map<string, Column>([
    ["micrograph", picks.map(({ micrograph }) => micrograph)],
    ["x", column(({ x }) => x)],
    ["y", column(({ y }) => y)],
  ]);
  if (picks.some(({ score }) => score !== undefined))
    columns.set(
      "score",
      column(({ score }) => score),
    );
  return [{ name: "picks", rows: picks.length, columns }];
}

function starBlocks(text: string, path: string): Block[] {
  return parseStar(text, path).tables.map((table) => ({
    ...{ name: table.name, rows: table.rows },
    columns: new Map(table.labels.map((label) => [label, columnOf(table.carried(label))])),
  }));
}

/** The columns of a file of cryoSPARC; those of several numbers a row are left out. */
function csBlock(bytes: Uint8Array, path: string): Block {
  const { rows, columns } = readCsFile(bytes, path).table;
  const plain = [...columns].flatMap(([label, { values }]): [string, Column][] =>
    values.length === rows
      ? [[label, values instanceof Float64Array ? values : Array.from<unknown, string>(values, String)]]
      : [],
  );
  return { name: "", rows, columns: new Map(plain) };
}

function separated(text: string, separator: Parameters<typeof readTableRows>[1], path: string): Block {
  const all = readTableRows(text, separator);
  if (!all[0]) throw new FormatError(path, "line 1", "nothing", "names of columns");
  // a first line of numbers is a row already
  const hasNames = all[0].cells.some((cell) => Number.isNaN(Number(cell)));
  const rows = all.slice(hasNames ? 1 : 0);
  const columns = all[0].cells.map((name, i): [string, Column] => [
    hasNames && name !== "" ? name : `column ${i + 1}`,
    columnOf(rows.map(({ cells }) => cells[i] ?? "")),
  ]);
  return { name: "", rows: rows.length, columns: new Map(columns) };
}

/** Lines of JSON, one an object. A last line without its end is one that is being written. */
function jsonLines(text: string, path: string): Block {
  const lines = text.slice(0, text.lastIndexOf("\n") + 1).split("\n");
  const objects = lines.flatMap((line, i): unknown[] =>
    line === "" ? [] : [parsed(line, path, `line ${i + 1}`)],
  );
  return blockOf("", objects);
}

/** Every list of objects in a JSON file is a table; what stands beside them is one of a single row. */
function jsonBlocks(text: string, path: string): Block[] {
  const value = parsed(text, path, "content");
  if (Array.isArray(value)) return [blockOf("", value)];
  if (typeof value !== "object" || value === null)
    throw new FormatError(path, "content", value, "an object or a list");
  const lists = Object.entries(value).filter(([, each]) => Array.isArray(each) && isObject(each[0]));
  const rest = Object.fromEntries(Object.entries(value).filter(([, each]) => !Array.isArray(each)));
  return [...lists.map(([name, list]) => blockOf(name, list as unknown[])), blockOf("file", [rest])];
}

const isObject = (value: unknown): value is object => typeof value === "object" && value !== null;

function parsed(text: string, path: string, at: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new FormatError(path, at, error instanceof Error ? error.message : text.slice(0, 40), "JSON");
  }
}

/** Objects as rows; values inside of values are named with a dot between: `ice.mean`. */
function blockOf(name: string, objects: readonly unknown[]): Block {
  const rows = objects.map((object) => flattened(object, ""));
  const labels = new Set(rows.flatMap((row) => [...row.keys()]));
  const columns = [...labels].map((label): [string, Column] => [
    label,
    columnOf(rows.map((row) => row.get(label) ?? "")),
  ]);
  return { name, rows: rows.length, columns: new Map(columns) };
}

function flattened(value: unknown, prefix: string): Map<string, string | number> {
  const out = new Map<string, string | number>();
  if (!isObject(value))
    return out.set(prefix || "value", typeof value === "number" ? value : String(value ?? ""));
  for (const [name, each] of Object.entries(value)) {
    const label = prefix === "" ? name : `${prefix}.${name}`;
    if (Array.isArray(each)) out.set(label, each.length > 8 ? `${each.length} values` : JSON.stringify(each));
    else for (const [inner, found] of flattened(each, label)) out.set(inner, found);
  }
  return out;
}

/** Numbers where every value that is there is one, else texts. */
function columnOf(values: readonly (string | number)[]): Column {
  const numbers = Float64Array.from(values, (value) => {
    if (typeof value === "number") return value;
    return value.trim() === "" ? Number.NaN : Number(value);
  });
  const isText = values.some(
    (value, i) => Number.isNaN(numbers[i]) && !/^\s*$|^[+-]?nan$/i.test(String(value)),
  );
  const isEmpty = values.every((value) => value === "");
  return isText || (isEmpty && values.length > 0) ? values.map(String) : numbers;
}
