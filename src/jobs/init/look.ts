import { CryoError } from "../../core/errors.js";
import type { Files, JobContext } from "../../core/ports.js";
import { isPixelSize } from "../../io/pixel-size.js";
import { readStructure } from "../../io/structure/read.js";
import { applyAssembly, selectAtoms } from "../../io/structure/structure.js";
import { modelDiameter } from "../../physics/potential/potential.js";
import { mapDiameter, readDensityMap } from "../shared/maps/density-map.js";
import { noiseDoubt, noiseOfMap } from "../shared/maps/map-noise.js";
import { readImageHeader } from "../shared/micrographs/image-header.js";
import { pixelSizesDiffer, rounded, saidPixelSize } from "../shared/micrographs/pixel-size.js";

/** A value with where it comes from. */
export interface Sourced<T> {
  readonly value: T;
  /** As "given", "from the header of raw/1.mrc". */
  readonly source: string;
}

/** What the micrographs' headers say. */
export interface MicrographLook {
  readonly count: number;
  /** How many were looked at, and those of them that cannot be read, with the reason. */
  readonly looked: number;
  readonly unreadable: ReadonlyMap<string, string>;
  /** Of most. */
  readonly shape: readonly [rows: number, columns: number];
  readonly otherShapes: number;
  readonly pixelSize: Sourced<number> | undefined;
  /** Of those looked at, how many say another pixel size. */
  readonly otherPixelSizes: number;
}

/** Headers of so many micrographs are read, spread over all: a set of ten thousand is looked at in a second. */
const MOST_READ = 50;

/**
 * Looks at the headers of micrographs.
 *
 * @throws FileError, FormatError of the first, where none can be read
 */
export async function lookAtMicrographs(paths: readonly string[], files: Files): Promise<MicrographLook> {
  const step = Math.max(1, Math.floor(paths.length / MOST_READ));
  const looked = paths.filter((_, i) => i % step === 0);
  const headers = [];
  const failures = new Map<string, CryoError>();
  for (const path of looked) {
    try {
      headers.push({ path, ...(await readImageHeader(files, path)) });
    } catch (error) {
      // one damaged file among thousands is left to `check`, which sets it aside
      if (!(error instanceof CryoError)) throw error;
      failures.set(path, error);
    }
  }
  const [first] = headers;
  if (!first) throw [...failures.values()][0]!;
  const common = mostlyAlike(headers, (a, b) => a.shape.join() === b.shape.join()) ?? first;
  const known = mostlyAlike(
    headers.filter(({ pixelSize }) => isPixelSize(saidPixelSize(pixelSize) ?? 0)),
    (a, b) => !pixelSizesDiffer(a.pixelSize, b.pixelSize),
  );
  return {
    count: paths.length,
    looked: looked.length,
    unreadable: new Map([...failures].map(([path, { message }]) => [path, message])),
    shape: common.shape,
    otherPixelSizes: headers.filter(({ pixelSize }) =>
      pixelSizesDiffer(saidPixelSize(pixelSize), known?.pixelSize),
    ).length,
    otherShapes: headers.filter(({ shape }) => shape.join() !== common.shape.join()).length,
    pixelSize: known && {
      value: rounded(known.pixelSize!),
      source: `from the header of ${known.path}`,
    },
  };
}

/** The first of those that most are like: an atlas or a gain reference among micrographs is not what all are. Undefined of none. */
function mostlyAlike<T>(all: readonly T[], isAlike: (a: T, b: T) => boolean): T | undefined {
  const kinds: T[][] = [];
  for (const one of all) {
    const own = kinds.find(([first]) => isAlike(first!, one));
    if (own) own.push(one);
    else kinds.push([one]);
  }
  const most = Math.max(...kinds.map(({ length }) => length));
  return kinds.find(({ length }) => length === most)?.[0];
}

/** The particle's diameter, angstrom. @throws FileError, FormatError */
export async function lookAtStructure(
  path: string,
  kind: "model" | "map",
  { files, report }: Pick<JobContext, "files" | "report">,
): Promise<{ readonly diameter: Sourced<number>; readonly note: string }> {
  const source = `measured on the ${kind}`;
  if (kind === "map") {
    const volume = await readDensityMap({ files, report }, path);
    const noise = noiseOfMap(volume);
    if (noise) report.warn(`${path}: ${noiseDoubt(noise)}`);
    const diameter = Math.round(noise?.ofParticle ?? mapDiameter(volume));
    return {
      diameter: { value: diameter, source },
      note: `${volume.shape[0]} voxels of ${volume.voxelSize.toFixed(3)} A`,
    };
  }
  const structure = readStructure(await files.read(path), path);
  const atoms = applyAssembly(structure, selectAtoms(structure.atoms, { waters: false }), undefined);
  return {
    diameter: { value: Math.round(modelDiameter(atoms)), source },
    note: `${atoms.length} atoms${structure.assemblies.length > 0 ? " in its biological assembly" : ""}`,
  };
}
