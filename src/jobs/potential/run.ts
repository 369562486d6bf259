import { fftFriendlySize } from "../../array/fft/fft.js";
import { DomainError, UsageError } from "../../core/errors.js";
import type { JobContext } from "../../core/ports.js";
import { pack, unpackedName } from "../../io/bytes/unpack.js";
import { writeMrc } from "../../io/mrc/write.js";
import { readStructure } from "../../io/structure/read.js";
import { type Atom, applyAssembly, selectAtoms } from "../../io/structure/structure.js";
import { modelDiameter, potentialMap } from "../../physics/potential/potential.js";
import { refuseUnwritable } from "../shared/output-name.js";

export interface PotentialJobOptions {
  /** Atomic model, PDB or mmCIF. */
  readonly model: string;
  readonly out: string;
  /** Angstrom per voxel. */
  readonly pixelSize: number;
  /** Voxels; default: 1.5 times the model's diameter. */
  readonly box?: number;
  /** Angstrom; default: twice the pixel size. */
  readonly resolution?: number;
  /** Biological assembly by its name in the file, or "none" for the atoms as they are; default: the first there is. */
  readonly assembly?: string;
  /** Model number; default: the first. */
  readonly modelNumber?: number;
  /** Let each atom's own B factor blur it; default false. */
  readonly bFactors?: boolean;
  /** Keep water molecules; default false. */
  readonly waters?: boolean;
  /** Leave out atoms below this confidence, which predicted models keep in place of the B factor (pLDDT). */
  readonly minimumConfidence?: number;
}

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
 * @throws FileError, FormatError for the model, DomainError for a box too small or a resolution beyond the pixel size
 */
export async function computePotential(
  options: PotentialJobOptions,
  { files, report, signal }: JobContext,
): Promise<PotentialResult> {
  const { model, out, pixelSize } = options;
  refuseUnwritable(out);
  if (!/\.(mrc|map)$/i.test(unpackedName(out)))
    throw new UsageError(`--out: found "${out}", expected a name that ends in .mrc`);
  const atoms = readAtoms(await files.read(model), options);
  const diameter = modelDiameter(atoms);
  const box = options.box ?? roomyBox(diameter, pixelSize);
  const resolution = options.resolution ?? 2 * pixelSize;
  report.note(
    `${model}: ${atoms.length} atoms, diameter ${diameter.toFixed(0)} A; box ${box}, resolution ${resolution} A`,
  );
  signal.throwIfAborted();
  const { data, shape } = potentialMap(atoms, {
    voxelSize: pixelSize,
    box,
    resolution,
    applyBFactors: options.bFactors ?? false,
  });
  signal.throwIfAborted();
  await files.write(out, pack(writeMrc({ data, shape, voxelSize: pixelSize, kind: "volume" }), out));
  return { out, atoms: atoms.length, diameter, box, resolution };
}

function readAtoms(bytes: Uint8Array, options: PotentialJobOptions): Atom[] {
  const structure = readStructure(bytes, options.model);
  const selected = selectAtoms(structure.atoms, {
    ...(options.modelNumber !== undefined && { model: options.modelNumber }),
    waters: options.waters ?? false,
    ...(options.minimumConfidence !== undefined && { minimumConfidence: options.minimumConfidence }),
  });
  if (options.assembly === "none") return selected;
  const known = structure.assemblies.map(({ id }) => id);
  if (options.assembly !== undefined && !known.includes(options.assembly)) {
    throw new DomainError(
      `${options.model}: assembly`,
      options.assembly,
      known.length > 0 ? `one of ${known.join(", ")}, or none` : "none: the file defines no assembly",
    );
  }
  return applyAssembly(structure, selected, options.assembly);
}

/** An even size that transforms fast, at least 1.5 diameters and some room for a small molecule. */
function roomyBox(diameter: number, pixelSize: number): number {
  return fftFriendlySize(2 * Math.ceil((0.75 * diameter + 8) / pixelSize));
}
