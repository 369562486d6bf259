import type { Binning } from "../../array/binning.js";
import { micrographStem } from "../../io/picks/pick.js";
import type { Project, SectionName } from "./file.js";

/** One step of a project: a command with its options, run as a user would. */
export interface Stage {
  /** As `--from` and the folder of its results have it. */
  readonly name: string;
  readonly title: string;
  /** The command, as "pick train". */
  readonly command: string;
  /** By name; paths as the machine opens them. */
  readonly options: Readonly<Record<string, unknown>>;
  /** The file or folder that it writes. */
  readonly out: string;
  /** Files from outside the project that it reads. */
  readonly inputs: readonly string[];
  /** Names of the stages whose results it reads. */
  readonly needs: readonly string[];
}

/** What is known of a project's data once its files were looked at. */
export interface ProjectData {
  /** Raw micrographs to learn from, and all that are to be picked. */
  readonly learned: readonly string[];
  readonly all: readonly string[];
  readonly heldOut: readonly string[];
  /** Stems of micrographs whose CTF the project's own estimates could not fit: from there on they are not learned from. */
  readonly unfitted?: ReadonlySet<string>;
  /** Model or map. */
  readonly structure: string;
  /** CTFs that another program fitted. */
  readonly ctf?: string;
  /** Particles of an own refinement. */
  readonly particles?: readonly string[];
  /** The sampling to work at; absent: the raw pixels. */
  readonly binning: Binning | undefined;
  /** Angstrom, of the working micrographs. */
  readonly pixelSize: number;
  /** Of the working micrographs. */
  readonly size: readonly [rows: number, columns: number];
}

/** A file or folder among the project's results. */
export const at = ({ folder }: Project, name: string): string =>
  folder === "." ? name : `${folder}/${name}`;

/** A stage with what its section of the file says in place of the project's own choices. */
export function stage(project: Project, section: SectionName | undefined, made: Stage): Stage {
  return { ...made, options: { ...made.options, ...(section && project.sections[section]) } };
}

/** The map of the particle: the given one, or the potential of the given model. */
export const mapOf = (project: Project, data: ProjectData): string =>
  project.settings.model === undefined ? data.structure : at(project, "map.mrc");

/** The raw micrographs to pick. For a map without those whose CTF the project's own estimates could not fit. */
export const pickedFiles = ({ settings }: Project, { all, unfitted }: ProjectData): readonly string[] =>
  settings.goal === "map" && unfitted ? all.filter((path) => !unfitted.has(micrographStem(path))) : all;
