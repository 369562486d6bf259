import { FormatError } from "../../core/errors.js";
import type { RotationMatrix } from "../../core/rotation.js";
import { parseNumber } from "../bytes/text.js";
import { type Assembly, type AssemblyOperation, isRotationMatrix } from "./structure.js";

/** What is being put together while the remark is read. */
interface Reading {
  readonly assemblies: Map<string, AssemblyOperation[]>;
  /** The assemblies that the current BIOMOLECULE line names. */
  current: AssemblyOperation[][];
  chains: Set<string> | undefined;
  /** The last line of chains ended in a comma: the next one goes on, with AND CHAINS or, in older files, without. */
  isOpenList: boolean;
  /** BIOMT lines have followed the last APPLY line, so that another one starts a new set of chains. */
  hasOperations: boolean;
  /** Rows of the operator that is being read. */
  rows: number[][];
}

/**
 * Assemblies of REMARK 350: BIOMOLECULE lines, the chains they apply to, and BIOMT1 to BIOMT3 rows.
 * @param lines with their numbers, "REMARK 350" cut off
 */
export function readRemark350(lines: readonly (readonly [number, string])[], path: string): Assembly[] {
  const reading: Reading = {
    assemblies: new Map(),
    current: [],
    chains: undefined,
    isOpenList: false,
    hasOperations: false,
    rows: [],
  };
  for (const [number, line] of lines) {
    const biomolecule = /^\s*BIOMOLECULES?:(.*)/.exec(line);
    const chains = /^\s*(?:APPLY THE FOLLOWING TO|AND|IN ADDITION APPLY THE FOLLOWING TO) CHAINS?:(.*)/.exec(
      line,
    );
    const row = /^\s*BIOMT([123])\s+(\S.*)/.exec(line);
    if (biomolecule) startAssemblies(reading, biomolecule[1]!);
    else if (chains) addChains(reading, chains[1]!);
    else if (row) addRow(reading, Number(row[1]), row[2]!, `line ${number}, BIOMT${row[1]}`, path);
    else if (reading.isOpenList) addChains(reading, line);
  }
  if (reading.rows.length > 0) {
    throw new FormatError(
      path,
      "REMARK 350",
      `${reading.rows.length} rows of the last operator`,
      "BIOMT1 to BIOMT3",
    );
  }
  return [...reading.assemblies]
    .map(([id, operations]) => ({ id, operations }))
    .filter((a) => a.operations.length > 0);
}

function startAssemblies(reading: Reading, list: string): void {
  reading.current = list
    .split(",")
    .map((id) => id.trim())
    .filter((id) => id !== "")
    .map((id) => operationsOf(reading, id));
  reading.chains = undefined;
  reading.isOpenList = false;
  reading.hasOperations = false;
}

function operationsOf(reading: Reading, id: string): AssemblyOperation[] {
  const operations = reading.assemblies.get(id) ?? [];
  reading.assemblies.set(id, operations);
  return operations;
}

function addChains(reading: Reading, list: string): void {
  if (reading.hasOperations || !reading.chains) reading.chains = new Set();
  reading.hasOperations = false;
  reading.isOpenList = list.trimEnd().endsWith(",");
  for (const name of list.split(",")) {
    const chain = name.trim();
    // NULL stands for the nameless chain of files that have only one.
    if (chain !== "") reading.chains.add(chain === "NULL" ? "" : chain);
  }
}

function addRow(reading: Reading, row: number, text: string, at: string, path: string): void {
  const values = text.trim().split(/\s+/).map(parseNumber);
  if (values.length !== 5 || values.some(Number.isNaN)) {
    throw new FormatError(path, at, text.trim(), "a serial number and four numbers");
  }
  const { rows } = reading;
  if (row !== rows.length + 1 || (rows.length > 0 && rows[0]![0] !== values[0])) {
    throw new FormatError(
      path,
      at,
      `row ${row} of operator ${values[0]}`,
      "rows 1, 2, 3 of one operator in order",
    );
  }
  rows.push(values);
  if (rows.length < 3) return;
  const rotation = rows.flatMap((r) => r.slice(1, 4));
  if (!isRotationMatrix(rotation)) throw new FormatError(path, at, rotation, "three orthonormal rows");
  const operation: AssemblyOperation = {
    rotation: rotation as unknown as RotationMatrix,
    translation: [rows[0]![4]!, rows[1]![4]!, rows[2]![4]!],
    chains: reading.chains,
  };
  if (reading.current.length === 0) reading.current = [operationsOf(reading, "1")];
  for (const operations of reading.current) operations.push(operation);
  reading.rows = [];
  reading.hasOperations = true;
}

/**
 * How many operators of non-crystallographic symmetry (MTRIX1 to MTRIX3), the identity left out, lack the 1 in column 60 by which a file
 * says that it holds the copy (PDB format 3.3, wwPDB).
 */
export function countMissingCopies(lines: readonly string[]): number {
  const rows = new Map<string, string>();
  for (const line of lines.filter((each) => each[59] !== "1")) {
    const serial = line.slice(7, 10);
    const numbers = line.slice(10, 55).trim().split(/\s+/).map(Number);
    rows.set(serial, [rows.get(serial) ?? [], ...numbers].join(" ").trim());
  }
  return [...rows.values()].filter((row) => row !== "1 0 0 0 0 1 0 0 0 0 1 0").length;
}
