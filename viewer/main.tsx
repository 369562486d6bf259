import { render } from "preact";
import type { ExportedView } from "../src/jobs/view/records.js";
import { App } from "./app.js";
import { MakePage } from "./make/page.js";

const root = document.getElementById("view")!;
const { exported } = root.dataset;

/** A file beside an exported page. */
async function fileBeside(file: string): Promise<ArrayBuffer> {
  const response = await fetch(file);
  if (!response.ok) throw new Error(`${file}: the server of this page says ${response.status}`);
  return response.arrayBuffer();
}

if (exported !== undefined) {
  const { map, name, translators }: ExportedView = JSON.parse(exported);
  const fileOf = (path: string): string => translators.find((each) => each.path === path)!.place;
  render(
    <div class="shell alone">
      <main>
        <MakePage
          name={name}
          maps={[name]}
          learned={{ translators, problems: [] }}
          sources={{ map: () => fileBeside(map), translator: (path) => fileBeside(fileOf(path)) }}
        />
      </main>
    </div>,
    root,
  );
} else {
  // the secret has done its work: it neither stays in the address nor in the history
  if (location.search !== "") history.replaceState(null, "", `${location.pathname}${location.hash}`);
  render(<App />, root);
}
