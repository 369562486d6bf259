import { DomainError, OptionError } from "../../../core/errors.js";

/**
 * What `check` gives, a check of some formula's own that calls its quantity by the name of the option.
 *
 * @throws OptionError in place of its DomainError
 */
export function checkedByFormula<T>(check: () => T): T {
  try {
    return check();
  } catch (error) {
    if (!(error instanceof DomainError)) throw error;
    throw new OptionError(error.quantity, error.message.slice(`${error.quantity}: `.length));
  }
}
