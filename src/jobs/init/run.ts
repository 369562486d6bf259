import { OptionError, UsageError } from "../../core/errors.js";
import type { JobContext } from "../../core/ports.js";
import { inside } from "../../dataset/layout.js";
import { type MicrographCtf, readMicrographCtfs } from "../../io/particles/micrograph-ctf.js";
import { ONE_VERSION, severalVersions } from "../shared/micrographs/exposures.js";
import { resolveOptions } from "../shared/options/check.js";
import { micrographCtfDoubt } from "../shared/particles/ctf-doubt.js";
import { lookAtMicrographs, lookAtStructure, type MicrographLook, type Sourced } from "./look.js";
import { type InitOptions, initOptions } from "./options.js";
import { NEEDED, type ProjectDraft, projectText } from "./write.js";

/** What `init` receives beside its options. */
export interface InitContext extends JobContext {
  /** Expands files, folders and globs. */
  readonly expand: (patterns: readonly string[]) => Promise<readonly string[]>;
  /** A path as it is written into a file in the project's folder. */
  readonly pathFrom: (folder: string, path: string) => string;
  /** Asks the user for a number; absent where there is no terminal. */
  readonly ask?: (question: string) => Promise<number | undefined>;
}

export interface InitResult {
  /** The project file. */
  readonly path: string;
  /** Keys that were not found. */
  readonly missing: readonly string[];
}

/** With fewer micrographs than these none is held out. */
const FEWEST_TO_HOLD_OUT = 6;
/** At most so many are held out: scores do not gain from more. */
const MOST_HELD_OUT = 10;

/**
 * Looks at micrographs and a structure and writes a commented project file.
 *
 * @throws OptionError for a folder that has a project already and for options that clash; FileError, FormatError for an input
 */
export async function initProject(given: InitOptions, context: InitContext): Promise<InitResult> {
  const options = resolveOptions(initOptions, given);
  const { files, report } = context;
  const path = inside(options.dir, "project.yaml");
  if (await files.exists(path))
    throw new OptionError("dir", `found ${path} there already, expected a new folder`);
  if (options.model !== undefined && options.map !== undefined) {
    throw new OptionError("map", "found `model` as well, expected one of them");
  }
  const draft = await draftProject(options, context);
  const missing = [...NEEDED.filter((name) => !draft[name]), ...(draft.structure ? [] : ["model or map"])];
  await files.write(path, projectText(draft));
  if (missing.length > 0)
    report.warn(`${path}: missing: ${missing.join(", ")}; fill them in before \`cryogem run\``);
  return { path, missing };
}

async function draftProject(
  options: ReturnType<typeof resolved>,
  context: InitContext,
): Promise<ProjectDraft> {
  const { files, ask, expand, pathFrom } = context;
  const here = (path: string): string => pathFrom(options.dir, path);
  const paths = await expand(options.micrographs);
  const look = await lookAtMicrographs(paths, files);
  const [rows, columns] = look.shape;
  tellMicrographs(look, context);
  const versions = severalVersions(paths);
  if (versions) context.report.warn(`${versions}. ${ONE_VERSION}`);
  const ctf = options.ctf === undefined ? undefined : await microscopeOf(options.ctf, context);
  const kind = options.model === undefined ? "map" : "model";
  const file = options.model ?? options.map;
  const structure = file === undefined ? undefined : await lookAtStructure(file, kind, context);
  const asked = async (question: string): Promise<Sourced<number> | undefined> => {
    const value = await ask?.(question);
    return value === undefined ? undefined : { value, source: "asked" };
  };
  const number = async (
    name: "pixelSize" | "voltage" | "cs" | "diameter",
    sources: readonly (Sourced<number> | undefined)[],
    question: string,
  ): Promise<Sourced<number> | undefined> => agreed(name, options[name], sources, context) ?? asked(question);
  const source = `${look.count} files, ${columns} x ${rows} pixels`;
  return {
    title: "Synthetic micrographs",
    micrographs: { value: options.micrographs.map(here), source },
    heldOut: heldOutOf(paths.filter((path) => !look.unreadable.has(path)).map(here)),
    structure: file === undefined ? undefined : { kind, value: here(file), source: structure!.note },
    ctf:
      options.ctf === undefined
        ? undefined
        : { value: here(options.ctf), source: "given: CTFs are not fitted again" },
    particles: options.particles && {
      value: options.particles.map(here),
      source: "given: number, distances, views and defocus of the simulation are as there",
    },
    pixelSize: await number(
      "pixelSize",
      [look.pixelSize, ctf?.pixelSize],
      "Pixel size of the micrographs, angstrom",
    ),
    voltage: await number("voltage", [ctf?.voltage], "Acceleration voltage, kV"),
    cs: await number("cs", [ctf?.cs], "Spherical aberration, mm (0 with a corrector)"),
    amplitudeContrast: agreed(
      "amplitudeContrast",
      options.amplitudeContrast,
      [ctf?.amplitudeContrast],
      context,
    ),
    particleDiameter: await number(
      "diameter",
      // one that is given may leave out what sticks out of the particle: `check` says where it is far off
      options.diameter === undefined ? [structure?.diameter] : [],
      "Particle diameter, angstrom",
    ),
    symmetry: options.symmetry === undefined ? undefined : { value: options.symmetry, source: "given" },
  };
}

