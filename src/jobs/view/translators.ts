import type { Files } from "../../core/ports.js";
import {
  readSafetensorsMetadata,
  SAFETENSORS_LENGTH_BYTES,
  safetensorsHeaderEnd,
} from "../../io/safetensors.js";
import { describeModel, type ModelDescription } from "../../translate/model.js";
import { MODEL } from "../shared/models/model-files.js";
import { pathOfPlace, type Root, type ViewedFiles } from "./places.js";
import { told } from "./problems.js";
import type { TranslatorsView, TranslatorView } from "./records.js";

/** Whether a file is a trained model by its name. */
export const isModelFile = (path: string): boolean => path.endsWith(".safetensors");

/** Whether a page can apply a translator while knobs are turned: the 50 and more passes of a diffusion model take minutes. */
export const isForPages = ({ diffusion }: ModelDescription): boolean => diffusion === undefined;

/** What a model file says of its translator, read from its header; undefined for another kind of model. */
export async function readDescription(files: Files, path: string): Promise<ModelDescription | undefined> {
  const size = await files.size(path);
  const first = await files.readRange(path, 0, Math.min(size, SAFETENSORS_LENGTH_BYTES));
  const head = await files.readRange(path, 0, safetensorsHeaderEnd(first, size, path));
  return describeModel(readSafetensorsMetadata(head, path), path);
}

/** Folders below one that was named in which models are looked for: as `models/cryogem` in the folder of a project. */
const DEPTH = 2;

/** The trained translators among what the user asked to see, for the page that simulates. */
export async function translatorsAmong(files: ViewedFiles, roots: readonly Root[]): Promise<TranslatorsView> {
  const translators: TranslatorView[] = [];
  const problems: string[] = [];
  const add = async (place: string, name: string): Promise<void> => {
    const file = pathOfPlace(roots, place);
    const described = await told(problems, () => readDescription(files, file));
    if (!described || !isForPages(described)) return;
    const path = file.replace(/^\.\//, "").replace(`/${MODEL.model}`, "");
    translators.push({ name, path, place, pixelSize: described.pixelSize });
  };
  const look = async (place: string, name: string, depth: number): Promise<void> => {
    const entries = await files.entries(pathOfPlace(roots, place));
    if (entries.some((entry) => entry.name === MODEL.model)) await add(`${place}/${MODEL.model}`, name);
    for (const entry of entries) {
      if (entry.isFolder && depth > 0)
        await look(`${place}/${entry.name}`, `${name}/${entry.name}`, depth - 1);
    }
  };
  for (const [i, root] of roots.entries()) {
    if (root.isFolder) await look(String(i), root.name, DEPTH);
    else if (isModelFile(root.path)) await add(String(i), root.name);
  }
  return { translators, problems };
}
