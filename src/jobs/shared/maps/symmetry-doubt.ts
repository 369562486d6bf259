import type { Volume } from "../../../array/image.js";
import { symmetryOperators } from "../../../core/symmetry.js";
import { symmetryAgreement } from "../../../physics/specimen/symmetry-agreement.js";

/** Correlation with itself turned, below which a map does not have the symmetry that it is said to have. */
const LEAST_AGREEMENT = 0.8;

/** What to say of a map that does not have its symmetry; undefined where it has. */
export function symmetryDoubt(volume: Volume, name: string, path: string): string | undefined {
  const agreement = symmetryAgreement(volume, symmetryOperators(name));
  if (agreement >= LEAST_AGREEMENT) return undefined;
  return (
    `${path} correlates ${agreement.toFixed(2)} with itself turned by ${name}: it has not this symmetry, or its ` +
    "axes lie elsewhere than RELION's"
  );
}
