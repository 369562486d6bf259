import { fftFriendlySize } from "../../array/fft/fft.js";
import { OptionError } from "../../core/errors.js";
import type { JobContext, Report } from "../../core/ports.js";
import { pack, unpackedName } from "../../io/bytes/unpack.js";
import { writeMrc } from "../../io/mrc/write.js";
import { readStructure } from "../../io/structure/read.js";
import {
  type Atom,
  applyAssembly,
  type Structure,
  selectAtoms,
  unknownElements,
} from "../../io/structure/structure.js";
import { modelDiameter, potentialMap, potentialMemory } from "../../physics/potential/potential.js";
import { refuseBeyondMemory } from "../shared/memory.js";
import { resolveOptions } from "../shared/options/check.js";
import type { ResolvedOptions } from "../shared/options/option.js";
import { refuseUnwritable } from "../shared/output-name.js";
import { type PotentialOptions, potentialOptions } from "./options.js";

/** The assembly that is made of all models of a file, as in files of biological assemblies (.pdb1). */
const MODELS = "models";

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
  const atoms = readAtoms(await files.read(model), options, report);
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
  const { data, shape } = potentialMap(atoms, {
    voxelSize: pixelSize,
    box,
    resolution,
    applyBFactors: options.bFactors,
  });
  signal.throwIfAborted();
  await files.write(out, pack(writeMrc({ data, shape, voxelSize: pixelSize, kind: "volume" }), out));
  return { out, atoms: atoms.length, diameter, box, resolution };
}

function readAtoms(
  bytes: Uint8Array,
  options: ResolvedOptions<typeof potentialOptions>,
  report: Report,
): Atom[] {
  const structure = readStructure(bytes, options.model);
  const ofModels = options.assembly === MODELS;
  if (ofModels && options.modelNumber !== undefined) {
    throw new OptionError(
      "modelNumber",
      `found \`assembly\` ${MODELS}, which takes all models, expected one of them`,
    );
  }
  const selection = {
    ...(options.modelNumber !== undefined && { model: options.modelNumber }),
    ...(ofModels && { model: "all" as const }),
    waters: options.waters,
    ...(options.minimumConfidence !== undefined && { minimumConfidence: options.minimumConfidence }),
  };
  const unknown = unknownElements(structure.atoms, selection);
  if (unknown) report.note(`${options.model}: ${unknown}`);
  const selected = selectAtoms(structure.atoms, selection);
  if (!ofModels) noteModels(structure, selected[0]!.model, report);
  if (options.assembly === "none" || ofModels) return selected;
  const known = structure.assemblies.map(({ id }) => id);
  if (options.assembly !== undefined && !known.includes(options.assembly)) {
    const expected =
      known.length > 0 ? `one of ${known.join(", ")}, or none` : "none, since the file defines no assembly";
    throw new OptionError("assembly", `${options.model}: found "${options.assembly}", expected ${expected}`);
  }
  return applyAssembly(structure, selected, options.assembly);
}

/** Says which of several models is used: they may be alternatives, as of NMR, or the copies of an assembly. */
function noteModels({ path, atoms }: Structure, used: number, report: Report): void {
  const models = new Set(atoms.map(({ model }) => model)).size;
  if (models === 1) return;
  report.note(
    `${path}: model ${used} of ${models}: \`modelNumber\` takes another one, \`assembly\` ${MODELS} all of them as one assembly`,
  );
}

/** An even size that transforms fast, at least 1.5 diameters and some room for a small molecule. */
function roomyBox(diameter: number, pixelSize: number): number {
  return fftFriendlySize(2 * Math.ceil((0.75 * diameter + 8) / pixelSize));
}
