import { fftFriendlySize } from "../../array/fft/fft.js";
import type { Volume } from "../../array/image.js";
import { OptionError } from "../../core/errors.js";
import type { JobContext } from "../../core/ports.js";
import { pack, unpackedName } from "../../io/bytes/unpack.js";
import { writeMrc } from "../../io/mrc/write.js";
import { modelDiameter, potentialMemory, potentialSteps } from "../../physics/potential/potential.js";
import { readModelAtoms } from "../shared/maps/model-atoms.js";
import { refuseBeyondMemory } from "../shared/memory.js";
import { resolveOptions } from "../shared/options/check.js";
import { refuseUnwritable } from "../shared/output-name.js";
import { type PotentialOptions, potentialOptions } from "./options.js";

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
  const { files, report, signal } = context;
  const options = resolveOptions(potentialOptions, given);
  const { model, out, pixelSize, resolution = 2 * pixelSize } = options;
  refuseUnwritable(out);
  if (!/\.(mrc|map)$/i.test(unpackedName(out)))
    throw new OptionError("out", `found "${out}", expected a name that ends in .mrc`);
  if (resolution < 2 * pixelSize) {
    throw new OptionError(
      "resolution",
      `found ${resolution}, expected at least two voxels, ${2 * pixelSize} angstrom`,
    );
  }
  const atoms = readModelAtoms(await files.read(model), model, options, report);
  const diameter = modelDiameter(atoms);
  const box = options.box ?? roomyBox(diameter, pixelSize);
  report.note(
    `${model}: ${atoms.length} atoms, diameter ${diameter.toFixed(0)} A; box ${box}, resolution ${resolution} A`,
  );
  const need = { voxelSize: pixelSize, box, resolution };
  refuseBeyondMemory(
    {
      // the map is copied once more to be written
      bytes: potentialMemory(need) + 4 * box ** 3,
      option: options.box === undefined ? "pixelSize" : "box",
      what: `a map of ${box} x ${box} x ${box} voxels at a resolution of ${resolution} angstrom`,
      instead: "take larger voxels, or a smaller `box`",
    },
    context,
  );
  signal.throwIfAborted();
  const steps = potentialSteps(atoms, { ...need, applyBFactors: options.bFactors });
  const { data, shape } = await finish(steps, context);
  await files.write(out, pack(writeMrc({ data, shape, voxelSize: pixelSize, kind: "volume" }), out));
  return { out, atoms: atoms.length, diameter, box, resolution };
}

/** Goes through the steps, between which the program hears a wish to stop. */
async function finish(
  steps: ReturnType<typeof potentialSteps>,
  { report, signal }: JobContext,
): Promise<Volume> {
  for (;;) {
    const { done, value } = steps.next();
    if (done) return value;
    report.progress(value);
    await new Promise((resolve) => setTimeout(resolve));
    signal.throwIfAborted();
  }
}

/** An even size that transforms fast, at least 1.5 diameters and some room for a small molecule. */
function roomyBox(diameter: number, pixelSize: number): number {
  return fftFriendlySize(2 * Math.ceil((0.75 * diameter + 8) / pixelSize));
}
