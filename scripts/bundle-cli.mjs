// Makes one file of dist/cli/main.js and what it loads before it knows which command runs: the declarations of all options, and
// commander. Loading forty files takes node as long as starting. The work of each command stays where it is and is loaded when it runs.
import { rmSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { build } from "esbuild";

/** Stays a file of its own: errors are told apart by their class, so the classes must be the same everywhere. */
const SHARED = "core/errors.js";

/** @param {string} dist the folder with the compiled TypeScript */
export async function bundleCli(dist) {
  const main = join(dist, "cli/main.js");
  const keepApart = {
    name: "keep-apart",
    setup({ onResolve }) {
      onResolve({ filter: /^\./ }, ({ path, importer, kind }) => {
        const absolute = join(dirname(importer), path);
        const apart = kind === "dynamic-import" || absolute === join(dist, SHARED);
        return apart ? { path: `./${relative(dirname(main), absolute)}`, external: true } : undefined;
      });
    },
  };
  await build({
    entryPoints: [main],
    outfile: main,
    allowOverwrite: true,
    bundle: true,
    format: "esm",
    platform: "node",
    target: "node20",
    // commander is CommonJS and asks for modules of node by `require`
    banner: {
      js: 'import { createRequire } from "node:module";\nconst require = createRequire(import.meta.url);',
    },
    plugins: [keepApart],
    logLevel: "warning",
  });
  rmSync(`${main}.map`);
}
