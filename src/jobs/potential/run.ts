import { OptionError } from "../../core/errors.js";
import type { JobContext } from "../../core/ports.js";
import { pack, unpackedName } from "../../io/bytes/unpack.js";
import { writeMrc } from "../../io/mrc/write.js";
import { readModelAtoms } from "../shared/maps/model-atoms.js";
import { modelMap, planModelMap } from "../shared/maps/model-map.js";
import { resolveOptions } from "../shared/options/check.js";
import { refuseUnwritable } from "../shared/output-name.js";
import { type PotentialOptions, potentialOptions } from "./options.js";

/** The map that was written. */
export interface PotentialResult {
  readonly out: string;
  readonly atoms: number;
  /** Angstrom. */
  readonly diameter: number;
  readonly box: number;
  readonly resolution: number;
}

/**
 * Writes the electrostatic potential of an atomic model, in volt, as a density map.
 *
 * @throws OptionError for an option out of its range, FileError, FormatError for the model, DomainError for a box too small
 */
export async function computePotential(
  given: PotentialOptions,
  context: JobContext,
): Promise<PotentialResult> {
  const { files, report } = context;
  const options = resolveOptions(potentialOptions, given);
  const { model, out } = options;
  refuseUnwritable(out);
  if (!/\.(mrc|map)$/i.test(unpackedName(out)))
    throw new OptionError("out", `found "${out}", expected a name that ends in .mrc`);
  const atoms = readModelAtoms(await files.read(model), model, options, report);
  const plan = planModelMap(atoms, options, context);
  const { diameter, box, resolution, voxelSize } = plan;
  report.note(
    `${model}: ${atoms.length} atoms, diameter ${diameter.toFixed(0)} A; box ${box}, resolution ${Number(resolution.toPrecision(4))} A`,
  );
  const { data, shape } = await modelMap(atoms, plan, context);
  await files.write(out, pack(writeMrc({ data, shape, voxelSize, kind: "volume" }), out));
  return { out, atoms: atoms.length, diameter, box, resolution };
}
