/** The values of some columns, by their names. */
export type Columns = ReadonlyMap<string, Float64Array | readonly string[]>;

/** Least and greatest value of each column by which rows are chosen. */
export type Ranges = ReadonlyMap<string, readonly [low: number, high: number]>;

/** The rows whose values lie in all ranges. */
export function chosenRows(count: number, columns: Columns, ranges: Ranges): readonly number[] {
  const isChosen = choiceOf(columns, ranges);
  return Array.from({ length: count }, (_, row) => row).filter(isChosen);
}

/** Whether a row's values lie in all ranges. */
export function choiceOf(columns: Columns, ranges: Ranges): (row: number) => boolean {
  const tests = [...ranges].flatMap(([name, [low, high]]) => {
    const values = columns.get(name);
    return values instanceof Float64Array
      ? [(row: number) => values[row]! >= low && values[row]! <= high]
      : [];
  });
  return (row) => tests.every((test) => test(row));
}
