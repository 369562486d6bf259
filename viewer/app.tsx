import { useEffect, useState } from "preact/hooks";
import type { OpenedView, StartView, TranslatorsView, ViewEntry } from "../src/jobs/view/records.js";
import { address, ask, askBytes, onConnection } from "./api.js";
import { FactList, Waiting } from "./controls.js";
import { Finder } from "./finder.js";
import { FolderPage } from "./folder-page.js";
import { Help } from "./help.js";
import { useAsk, useEvery, useKeys } from "./hooks.js";
import { useListed } from "./listed.js";
import { MakePage } from "./make/page.js";
import { MicrographPage } from "./micrograph/page.js";
import { PicturePage } from "./picture-page.js";
import { RealPage } from "./real/page.js";
import { go, hashOf, placeAbove, useRoute } from "./route.js";
import { StackPage } from "./stack/page.js";
import { TablePage } from "./table/page.js";
import { VolumePage } from "./volume/page.js";

/** Seconds between two looks at a folder that may grow. */
const LOOK = 3;

const IMAGE = /\.(mrcs?|tiff?|png)$/i;

/** The whole page: what there is on the left, what is looked at on the right. */
export function App() {
  const { place, page } = useRoute();
  const start = useAsk<StartView>("start", {});
  const [helps, setHelps] = useState(false);
  const [finds, setFinds] = useState(false);
  const listed = useListed(place, start.value);
  useKeys({ "?": () => setHelps(true) });
  // one folder or file: nothing is to be chosen
  useEffect(() => {
    const only = start.value?.roots.length === 1 ? start.value.roots[0] : undefined;
    if (only && place === "" && page === "") location.replace(hashOf(only.place));
  }, [start.value, place, page]);
  const name = place.slice(place.lastIndexOf("/") + 1);
  useEffect(() => {
    document.title = place.includes("/") ? `${name} · cryogem view` : "cryogem view";
  }, [place, name]);
  if (!start.value) return <Waiting error={start.error} />;
  const root = start.value.roots.find((entry) => entry.place === place);
  const isRootFile = root !== undefined && root.kind !== "folder";
  const isFolder = listed.folder === place || place === "";
  // an image by its name is opened while its folder is still read
  const isOpened = isRootFile || listed.entries !== undefined || IMAGE.test(name);
  return (
    <div class={finds ? "shell finding" : "shell"}>
      <button type="button" class="skip" onClick={() => document.getElementById("main")?.focus()}>
        Skip to the content
      </button>
      <Finder
        start={start.value}
        folder={listed}
        place={place}
        onOpen={(entry) => {
          if (entry.kind !== "folder") setFinds(false);
          go(entry.place);
        }}
        onHelp={() => setHelps(true)}
      />
      <main id="main" tabIndex={-1}>
        <button type="button" class="menu" aria-expanded={finds} onClick={() => setFinds(!finds)}>
          {finds ? "Close the list" : "Files"}
        </button>
        <Connection />
        {page === "real" ? (
          <RealPage />
        ) : page === "make" ? (
          <SimulationPage
            key={place}
            place={place}
            name={root?.name ?? name}
            entries={listed.entries ?? []}
          />
        ) : place !== "" && !isOpened ? (
          <Waiting error={listed.error} />
        ) : isFolder ? (
          <FolderPage
            place={place}
            name={listed.trail.at(-1)?.name ?? "What is shown"}
            entries={listed.entries ?? []}
          />
        ) : (
          <FilePage key={place} place={place} start={start.value} entries={listed.entries ?? []} />
        )}
      </main>
      {helps && <Help onClose={() => setHelps(false)} />}
    </div>
  );
}

/** The page that simulates micrographs of a map, with what lies beside it and the models that are shown. */
function SimulationPage(props: {
  readonly place: string;
  readonly name: string;
  readonly entries: readonly ViewEntry[];
}) {
  const { place, name, entries } = props;
  const { value: learned, error } = useAsk<TranslatorsView>("translators", {});
  if (!learned) return <Waiting error={error} />;
  const placeOf = (path: string): string => learned.translators.find((each) => each.path === path)!.place;
  return (
    <MakePage
      name={name}
      maps={conformationsBeside(name, entries)}
      learned={learned}
      sources={{
        map: (map) => askBytes("bytes", { place: beside(place, map) }),
        translator: (path) => askBytes("bytes", { place: placeOf(path) }),
      }}
    />
  );
}

/** The maps that `conformations` wrote into one folder, where a map is one of them; else the map alone. */
function conformationsBeside(name: string, entries: readonly ViewEntry[]): readonly string[] {
  const isOne = (each: string): boolean => /^conformation-\d+\.mrc$/.test(each);
  const all = entries.map((entry) => entry.name).filter(isOne);
  return all.includes(name) ? all.sort() : [name];
}

/** The place of another file of the same folder. */
const beside = (place: string, name: string): string => {
  const above = placeAbove(place);
  return above === undefined || place.endsWith(`/${name}`) ? place : `${above}/${name}`;
};

function FilePage(props: {
  readonly place: string;
  readonly start: StartView;
  readonly entries: readonly ViewEntry[];
}) {
  const { place, start, entries } = props;
  const opened = useAsk<OpenedView>("open", { place });
  if (!opened.value) return <Waiting error={opened.error} />;
  const view = opened.value;
  switch (view.what) {
    case "image":
      return <MicrographPage view={view} entries={entries} edit={start.edit} />;
    case "stack":
      return <StackPage view={view} />;
    case "volume":
      return <VolumePage view={view} />;
    case "table":
      return <TablePage view={view} />;
    case "picture":
      return <PicturePage view={view} />;
    case "page":
      return <iframe class="foreign" sandbox="" title={view.name} src={address("page", { place })} />;
    case "text":
      return (
        <div class="page">
          <h1>{view.name}</h1>
          <pre class="lines-of-text" tabIndex={0}>
            {view.text}
          </pre>
        </div>
      );
    case "facts":
      return (
        <div class="page">
          <h1>{view.name}</h1>
          <FactList facts={view.facts} />
        </div>
      );
  }
}

/** Says so where the program does not answer, and goes on by itself when it does again. */
function Connection() {
  const [isConnected, setConnected] = useState(true);
  useEffect(() => onConnection(setConnected), []);
  useEvery(LOOK, () => {
    if (!isConnected) ask("start").catch(() => {});
  });
  if (isConnected) return null;
  return (
    <p class="problem" role="alert">
      cryogem view does not answer. Is it still running, and the tunnel open? This page goes on by itself.
    </p>
  );
}