/** Angstrom: cryo-EM records coarser pixels. Nanometres of usual ones are finer. */
const FINEST_USUAL = 0.25;

/** Says what the headers of the micrographs show. */
function tellMicrographs(look: MicrographLook, { report }: Pick<InitContext, "report">): void {
  const { count, looked, unreadable, otherShapes, otherPixelSizes, pixelSize } = look;
  const [rows, columns] = look.shape;
  report.note(`${count} micrographs, ${columns} x ${rows} pixels`);
  const of = `of the ${looked} micrographs looked at`;
  const [reason] = unreadable.values();
  if (reason !== undefined) {
    report.warn(
      `${unreadable.size} ${of} cannot be read, and \`check\` will set them aside. The first: ${reason}`,
    );
  }
  if (pixelSize !== undefined && pixelSize.value < FINEST_USUAL)
    report.warn(
      `${pixelSize.value} angstrom per pixel, ${pixelSize.source}, is finer than cryo-EM records: is it in nanometre?`,
    );
  if (otherShapes > 0) report.warn(`${otherShapes} ${of} have another size`);
  if (otherPixelSizes > 0) {
    report.warn(
      `${otherPixelSizes} ${of} have headers of another pixel size than ${pixelSize!.value} angstrom`,
    );
  }
}

/** Values that differ by a smaller share are the same: headers and tables round. */
const SAME = 0.02;

/**
 * What the sources of a number say. Where they differ it is not known: with a wrong pixel size every label is wrong, so that the user
 * has to say it. What differs, also from a value that was given, is told.
 */
function agreed(
  name: string,
  given: number | undefined,
  sources: readonly (Sourced<number> | undefined)[],
  { report }: Pick<InitContext, "report">,
): Sourced<number> | undefined {
  const said = sources.filter((source) => source !== undefined);
  const first = given === undefined ? said[0] : { value: given, source: "given" };
  const other = said.find(
    ({ value }) => Math.abs(value - first!.value) > SAME * Math.max(Math.abs(value), Math.abs(first!.value)),
  );
  if (!other) return first;
  const [one, two] = [first!, other].map(({ value, source }) => `${value} ${source}`);
  report.warn(`\`${name}\`: found ${one} and ${two}: find out which is right`);
  return given === undefined ? undefined : first;
}

const resolved = (options: InitOptions) => resolveOptions(initOptions, options);

/** Every third micrograph, at most ten: spread over the session, and enough to learn from is left. */
function heldOutOf(paths: readonly string[]): Sourced<readonly string[]> | undefined {
  if (paths.length < FEWEST_TO_HOLD_OUT) return undefined;
  const step = Math.max(3, Math.floor(paths.length / MOST_HELD_OUT));
  const value = paths.filter((_, i) => i % step === step - 1).slice(0, MOST_HELD_OUT);
  return { value, source: "take no part in learning; the synthetic micrographs are scored against them" };
}

/** The microscope of a table of CTFs. @throws UsageError for one of several microscopes */
async function microscopeOf(path: string, { files, report }: InitContext) {
  const ctfs = readMicrographCtfs(await files.read(path), path);
  const doubt = micrographCtfDoubt(ctfs, path);
  if (doubt) report.warn(doubt);
  const of = (
    name: "voltage" | "sphericalAberration" | "amplitudeContrast" | "pixelSize",
  ): Sourced<number> | undefined => {
    const values = new Set(ctfs.map((ctf: MicrographCtf) => ctf[name]));
    if (values.size > 1) {
      throw new UsageError(
        `${path}: ${name}: found ${[...values].join(" and ")}, expected one microscope: make a project of each`,
      );
    }
    const [value] = values;
    return value === undefined ? undefined : { value: Number(value.toPrecision(6)), source: `from ${path}` };
  };
  return {
    voltage: of("voltage"),
    cs: of("sphericalAberration"),
    amplitudeContrast: of("amplitudeContrast"),
    pixelSize: of("pixelSize"),
  };
}
