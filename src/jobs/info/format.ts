/** What a file or folder holds, in a screenful: names and values in the order to show them. */
export type Description = Readonly<Record<string, string | number>>;

/** A number to five digits. */
export const format = (value: number): string => String(Number(value.toPrecision(5)));
