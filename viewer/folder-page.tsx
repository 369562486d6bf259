import type { Facts, ViewEntry } from "../src/jobs/view/records.js";
import { address } from "./api.js";
import { FactList, Waiting } from "./controls.js";
import { useAsk } from "./hooks.js";
import { hashOf } from "./route.js";

/** Pictures of a folder that are shown at once. */
const MOST = 60;

/** What a folder holds, and its pictures. */
export function FolderPage(props: {
  readonly place: string;
  readonly name: string;
  readonly entries: readonly ViewEntry[];
}) {
  const { place, name, entries } = props;
  const asked = useAsk<Facts>("facts", place === "" ? undefined : { place });
  const pictures = entries.filter(({ name }) => /\.(png|svg)$/i.test(name));
  const rest = entries.filter((entry) => !pictures.includes(entry));
  return (
    <div class="page">
      <h1>{name}</h1>
      {/* a plain folder has nothing to tell but its names */}
      {asked.value && asked.value["what"] !== "folder" && <FactList facts={asked.value} />}
      {asked.error !== undefined && <Waiting error={asked.error} />}
      <ul class="cards" aria-label="Files">
        {rest.slice(0, MOST).map((entry) => (
          <li key={entry.place}>
            <a class={entry.kind === "folder" ? "card folder" : "card"} href={hashOf(entry.place)}>
              {entry.name}
            </a>
          </li>
        ))}
      </ul>
      {rest.length > MOST && <p class="note">{rest.length - MOST} more in the list.</p>}
      {pictures.length > 0 && <h2>Pictures</h2>}
      <div class="gallery">
        {pictures.slice(0, MOST).map((entry) => (
          <a key={entry.place} href={hashOf(entry.place)}>
            <img src={address("picture", { place: entry.place })} alt="" loading="lazy" />
            <span>{entry.name}</span>
          </a>
        ))}
      </div>
    </div>
  );
}
