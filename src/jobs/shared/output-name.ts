import { OptionError } from "../../core/errors.js";
import { canPack } from "../../io/bytes/unpack.js";

/** Refuses, before any work, a name to write to that ends in .bz2. @throws OptionError */
export function refuseUnwritable(out: string): void {
  if (canPack(out)) return;
  throw new OptionError(
    "out",
    `found "${out}", expected a name in .gz or without packing: bzip2 is only read`,
  );
}
