import { render } from "preact";
import { App } from "./app.js";
import { MakePage } from "./make/page.js";

const root = document.getElementById("view")!;
const { map, name } = root.dataset;

/** The map beside an exported page. */
async function exportedMap(): Promise<ArrayBuffer> {
  const response = await fetch(map!);
  if (!response.ok) throw new Error(`${map}: the server of this page says ${response.status}`);
  return response.arrayBuffer();
}

if (map !== undefined) {
  render(
    <div class="shell alone">
      <main>
        <MakePage name={name ?? map} maps={[name ?? map]} load={exportedMap} />
      </main>
    </div>,
    root,
  );
} else {
  // the secret has done its work: it neither stays in the address nor in the history
  if (location.search !== "") history.replaceState(null, "", `${location.pathname}${location.hash}`);
  render(<App />, root);
}
