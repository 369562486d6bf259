import * as errors from "../../core/errors.js";

/** An error as it crosses threads: structured clone alone would lose its class and its fields. */
export interface ErrorParcel {
  readonly name: string;
  readonly message: string;
  readonly stack: string | undefined;
  readonly fields: Readonly<Record<string, unknown>>;
}

export function packError(error: unknown): ErrorParcel {
  if (!(error instanceof Error))
    return { name: "Error", message: String(error), stack: undefined, fields: {} };
  const fields = error instanceof errors.CryoError ? { ...error, cause: undefined } : {};
  return { name: error.name, message: error.message, stack: error.stack, fields };
}

/** The error again, of its own class where that is one of ours, with its message, fields and first stack. */
export function unpackError({ name, message, stack, fields }: ErrorParcel): Error {
  const ours = Object.entries(errors).find(([className]) => className === name)?.[1];
  const error: Error = ours ? Object.create(ours.prototype) : new Error(message);
  if (!ours) error.name = name;
  Object.assign(error, fields);
  // as an error of this thread has them: the command line puts dashes before the options that a message names
  const own = { configurable: true, writable: true };
  Object.defineProperty(error, "message", { ...own, value: message });
  Object.defineProperty(error, "stack", { ...own, value: stack ?? message });
  return error;
}
