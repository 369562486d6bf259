/** Names that a line has room for. */
const NAMED = 3;

/** The first of a list of names, and how many more there are. */
export const someNames = (
  names: readonly string[],
  { most = NAMED, separator = ", " }: { readonly most?: number; readonly separator?: string } = {},
): string =>
  names.slice(0, most).join(separator) + (names.length > most ? ` and ${names.length - most} more` : "");
