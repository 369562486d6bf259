import { FormatError } from "../../core/errors.js";

// Only these part values: a name may hold any other character, a no-break space among them.
const BLANK_CHARACTERS = " \t\r\f\v";
const BLANKS = /[ \t\r\f\v]+/;

export interface StarLine {
  readonly values: readonly string[];
  /** The first value stood in quotes, so that it cannot be a keyword. */
  readonly startsQuoted: boolean;
}

/**
 * The values of one line: separated by blanks, quoted by ' or " where they hold blanks, ended by a # that follows a blank.
 * A quote closes only before a blank or the end of the line, as in CIF.
 * @throws FormatError for a quote that is not closed
 */
export function splitStarLine(line: string, path: string, lineNumber: number): StarLine {
  if (!/["'#]/.test(line)) {
    return { values: line.split(BLANKS).filter((value) => value !== ""), startsQuoted: false };
  }
  const values: string[] = [];
  let startsQuoted = false;
  let at = 0;
  while (at < line.length) {
    const character = line[at]!;
    if (isBlank(character)) {
      at++;
    } else if (character === "#") {
      break;
    } else if (character === '"' || character === "'") {
      const end = closingQuote(line, at, character);
      if (end < 0)
        throw new FormatError(path, `line ${lineNumber}`, line.slice(at, at + 40), `a closing ${character}`);
      if (values.length === 0) startsQuoted = true;
      values.push(line.slice(at + 1, end));
      at = end + 1;
    } else {
      let end = at + 1;
      while (end < line.length && !isBlank(line[end]!)) end++;
      values.push(line.slice(at, end));
      at = end;
    }
  }
  return { values, startsQuoted };
}

function closingQuote(line: string, start: number, quote: string): number {
  let end = line.indexOf(quote, start + 1);
  while (end >= 0 && end + 1 < line.length && !isBlank(line[end + 1]!)) end = line.indexOf(quote, end + 1);
  return end;
}

const isBlank = (character: string): boolean => BLANK_CHARACTERS.includes(character);
