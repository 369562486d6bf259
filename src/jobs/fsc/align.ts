import { resampleVolume } from "../../array/fft/resample.js";
import type { Volume } from "../../array/image.js";
import { DomainError } from "../../core/errors.js";
import type { Files, Report } from "../../core/ports.js";
import { matrixToEuler, rotationAngle } from "../../core/rotation.js";
import { alignMaps } from "../../evaluate/maps/align.js";
import { TurnableMap } from "../../evaluate/maps/turnable-map.js";
import { potentialMap } from "../../physics/potential/potential.js";
import { type MapFile, readMapFile } from "../shared/maps/map-files.js";
import { readModelAtoms } from "../shared/maps/model-atoms.js";

/** How the second map was laid onto the first. */
export interface MapAlignment {
  /** By how much it was turned, degrees, and the Euler angles of that rotation as RELION writes them. */
  readonly angle: number;
  readonly rot: number;
  readonly tilt: number;
  readonly psi: number;
  /** Angstrom, after the turn. */
  readonly shift: readonly [x: number, y: number, z: number];
  /** Whether it was mirrored first, in z. */
  readonly mirrored: boolean;
  /** At the shells to `comparedTo`, each with equal weight for every coefficient. */
  readonly correlation: number;
  /** Finest detail that had a part in the alignment, angstrom. */
  readonly comparedTo: number;
}

const HANDS = { both: ["same", "mirrored"], same: ["same"], mirrored: ["mirrored"] } as const;
const HERE = [1, 0, 0, 0, 1, 0, 0, 0, 1] as const;

/** Whether a path names an atomic model by its ending. */
export const isModelPath = (path: string): boolean => /\.(pdb1?|ent|cif|mmcif)(\.gz)?$/i.test(path);

/**
 * Reads a map, or the potential of a model on the first map's grid, and lays it onto the first map.
 *
 * @throws FileError, FormatError for the file; DomainError for a map whose box is much larger than the first one's
 */
export async function alignedOnto(
  first: MapFile,
  path: string,
  hand: keyof typeof HANDS,
  { files, report }: { readonly files: Files; readonly report: Report },
): Promise<{ readonly map: Volume; readonly alignment: MapAlignment }> {
  const { map: reference } = first;
  const other = isModelPath(path)
    ? potentialOn(reference, readModelAtoms(await files.read(path), path, {}, report))
    : onGridOf(reference, await readMapFile(files, path, report));
  const found = alignMaps(reference, other, { hands: HANDS[hand] });
  const { voxelSize, shape } = reference;
  const [x, y, z] = found.shift;
  return {
    map: new TurnableMap(other).placed(found),
    alignment: {
      angle: rotationAngle(found.rotation, HERE),
      ...matrixToEuler(found.rotation),
      shift: [x * voxelSize, y * voxelSize, z * voxelSize],
      mirrored: found.mirrored,
      correlation: found.correlation,
      comparedTo: (shape[0] * voxelSize) / found.radius,
    },
  };
}

function potentialOn(reference: Volume, atoms: Parameters<typeof potentialMap>[0]): Volume {
  const { voxelSize, shape } = reference;
  const map = potentialMap(atoms, {
    voxelSize,
    box: shape[0],
    resolution: 2 * voxelSize,
    applyBFactors: false,
  });
  return { data: map.data, shape, voxelSize };
}

/** Voxel sizes that differ by no more than this share count as one, as far as resampling misses the wanted one at all. */
const SAME_SIZE = 5e-3;

/** The map at the voxel size and in the box of another one. */
function onGridOf({ voxelSize, shape }: Volume, { map, path }: MapFile): Volume {
  const resampled = resampleVolume(map, voxelSize, shape[0]);
  if (Math.abs(resampled.voxelSize / voxelSize - 1) > SAME_SIZE) {
    const expected = `one that can be brought to ${voxelSize} angstrom within 0.5 %`;
    throw new DomainError(`${path}: voxel size`, map.voxelSize, expected);
  }
  return { ...resampled, voxelSize };
}

/** The alignment as lines to read. */
export function alignmentText({
  angle,
  rot,
  tilt,
  psi,
  shift,
  mirrored,
  correlation,
  comparedTo,
}: MapAlignment): string {
  const degrees = [rot, tilt, psi].map((each) => each.toFixed(1)).join(", ");
  return `aligned by           ${angle.toFixed(1)} degrees (rot, tilt, psi ${degrees}), ${shift
    .map((each) => each.toFixed(1))
    .join(", ")} angstrom${mirrored ? ", mirrored: the hands differ" : ""}
correlation there    ${correlation.toFixed(3)} (every shell to ${comparedTo.toFixed(1)} angstrom)\n`;
}
