import { hostname, userInfo } from "node:os";
import { basename, resolve } from "node:path";
import { resolveOptions } from "../../../jobs/shared/options/check.js";
import { exportMap } from "../../../jobs/view/export.js";
import { viewOptions } from "../../../jobs/view/options.js";
import { openViewer } from "../../../jobs/view/run.js";
import { isFolder } from "../../../runtime/inputs.js";
import { fencedFiles } from "../../../runtime/view/fence.js";
import { readPages } from "../../../runtime/view/pages.js";
import { serveView } from "../../../runtime/view/server.js";
import type { Run } from "../../command.js";

/** The work of `cryogem view`. */
export const run: Run<typeof viewOptions> = async (given, { files, report, signal, program }) => {
  const { paths = ["."], port, edit, export: out } = resolveOptions(viewOptions, given);
  if (out !== undefined) {
    const written = await exportMap(paths, out, await readPages(), files);
    report.note(`${out}: ${written.length} files, for a web server`);
    return { written };
  }
  const roots = await Promise.all(
    [...new Set(paths)].map(async (path) => ({
      ...{ name: basename(resolve(path)) || path, path, isFolder: await isFolder(path) },
    })),
  );
  const viewer = openViewer({ roots, program, edit }, await fencedFiles(roots, edit));
  const server = await serveView(viewer, { port, signal, warn: report.warn });
  report.note(`open in a browser on this machine: ${server.url}`);
  report.note(
    `from another machine, run there first: ssh -L ${server.port}:127.0.0.1:${server.port} ${userInfo().username}@${hostname()}`,
  );
  report.note(
    edit ? "picks can be corrected and saved; Ctrl-C ends it" : "nothing is written; Ctrl-C ends it",
  );
  await server.ended;
  return { url: server.url };
};
