import { binnedPixelSize, planBinning } from "../../array/binning.js";
import { FileError, UsageError } from "../../core/errors.js";
import type { Files } from "../../core/ports.js";
import { readImageHeader } from "../shared/micrographs/image-header.js";
import { besideProject, type Project } from "./file.js";
import type { ProjectData } from "./stage.js";

/** Working pixels across a particle: twice what a picker sees, and enough to tell the particle's surroundings (docs/development/notes/picking.md). */
const PIXELS_ACROSS = 48;

/** Micrographs less than this factor finer than the sampling that is enough are worked with as they are (docs/development/decisions.md). */
const LEAST_FACTOR = 1.3;

/** Expands files, folders and globs, as the command line does. */
export type ExpandPaths = (patterns: readonly string[], what: string) => Promise<readonly string[]>;

/** The files of a project, before any is looked into. */
export type ProjectFiles = Pick<
  ProjectData,
  "learned" | "all" | "heldOut" | "structure" | "ctf" | "particles"
>;

/**
 * Finds the files of a project.
 *
 * @throws FileError for what is not there, UsageError where every micrograph is held out
 */
export async function findProjectFiles(
  project: Project,
  files: Files,
  expand: ExpandPaths,
): Promise<ProjectFiles> {
  const { settings } = project;
  const here = (path: string): string => besideProject(project, path);
  const raw = await expand(settings.micrographs.map(here), "micrograph");
  const heldOut = settings.heldOut ? await expand(settings.heldOut.map(here), "micrograph") : [];
  const kept = new Set(heldOut);
  const free = raw.filter((path) => !kept.has(path));
  if (free.length === 0) {
    throw new UsageError(
      `${project.path}: heldOut: found every micrograph in it, expected some to learn from`,
    );
  }
  const structure = here((settings.model ?? settings.map)!);
  if (!(await files.exists(structure))) throw new FileError(structure, "nothing there", "a model or a map");
  return {
    learned: spread(free, settings.learnFrom),
    all: [...raw, ...heldOut.filter((path) => !raw.includes(path))],
    ...{ heldOut, structure },
    ...(settings.ctf !== undefined && { ctf: here(settings.ctf) }),
    ...(settings.particles && { particles: settings.particles.map(here) }),
  };
}

/** The sampling at which a project works, from its first usable micrograph. @throws FormatError */
export async function readProjectData(
  { settings }: Project,
  found: ProjectFiles,
  files: Files,
): Promise<ProjectData> {
  const { shape } = await readImageHeader(files, found.learned[0]!);
  const isAuto = settings.workingPixelSize === "auto";
  const target = isAuto ? settings.particleDiameter / PIXELS_ACROSS : Number(settings.workingPixelSize);
  const isWorthIt = !isAuto || target / settings.pixelSize >= LEAST_FACTOR;
  const binning = isWorthIt ? planBinning(shape, settings.pixelSize, target) : undefined;
  return {
    ...found,
    binning,
    pixelSize: binning ? binnedPixelSize(binning, settings.pixelSize) : settings.pixelSize,
    size: binning?.binned ?? shape,
  };
}

/** At most `count` of the items, spread evenly over all. */
function spread<T>(items: readonly T[], count: number): readonly T[] {
  if (items.length <= count) return items;
  return Array.from({ length: count }, (_, i) => items[Math.floor(((i + 0.5) * items.length) / count)]!);
}
