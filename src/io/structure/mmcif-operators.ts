import type { RotationMatrix } from "../../core/rotation.js";
import type { AssemblyOperation } from "./structure.js";

/** A capsid has 60 operators, its crystal a few thousand; more is an error in the file. */
const MOST_OPERATIONS = 20_000;

/**
 * The operations of an oper_expression: `1`, `1,2,5`, `1-60`, `(1-60)`, or products as `(X0)(1-60)`, in which the right-hand
 * operator acts first.
 * @param wrong makes the error for an expression that is not understood, or an operator that is not known
 */
export function expandOperators(
  expression: string,
  known: ReadonlyMap<string, AssemblyOperation>,
  wrong: (expected: string) => Error,
): AssemblyOperation[] {
  const text = expression.replace(/\s/g, "");
  const factors = text.startsWith("(") ? text.split(/(?<=\))(?=\()/) : [text];
  let product: AssemblyOperation[] | undefined;
  for (const factor of factors) {
    if (!/^(\([^()]+\)|[^()]+)$/.test(factor)) throw wrong("operators, or lists of them in brackets");
    const operations = expandList(factor.replace(/[()]/g, ""), wrong).map((id) => {
      const operation = known.get(id);
      if (!operation) throw wrong(`operators that are defined, not ${id}`);
      return operation;
    });
    if ((product?.length ?? 1) * operations.length > MOST_OPERATIONS)
      throw wrong(`at most ${MOST_OPERATIONS} operations`);
    product = product
      ? product.flatMap((left) => operations.map((right) => compose(left, right)))
      : operations;
  }
  return product ?? [];
}

/** Names in a list with ranges of numbers: `1,3-5,P`. */
function expandList(list: string, wrong: (expected: string) => Error): string[] {
  const names: string[] = [];
  for (const part of list.split(",")) {
    if (names.length > MOST_OPERATIONS) throw wrong(`at most ${MOST_OPERATIONS} operations`);
    const [, first, last] = /^(\d{1,9})-(\d{1,9})$/.exec(part) ?? [];
    if (first === undefined) {
      names.push(part);
      continue;
    }
    if (Number(last) - Number(first) > MOST_OPERATIONS) throw wrong(`at most ${MOST_OPERATIONS} operations`);
    for (let id = Number(first); id <= Number(last); id++) names.push(String(id));
  }
  return names;
}

/** The motion that applies `right` and then `left`. */
function compose(left: AssemblyOperation, right: AssemblyOperation): AssemblyOperation {
  const [l, r] = [left.rotation, right.rotation];
  const rotation = [0, 3, 6].flatMap((row) =>
    [0, 1, 2].map(
      (column) => l[row]! * r[column]! + l[row + 1]! * r[column + 3]! + l[row + 2]! * r[column + 6]!,
    ),
  );
  const t = right.translation;
  const translation = [0, 3, 6].map(
    (row, i) => l[row]! * t[0] + l[row + 1]! * t[1] + l[row + 2]! * t[2] + left.translation[i]!,
  );
  return {
    rotation: rotation as unknown as RotationMatrix,
    translation: translation as unknown as AssemblyOperation["translation"],
  };
}
