// Makes dist/viewer: the pages of `cryogem view`, one script with everything that they need; one for the thread that simulates, and
// what that loads where learned noise is wanted: learned.js, and ONNX Runtime for browsers, without and with WebGPU.
import { cpSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
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

/** What learned noise needs are scripts of their own, which most who simulate never load. */
const withLearnedApart = {
  name: "with-learned-apart",
  setup({ onResolve }) {
    onResolve({ filter: /^\.\/(learned|webgpu)\.js$/ }, ({ kind, path }) =>
      kind === "dynamic-import" ? { path, external: true } : undefined,
    );
  },
};

/** The library's WebAssembly; that with WebGPU is the kind that needs no more of a browser than WebGPU. */
const ONNX_RUNTIME = { "onnxruntime.bin": "", "onnxruntime-webgpu.bin": ".asyncify" };

/** @param {string} root of the project */
export async function buildViewer(root) {
  const out = join(root, "dist/viewer");
  mkdirSync(out, { recursive: true });
  for (const name of ["index.html", "icon.svg"]) cpSync(join(root, "viewer", name), join(out, name));
  await build({
    entryPoints: {
      view: join(root, "viewer/main.tsx"),
      make: join(root, "viewer/make/worker.ts"),
      learned: join(root, "viewer/make/learned.ts"),
      webgpu: join(root, "viewer/make/webgpu.ts"),
    },
    ...{ outdir: out, bundle: true, format: "esm", platform: "browser", target: "es2022" },
    ...{ jsx: "automatic", jsxImportSource: "preact", minify: true, logLevel: "warning" },
    plugins: [withoutHdf5, withLearnedApart, withoutUnused],
  });
  for (const [name, kind] of Object.entries(ONNX_RUNTIME)) {
    const wasm = join(root, `node_modules/onnxruntime-web/dist/ort-wasm-simd-threaded${kind}.wasm`);
    // a quarter of the size; not .gz, since some servers would have browsers unpack that, and others not
    writeFileSync(join(out, name), gzipSync(readFileSync(wasm), { level: 9 }));
  }
  await build({
    entryPoints: [join(root, "viewer/view.css")],
    ...{ outdir: out, bundle: true, minify: true, logLevel: "warning" },
  });
}
