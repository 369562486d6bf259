import { FileError, UsageError } from "../../core/errors.js";
import type { Files } from "../../core/ports.js";
import { DATASET, imagePath, inside } from "../../dataset/layout.js";
import { readDataset } from "../../dataset/reader.js";
import { IMAGE_EXTENSIONS } from "../../io/read-image.js";
import type { SaidPixelSize } from "../shared/micrographs/pixel-size.js";
import type { FileInput, ProfileInput } from "./micrograph.js";
import type { MicrographSource, RealismPlan } from "./plan.js";

/** Micrographs that are measured as one set. */
export interface InputSet<Input extends ProfileInput = FileInput> {
  readonly name: string;
  readonly inputs: readonly Input[];
  /** The folder, where it is a dataset, and the pixel size in its manifest. */
  readonly dataset?: SaidPixelSize;
}

/** The real micrographs; a single one as its halves, as the floor needs two sides. */
export function realInputs({ real, realMasks }: RealismPlan): InputSet {
  const inputs = real.map((path) => ({
    path,
    ...(realMasks !== undefined && { mask: maskFor(path, realMasks) }),
  }));
  const [only] = inputs;
  if (inputs.length > 1 || !only) return { name: "real", inputs };
  return { name: "real", inputs: ([0, 1] as const).map((half) => ({ ...only, half })) };
}

const maskFor = (path: string, folder: string): string => {
  const name = path.slice(path.lastIndexOf("/") + 1);
  return inside(folder, `${name.replace(/\.[^.]+$/, "")}.png`);
};

/** The micrographs of a candidate: those of a finished dataset, or of a folder. */
export async function syntheticInputs(
  source: MicrographSource,
  plan: RealismPlan,
  files: Files,
): Promise<InputSet> {
  const { name } = source;
  if ("paths" in source) return { name, inputs: source.paths.map((path) => ({ path })) };
  const { folder } = source;
  if (!(await files.exists(inside(folder, DATASET.manifest)))) {
    return { name, inputs: (await micrographsIn(folder, files)).map((path) => ({ path })) };
  }
  const { manifest } = await readDataset(files, folder);
  const inputs = manifest.micrographs.map(({ path, index }) => ({
    path: inside(folder, path),
    ...(plan.realMasks !== undefined && { mask: inside(folder, imagePath("masks", index)) }),
  }));
  return { name, inputs, dataset: { path: folder, said: manifest.optics.pixelSize } };
}

async function micrographsIn(folder: string, files: Files): Promise<string[]> {
  if (await files.exists(inside(folder, DATASET.job))) {
    throw new UsageError(`${folder}: found an unfinished dataset: run the command that makes it again`);
  }
  const names = (await files.list(folder)).filter((name) =>
    IMAGE_EXTENSIONS.some((ending) => name.toLowerCase().endsWith(ending)),
  );
  if (names.length === 0)
    throw new FileError(folder, "no micrograph", "a dataset, or a folder of micrographs");
  return names.map((name) => inside(folder, name));
}
