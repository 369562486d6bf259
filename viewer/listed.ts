import { useEffect, useState } from "preact/hooks";
import type { FolderView, StartView, ViewEntry } from "../src/jobs/view/records.js";
import { ask } from "./api.js";
import { useEvery } from "./hooks.js";
import { placeAbove } from "./route.js";

/** Seconds between two looks at a folder that may grow. */
const LOOK = 3;

/** What is listed: a folder, or what the user asked to see. */
export interface Listed {
  /** Place of the folder; undefined at the start. */
  readonly folder?: string;
  readonly trail: FolderView["trail"];
  readonly entries?: readonly ViewEntry[];
  readonly error?: string;
}

/** The folder of a place, read again now and then: its files may become more while it is shown. */
export function useListed(place: string, start: StartView | undefined): Listed {
  const [found, setFound] = useState<{ readonly asked: string } & Listed & { readonly version?: string }>({
    asked: "",
    trail: [],
  });
  const root = start?.roots[Number(place.split("/")[0])];
  const isRootFile = root !== undefined && root.kind !== "folder";
  // until the roots are known, a place may be that of a file
  const asked = !start || isRootFile ? "" : place;
  const look = (isNew: boolean): void => {
    if (asked === "") return;
    const read = (folder: string): Promise<FolderView> =>
      ask("folder", { place: folder, known: isNew ? "" : (found.version ?? "") });
    listing(isNew || found.folder === undefined ? undefined : found.folder, asked, read).then(
      ({ entries, ...view }) => {
        if (entries)
          setFound({ asked, folder: view.place, trail: view.trail, version: view.version, entries });
      },
      (error: Error) => {
        if (isNew) setFound({ asked, trail: [], error: error.message });
      },
    );
  };
  const isListed =
    found.folder !== undefined && placeAbove(asked) === found.folder && found.entries !== undefined;
  const isSame = found.asked === asked || (isListed && isFile(found.entries!, asked));
  useEffect(() => {
    if (!isSame) look(true);
  }, [asked, isSame]);
  useEvery(LOOK, () => look(false));
  if (asked === "") return { trail: [], ...(start && { entries: start.roots }) };
  return isSame ? found : { trail: found.trail };
}

/** The folder that is known already, else the place itself where it is a folder, else the one above it. */
async function listing(
  known: string | undefined,
  asked: string,
  read: (folder: string) => Promise<FolderView>,
): Promise<FolderView> {
  if (known !== undefined) return read(known);
  const above = placeAbove(asked);
  if (above === undefined) return read(asked);
  const view = await read(above);
  return view.entries?.some(({ place, kind }) => place === asked && kind !== "folder") ? view : read(asked);
}

const isFile = (entries: readonly ViewEntry[], place: string): boolean =>
  entries.some((entry) => entry.place === place && entry.kind !== "folder");
