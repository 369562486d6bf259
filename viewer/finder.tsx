import { useEffect, useRef, useState } from "preact/hooks";
import type { StartView, ViewEntry } from "../src/jobs/view/records.js";
import { useKeys, useSize } from "./hooks.js";
import type { Listed } from "./listed.js";
import { hashOf } from "./route.js";

/** Height of a line, as in view.css. */
const LINE = 30;
const MARKS = { folder: "▸", image: "◉", table: "▤", picture: "◨", page: "▭", other: "·" } as const;
const WORDS = {
  folder: "folder",
  image: "image",
  table: "table",
  picture: "picture",
  page: "page",
  other: "file",
} as const;

/** The list of files. Of ten thousand only those in sight are in the page. */
export function Finder(props: {
  readonly start: StartView;
  readonly folder: Listed;
  readonly place: string;
  readonly onOpen: (entry: ViewEntry) => void;
  readonly onHelp: () => void;
}) {
  const { start, folder, place, onOpen, onHelp } = props;
  const [filter, setFilter] = useState("");
  const [top, setTop] = useState(0);
  const [ref, , height] = useSize<HTMLDivElement>();
  /** Place of the entry that the keys have reached, which is not opened where it is a folder. */
  const [active, setActive] = useState<string | undefined>();
  /** Place that the keys opened last: the page may still be on its way there when they have gone on. */
  const opened = useRef<string | undefined>();
  const wanted = filter.trim().toLowerCase();
  const entries = (folder.entries ?? []).filter(({ name }) => name.toLowerCase().includes(wanted));
  const selected = entries.findIndex((entry) => entry.place === place);
  const reached = entries.findIndex((entry) => entry.place === active);
  const current = reached >= 0 ? reached : selected;

  useEffect(() => {
    setFilter("");
    setActive(undefined);
    if (ref.current) ref.current.scrollTop = 0;
  }, [folder.folder]);
  useEffect(() => {
    if (place === opened.current) return;
    opened.current = undefined;
    setActive(undefined);
    bringIntoSight(ref.current, selected);
  }, [place, selected]);

  const step = (by: number): void => {
    const next = Math.min(entries.length - 1, Math.max(0, current + by));
    const entry = entries[next];
    if (!entry) return;
    setActive(entry.place);
    bringIntoSight(ref.current, next);
    if (entry.kind === "folder") return;
    opened.current = entry.place;
    onOpen(entry);
  };
  const above = folder.trail.at(-2)?.place ?? (start.roots.length > 1 ? "" : undefined);
  useKeys({ j: () => step(1), k: () => step(-1) });

  const first = Math.max(0, Math.floor(top / LINE) - 4);
  const last = Math.min(entries.length, Math.ceil((top + Math.max(height, 300)) / LINE) + 4);
  return (
    <nav class="finder" aria-label="Files">
      <header>
        <a class="brand" href="#/">
          <img src="/icon.svg" alt="" width="22" height="22" /> cryogem
        </a>
        <button type="button" class="quiet" onClick={onHelp} title="Keys and help (?)">
          Help
        </button>
      </header>
      <Trail trail={folder.trail} hasStart={start.roots.length > 1} />
      <input
        type="search"
        placeholder="Filter names"
        aria-label="Filter names"
        value={filter}
        onInput={(event) => setFilter(event.currentTarget.value)}
      />
      <p class="count" role="status">
        {countText(entries.length, folder.entries?.length)}
      </p>
      <div
        class="lines"
        ref={ref as { current: HTMLDivElement | null }}
        role="listbox"
        aria-label="Files in this folder"
        tabIndex={0}
        aria-activedescendant={current >= 0 ? `line-${current}` : undefined}
        onScroll={(event) => setTop(event.currentTarget.scrollTop)}
        onKeyDown={(event) => {
          const page = Math.max(1, Math.floor(height / LINE) - 1);
          const moves: Record<string, number> = { ArrowDown: 1, ArrowUp: -1, PageDown: page, PageUp: -page };
          moves["Home"] = -entries.length;
          moves["End"] = entries.length;
          const by = moves[event.key];
          if (by !== undefined) step(by);
          else if (event.key === "Enter" && entries[current]) onOpen(entries[current]);
          else if ((event.key === "ArrowLeft" || event.key === "Backspace") && above !== undefined) {
            location.hash = above === "" ? "#/" : hashOf(above);
          } else return;
          event.preventDefault();
        }}
      >
        <div class="all" style={{ height: `${entries.length * LINE}px` }}>
          {entries.slice(first, last).map((entry, i) => (
            <Line
              key={entry.place}
              entry={entry}
              number={first + i}
              isSelected={entry.place === place}
              isCurrent={first + i === current}
              onOpen={onOpen}
            />
          ))}
        </div>
      </div>
      <footer>
        <a href="#/real/">Which one is real?</a>
      </footer>
    </nav>
  );
}

function Line(props: {
  readonly entry: ViewEntry;
  readonly number: number;
  readonly isSelected: boolean;
  readonly isCurrent: boolean;
  readonly onOpen: (entry: ViewEntry) => void;
}) {
  const { entry, number, isSelected, isCurrent, onOpen } = props;
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the list has the keys
    <div
      id={`line-${number}`}
      class={`line${entry.kind === "folder" ? " folder" : ""}${isCurrent ? " current" : ""}`}
      role="option"
      tabIndex={-1}
      aria-selected={isSelected}
      title={entry.name}
      style={{ top: `${number * LINE}px` }}
      onClick={() => onOpen(entry)}
    >
      <span class="mark" aria-hidden="true">
        {MARKS[entry.kind]}
      </span>
      <span class="text">{entry.name}</span>
      <span class="unseen">, {WORDS[entry.kind]}</span>
    </div>
  );
}

function Trail({ trail, hasStart }: { readonly trail: Listed["trail"]; readonly hasStart: boolean }) {
  return (
    <ol class="trail" aria-label="Folders above">
      {hasStart && (
        <li>
          <a href="#/">start</a>
        </li>
      )}
      {trail.map(({ name, place }) => (
        <li key={place}>
          <a href={hashOf(place)}>{name}</a>
        </li>
      ))}
    </ol>
  );
}

const countText = (shown: number, all: number | undefined): string => {
  if (all === undefined) return "";
  if (shown !== all) return `${shown} of ${all}`;
  return all === 1 ? "1 entry" : `${all.toLocaleString("en")} entries`;
};

function bringIntoSight(box: { scrollTop: number; clientHeight: number } | null, line: number): void {
  if (!box || line < 0) return;
  const top = line * LINE;
  if (top < box.scrollTop) box.scrollTop = top;
  else if (top + LINE > box.scrollTop + box.clientHeight) box.scrollTop = top + LINE - box.clientHeight;
}
