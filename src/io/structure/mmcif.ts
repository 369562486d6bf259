import { FormatError } from "../../core/errors.js";
import type { RotationMatrix } from "../../core/rotation.js";
import { decodeText, parseNumber } from "../bytes/text.js";
import { type CifCategory, isGiven, readCif } from "./cif.js";
import { elementOfName, isVirtual } from "./element-of-name.js";
import { elementOf } from "./elements.js";
import { expandOperators } from "./mmcif-operators.js";
import {
  type Assembly,
  type AssemblyOperation,
  type Atom,
  isRotationMatrix,
  type Structure,
} from "./structure.js";

const MATRIX = [1, 2, 3].flatMap((row) => [1, 2, 3].map((column) => `matrix[${row}][${column}]`));
const VECTOR = [1, 2, 3].map((row) => `vector[${row}]`);

const REQUEST = {
  _atom_site: [
    "group_PDB",
    "type_symbol",
    "label_atom_id",
    "label_alt_id",
    "label_comp_id",
    "label_asym_id",
    "auth_asym_id",
    "label_seq_id",
    "auth_seq_id",
    "pdbx_PDB_ins_code",
    "Cartn_x",
    "Cartn_y",
    "Cartn_z",
    "occupancy",
    "B_iso_or_equiv",
    "pdbx_PDB_model_num",
  ],
  _pdbx_struct_assembly_gen: ["assembly_id", "oper_expression", "asym_id_list"],
  _pdbx_struct_oper_list: ["id", ...MATRIX, ...VECTOR],
  _struct_ncs_oper: ["id", "code"],
  _ma_qa_metric: ["id"],
} as const;

/**
 * Reads the atoms of all models and the assemblies of an mmCIF file (PDBx/mmCIF dictionary), AlphaFold's models among them,
 * whose confidence pLDDT stands in the B column. A missing occupancy means 1, a missing B factor 0; an element
 * that is not given is told by the atom's name.
 *
 * @throws FormatError, naming line and item, for a coordinate that is no number, an assembly whose
 *   operators are not defined or skewed, or a file without atoms
 */
export function readMmcif(content: Uint8Array | string, path: string): Structure {
  const categories = readCif(decodeText(content, path), path, REQUEST, "_atom_site");
  const sites = categories.get("_atom_site");
  if (!sites || sites.rows === 0) throw new FormatError(path, "_atom_site", 0, "at least one atom");
  const copies = categories.get("_struct_ncs_oper")?.find("code") ?? [];
  const missingCopies = copies.filter((code) => code === "generate").length;
  return {
    ...{ path, atoms: readAtoms(sites), assemblies: readAssemblies(categories, path) },
    ...(missingCopies > 0 && { missingCopies }),
    // the quality of a model, as ModelCIF (the dictionary of predicted models) has it
    ...(categories.has("_ma_qa_metric") && { isPredicted: true }),
  };
}

function readAtoms(sites: CifCategory): Atom[] {
  const coordinate = (item: string): ((row: number) => number) => {
    const values = sites.values(item);
    return (row) => numberAt(sites, item, values[row]!, row);
  };
  /** A column that may be missing, or hold `.` or `?`. */
  const optional = (item: string, whenMissing: number): ((row: number) => number) => {
    const values = sites.find(item);
    return (row) => (isGiven(values?.[row]) ? numberAt(sites, item, values[row]!, row) : whenMissing);
  };
  const text = (...items: readonly string[]): ((row: number) => string) => {
    const columns = items.map((item) => sites.find(item));
    return (row) => columns.map((column) => column?.[row]).find(isGiven) ?? "";
  };
  const symbols = sites.find("type_symbol");
  const [x, y, z] = [coordinate("Cartn_x"), coordinate("Cartn_y"), coordinate("Cartn_z")];
  const [occupancy, bFactor] = [optional("occupancy", 1), optional("B_iso_or_equiv", 0)];
  const [name, residue, alternate] = [text("label_atom_id"), text("label_comp_id"), text("label_alt_id")];
  const [chain, assemblyChain] = [
    text("auth_asym_id", "label_asym_id"),
    text("label_asym_id", "auth_asym_id"),
  ];
  const [residueId, insertion] = [text("auth_seq_id", "label_seq_id"), text("pdbx_PDB_ins_code")];
  const group = text("group_PDB");
  const model = optional("pdbx_PDB_model_num", 1);
  return Array.from({ length: sites.rows }, (_, row) => {
    const symbol = symbols?.[row];
    const isHetero = group(row) === "HETATM";
    const known = { name: name(row), residue: residue(row), isHetero, isAligned: false };
    return {
      element: isGiven(symbol) ? elementOfSymbol(symbol, known.residue) : elementOfName(known),
      name: name(row),
      residue: residue(row),
      residueId: residueId(row) + insertion(row),
      chain: chain(row),
      assemblyChain: assemblyChain(row),
      x: x(row),
      y: y(row),
      z: z(row),
      occupancy: occupancy(row),
      bFactor: bFactor(row),
      alternate: alternate(row),
      isHetero,
      model: model(row),
    };
  });
}

/** The element of a symbol, behind which some programs write its charge, as ZN2+. */
const elementOfSymbol = (symbol: string, residue: string): string =>
  isVirtual(residue) ? "" : (elementOf(symbol.replace(/\d*[+-]$/, "")) ?? "");

function numberAt(category: CifCategory, item: string, text: string, row: number): number {
  // A standard uncertainty may follow in brackets: 12.3(4).
  const value = parseNumber(text.replace(/\(\d+\)$/, ""));
  if (Number.isNaN(value)) throw category.wrong(item, row, text, "a number");
  return value;
}

function readAssemblies(categories: ReadonlyMap<string, CifCategory>, path: string): Assembly[] {
  const generators = categories.get("_pdbx_struct_assembly_gen");
  const operators = categories.get("_pdbx_struct_oper_list");
  if (!generators) return [];
  if (!operators)
    throw new FormatError(path, "_pdbx_struct_oper_list", "nothing", "the operators of the assemblies");
  const known = readOperators(operators);
  const assemblies = new Map<string, AssemblyOperation[]>();
  const [ids, chains] = [generators.values("assembly_id"), generators.values("asym_id_list")];
  const expressions = generators.values("oper_expression");
  for (let row = 0; row < generators.rows; row++) {
    const names = new Set(chains[row]!.split(",").map((chain) => chain.trim()));
    const wrong = (expected: string) => generators.wrong("oper_expression", row, expressions[row], expected);
    const operations = expandOperators(expressions[row]!, known, wrong);
    const id = ids[row]!;
    const all = assemblies.get(id) ?? [];
    all.push(...operations.map((operation) => ({ ...operation, chains: names })));
    assemblies.set(id, all);
  }
  return [...assemblies].map(([id, operations]) => ({ id, operations }));
}

function readOperators(operators: CifCategory): Map<string, AssemblyOperation> {
  const columns = [...MATRIX, ...VECTOR].map((item) => [item, operators.values(item)] as const);
  const known = new Map<string, AssemblyOperation>();
  for (const [row, id] of operators.values("id").entries()) {
    if (known.has(id)) throw operators.wrong("id", row, id, "each operator once");
    const values = columns.map(([item, texts]) => numberAt(operators, item, texts[row]!, row));
    const rotation = values.slice(0, 9);
    if (!isRotationMatrix(rotation)) throw operators.wrong("matrix", row, rotation, "three orthonormal rows");
    known.set(id, {
      rotation: rotation as unknown as RotationMatrix,
      translation: [values[9]!, values[10]!, values[11]!],
    });
  }
  return known;
}
