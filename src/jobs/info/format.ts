/** What a file or folder holds, in a screenful: names and values in the order to show them. */
export type Description = Readonly<Record<string, string | number>>;

/** A number to five digits. */
export const format = (value: number): string => String(Number(value.toPrecision(5)));

/** The first three of a list, and how many more there are. */
export const some = (names: readonly string[], separator = ", "): string =>
  names.slice(0, 3).join(separator) + (names.length > 3 ? ` and ${names.length - 3} more` : "");
