import { unpackedName } from "../../io/bytes/unpack.js";
import { baseName, pathOfPlace, placeAbove, type Root, type ViewedFiles } from "./places.js";
import type { EntryKind, FolderView, ImageSet, ViewEntry } from "./records.js";

const KINDS: readonly (readonly [RegExp, EntryKind])[] = [
  [/\.(mrcs?|map|st|rec|ctf|tiff?|png|hdf5?|h5)$/i, "image"],
  [/\.(star|cs|csv|tsv|txt|box|cbox|json|jsonl)$/i, "table"],
  [/\.svg$/i, "picture"],
  [/\.html?$/i, "page"],
];

/** What a file is by its name. */
export const kindOfName = (name: string): EntryKind =>
  KINDS.find(([ending]) => ending.test(unpackedName(name)))?.[1] ?? "other";

/** What the user asked to see, as entries. */
export const rootEntries = (roots: readonly Root[]): ViewEntry[] =>
  roots.map(({ name, isFolder }, i) => ({
    ...{ name, place: String(i), kind: isFolder ? ("folder" as const) : kindOfName(name) },
  }));

/**
 * What lies in a folder.
 *
 * @param known version that the browser has: the entries are left out where it is still this one
 * @throws FileError for a place that is no folder
 */
export async function viewFolder(
  files: ViewedFiles,
  roots: readonly Root[],
  place: string,
  known?: string,
): Promise<FolderView> {
  const found = await files.entries(pathOfPlace(roots, place));
  const version = fingerprint(found.map(({ name, isFolder }) => (isFolder ? `${name}/` : name)));
  const head = { place, trail: trailOf(roots, place), version };
  if (version === known) return head;
  const entries = found.map(({ name, isFolder }) => ({
    ...{ name, place: `${place}/${name}`, kind: isFolder ? ("folder" as const) : kindOfName(name) },
  }));
  return { ...head, entries };
}

/** Endings of micrographs. */
const MICROGRAPH = /\.(mrc|tiff?|png|hdf)$/i;
/** Folders of images that show micrographs in another way. */
const DERIVED = /^(masks|previews|ice|ctf|pictures|particles|clean|measured|parts|check)$/;

/**
 * The folders of micrographs among what the user asked to see: the folders themselves, those in them, and the folders
 * `micrographs` of these.
 */
export async function imageSets(files: ViewedFiles, roots: readonly Root[]): Promise<ImageSet[]> {
  const sets: ImageSet[] = [];
  const look = async (place: string, name: string, depth: number): Promise<void> => {
    const entries = await files.entries(pathOfPlace(roots, place));
    const images = entries.filter((entry) => !entry.isFolder && MICROGRAPH.test(unpackedName(entry.name)));
    if (images.length > 0)
      sets.push({ name, place, images: images.map((image) => `${place}/${image.name}`) });
    for (const entry of entries) {
      const isWanted = depth > 1 ? !DERIVED.test(entry.name) : entry.name === "micrographs";
      if (!entry.isFolder || !isWanted || depth === 0) continue;
      await look(`${place}/${entry.name}`, `${name}/${entry.name}`, depth - 1);
    }
  };
  for (const [i, root] of roots.entries()) if (root.isFolder) await look(String(i), root.name, 2);
  return sets;
}

function trailOf(roots: readonly Root[], place: string): FolderView["trail"] {
  const trail: { name: string; place: string }[] = [];
  for (let at: string | undefined = place; at !== undefined; at = placeAbove(at)) {
    trail.unshift({ name: at.includes("/") ? baseName(at) : roots[Number(at)]!.name, place: at });
  }
  return trail;
}

/** A short text that differs, but for one case in 4 billion, for other names: FNV-1a (Fowler, Noll, Vo), 32 bits. */
function fingerprint(names: readonly string[]): string {
  let hash = 0x811c9dc5;
  for (const name of names) {
    for (let i = 0; i <= name.length; i++) {
      hash = Math.imul(hash ^ (i < name.length ? name.charCodeAt(i) : 0), 0x01000193);
    }
  }
  return `${names.length}.${(hash >>> 0).toString(16)}`;
}
