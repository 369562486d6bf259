// Builds dist/: WebAssembly kernels first (they become a TypeScript module), then the TypeScript.
// With --kernels only the kernels.
import { execFileSync } from "node:child_process";
import {
  chmodSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buildViewer } from "./build-viewer.mjs";
import { bundleCli } from "./bundle-cli.mjs";
import { bundleOnnxRuntime } from "./bundle-onnxruntime.mjs";

const root = new URL("..", import.meta.url).pathname;
const run = (bin, args) =>
  execFileSync(process.execPath, [join(root, "node_modules", bin), ...args], { cwd: root, stdio: "inherit" });

const kernels = join(root, "src/array/kernels");
if (existsSync(kernels)) {
  const scratch = mkdtempSync(join(tmpdir(), "cryogem-kernels-"));
  const modules = readdirSync(kernels).filter((name) => name.endsWith(".as.ts"));
  const lines = ["// Written by scripts/build.mjs from src/array/kernels; do not edit."];
  for (const name of modules) {
    const wasm = join(scratch, `${name}.wasm`);
    run("assemblyscript/bin/asc.js", [
      join(kernels, name),
      "-o",
      wasm,
      "-O3",
      "--noAssert",
      "--runtime",
      "stub",
      "--enable",
      "simd",
      "--initialMemory",
      "1",
    ]);
    lines.push(
      `export const ${name.replace(".as.ts", "")}Wasm =\n  "${readFileSync(wasm).toString("base64")}";`,
    );
  }
  writeFileSync(join(root, "src/array/wasm.generated.ts"), `${lines.join("\n")}\n`);
  rmSync(scratch, { recursive: true });
}

if (!process.argv.includes("--kernels")) {
  rmSync(join(root, "dist"), { recursive: true, force: true });
  run("typescript/bin/tsc", ["-p", "tsconfig.json"]);
  await bundleCli(join(root, "dist"));
  chmodSync(join(root, "dist/cli/main.js"), 0o755);
  bundleOnnxRuntime(root);
  await buildViewer(root);
}
