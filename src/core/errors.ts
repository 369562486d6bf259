/** Every error thrown on purpose. Anything else that escapes is a bug and keeps its stack. */
export abstract class CryoError extends Error {
  abstract readonly code: "E_FORMAT" | "E_DOMAIN" | "E_SHAPE" | "E_USAGE" | "E_UNSUPPORTED" | "E_FILE";
  override get name(): string {
    return this.constructor.name;
  }
}

/** Bytes or text that break their format. `at` names the header word, the field or the line. */
export class FormatError extends CryoError {
  readonly code = "E_FORMAT";
  constructor(
    readonly path: string,
    readonly at: string,
    found: unknown,
    expected: string,
  ) {
    super(`${path}: ${at}: found ${show(found)}, expected ${expected}`);
  }
}

/** A number outside the range in which the formula or the program means anything. */
export class DomainError extends CryoError {
  readonly code = "E_DOMAIN";
  constructor(
    readonly quantity: string,
    found: unknown,
    expected: string,
  ) {
    super(`${quantity}: found ${show(found)}, expected ${expected}`);
  }
}

/** Arrays whose shapes do not fit together. */
export class ShapeError extends CryoError {
  readonly code = "E_SHAPE";
  constructor(where: string, found: unknown, expected: string) {
    super(`${where}: found shape ${show(found)}, expected ${expected}`);
  }
}

/** A request that can never work as it was asked: options that clash, an output that belongs to another command. */
export class UsageError extends CryoError {
  readonly code = "E_USAGE";
}

/**
 * An option whose value cannot be used. `option` is its name in programs and project files; other options stand in the text as
 * `` `name` ``, so that a command line can say `--name`.
 */
export class OptionError extends UsageError {
  constructor(
    readonly option: string,
    readonly problem: string,
  ) {
    super(`${option}: ${problem}`);
  }
}

/** A valid file or request that this program cannot handle. */
export class UnsupportedError extends CryoError {
  readonly code = "E_UNSUPPORTED";
}

/** A file or folder that is missing, empty, unreadable or cannot be written. */
export class FileError extends CryoError {
  readonly code = "E_FILE";
  constructor(
    readonly path: string,
    found: string,
    expected: string,
    options?: ErrorOptions,
  ) {
    super(`${path}: found ${found}, expected ${expected}`, options);
  }
}

const show = (value: unknown): string =>
  typeof value === "number" || typeof value === "bigint"
    ? String(value)
    : (JSON.stringify(value) ?? String(value));
