// Makes dist/viewer: the pages of `cryogem view`, one script with everything that it needs, and one for the thread that simulates.
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

/** The library of HDF5 is 5 MB: pages do without, and say so where a map needs it. */
const withoutHdf5 = {
  name: "without-hdf5",
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^h5wasm/ }, ({ path }) => ({ path, namespace: "absent" }));
    onLoad({ filter: /.*/, namespace: "absent" }, () => ({
      contents: 'throw new Error("HDF5 is not read here: write the map as MRC first, with cryogem export");',
    }));
  },
};

/** @param {string} root of the project */
export async function buildViewer(root) {
  const out = join(root, "dist/viewer");
  mkdirSync(out, { recursive: true });
  for (const name of ["index.html", "icon.svg"]) cpSync(join(root, "viewer", name), join(out, name));
  await build({
    entryPoints: { view: join(root, "viewer/main.tsx"), make: join(root, "viewer/make/worker.ts") },
    ...{ outdir: out, bundle: true, format: "esm", platform: "browser", target: "es2022" },
    ...{ jsx: "automatic", jsxImportSource: "preact", minify: true, logLevel: "warning" },
    plugins: [withoutHdf5, withoutUnused],
  });
  await build({
    entryPoints: [join(root, "viewer/view.css")],
    ...{ outdir: out, bundle: true, minify: true, logLevel: "warning" },
  });
}
