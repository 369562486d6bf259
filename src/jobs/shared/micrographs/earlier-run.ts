import type { JobContext } from "../../../core/ports.js";
import { inside } from "../../../dataset/layout.js";

/**
 * Says which other micrographs a folder of results has files of: they were done in an earlier run, and count for nothing now.
 *
 * @param measured folder inside `out` with a file STEM.json for each micrograph
 * @param what the files are that stay there, as "pictures"
 */
export async function tellEarlierRun(
  { out, micrographs }: { readonly out: string; readonly micrographs: readonly { readonly stem: string }[] },
  { measured, what }: { readonly measured: string; readonly what: string },
  { files, report }: Pick<JobContext, "files" | "report">,
): Promise<void> {
  const stems = new Set(micrographs.map(({ stem }) => stem));
  const names = (await files.list(inside(out, measured)))
    .filter((name) => name.endsWith(".json"))
    .map((name) => name.replace(/\.json$/, ""));
  const others = names.filter((name) => !stems.has(name));
  if (others.length === 0) return;
  const some = others.slice(0, 3).join(", ") + (others.length > 3 ? ", …" : "");
  const which = others.length === 1 ? "another micrograph" : `${others.length} other micrographs`;
  report.note(`${out}: also holds ${what} of ${which} of an earlier run (${some}), which are not used here`);
}
