// Makes dist/viewer: the pages of `cryogem view`, one script with everything that it needs.
import { cpSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { build } from "esbuild";

/** The library's modules do nothing when they are loaded: those of which nothing is used are left out. */
const withoutUnused = {
  name: "without-unused",
  setup({ onResolve, resolve }) {
    onResolve({ filter: /^\.{1,2}\// }, async ({ path, pluginData, ...rest }) => {
      if (pluginData === "resolved") return undefined;
      const found = await resolve(path, { ...rest, pluginData: "resolved" });
      return { ...found, sideEffects: false };
    });
  },
};

/** @param {string} root of the project */
export async function buildViewer(root) {
  const out = join(root, "dist/viewer");
  mkdirSync(out, { recursive: true });
  for (const name of ["index.html", "icon.svg"]) cpSync(join(root, "viewer", name), join(out, name));
  await build({
    entryPoints: { view: join(root, "viewer/main.tsx") },
    ...{ outdir: out, bundle: true, format: "esm", platform: "browser", target: "es2022" },
    ...{ jsx: "automatic", jsxImportSource: "preact", minify: true, logLevel: "warning" },
    plugins: [withoutUnused],
  });
  await build({
    entryPoints: [join(root, "viewer/view.css")],
    ...{ outdir: out, bundle: true, minify: true, logLevel: "warning" },
  });
}
