/**
 * Megabytes that an installation takes, package by package, beside PyTorch's. Run after `npm run build`, with vite-node;
 * PYTHON names an interpreter with PyTorch:
 *   npx vite-node bench/cost/size.ts
 * Sizes are of the files' contents. The package's own is what `npm pack` would unpack; dependencies are those that
 * `npm install --omit=dev` installs.
 */
import { execFileSync } from "node:child_process";
import { lstatSync, readdirSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { printTable } from "../shared/table.js";
import { python } from "../shared/turns.js";

const root = new URL("../..", import.meta.url).pathname;
const MEGABYTE = 2 ** 20;

function bytes(path: string): number {
  const stat = lstatSync(path);
  if (!stat.isDirectory()) return stat.isFile() ? stat.size : 0;
  return readdirSync(path).reduce((sum, name) => sum + bytes(join(path, name)), 0);
}

const npm = (...args: string[]): string =>
  execFileSync("npm", args, { cwd: root, encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] });

const [packed] = JSON.parse(npm("pack", "--dry-run", "--json", "--ignore-scripts")) as [
  { unpackedSize: number },
];
const folders = npm("ls", "--omit=dev", "--all", "--parseable").trim().split("\n").slice(1);
const scope = (folder: string): string =>
  basename(dirname(folder)).startsWith("@") ? `${basename(dirname(folder))}/` : "";
const dependencies = folders
  .map((folder) => ({ name: scope(folder) + basename(folder), size: bytes(folder) }))
  .sort((a, b) => b.size - a.size);

const onnxRuntime = join(root, "dist/onnxruntime-node");
const libraries = join(onnxRuntime, "bin/napi-v6");
const others = bytes(libraries) - bytes(join(libraries, process.platform, process.arch));
const size = (of: readonly { readonly size: number }[]): number =>
  of.reduce((sum, each) => sum + each.size, 0);
const own = packed.unpackedSize;
const total = own + size(dependencies);
const torch = (() => {
  const where = "import torch, os; print(os.path.dirname(torch.__file__))";
  return bytes(execFileSync(python, ["-c", where], { encoding: "utf8" }).trim());
})();

const row = (name: string, n: number): string[] => [name, (n / MEGABYTE).toFixed(1), (n / torch).toFixed(2)];
const LARGEST = 5;
printTable(
  "Installed size",
  ["what", "MB", "over PyTorch's"],
  [
    row("cryogem itself", own - bytes(onnxRuntime)),
    row("ONNX Runtime, inside the package", bytes(onnxRuntime)),
    ...dependencies.slice(0, LARGEST).map((each) => row(each.name, each.size)),
    row(`${dependencies.length - LARGEST} smaller packages`, size(dependencies.slice(LARGEST))),
    row("all", total),
    row(
      `all, without ONNX Runtime's libraries for other platforms than ${process.platform} ${process.arch}`,
      total - others,
    ),
    row("PyTorch on the CPU, alone", torch),
  ],
);
