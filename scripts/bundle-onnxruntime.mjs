// Puts ONNX Runtime into dist/onnxruntime-node, from the development dependency of that name: its JavaScript, and its native
// libraries for the platforms below. As a dependency of the published package it could not be installed without a network beyond
// the registry: on Linux x64 its install script downloads the libraries for CUDA, which most users do not need.
import {
  copyFileSync,
  cpSync,
  existsSync,
  linkSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";

// Windows is left out for its size (64 to 70 MB each); there the package's own script downloads nothing.
const PLATFORMS = ["linux/x64", "linux/arm64", "darwin/arm64"];

/** @param {string} root folder of the project; its dist/ and node_modules/ are there */
export function bundleOnnxRuntime(root) {
  const from = join(root, "node_modules/onnxruntime-node");
  const to = join(root, "dist/onnxruntime-node");
  rmSync(to, { recursive: true, force: true });
  mkdirSync(to, { recursive: true });

  const { name, version, license, repository, main, dependencies } = JSON.parse(
    readFileSync(join(from, "package.json"), "utf8"),
  );
  const own = JSON.parse(readFileSync(join(root, "package.json"), "utf8")).dependencies;
  const common = "onnxruntime-common";
  if (own[common] !== dependencies[common]) {
    throw new Error(
      `package.json: ${common}: found ${own[common]}, expected ${dependencies[common]}, which ${name} ${version} wants`,
    );
  }
  writeFileSync(
    join(to, "package.json"),
    `${JSON.stringify({ name, version, license, repository, type: "commonjs", main }, null, 2)}\n`,
  );
  cpSync(join(from, "dist"), join(to, "dist"), {
    recursive: true,
    filter: (path) => !/\.(map|d\.ts)$/.test(path),
  });
  for (const text of ["LICENSE", "ThirdPartyNotices.txt"]) {
    copyFileSync(join(root, "packaging/onnxruntime", text), join(to, text));
  }
  for (const platform of PLATFORMS) {
    const [source, target] = [from, to].map((folder) => join(folder, "bin/napi-v6", platform));
    mkdirSync(target, { recursive: true });
    for (const file of readdirSync(source).filter(isNeeded))
      linkOrCopy(join(source, file), join(target, file));
    if (!existsSync(join(target, "onnxruntime_binding.node"))) {
      throw new Error(`${source}: found no onnxruntime_binding.node`);
    }
  }
}

/** Not the second copy of macOS's library, nor the libraries for CUDA, which somebody may have added. */
const isNeeded = (file) =>
  file === "onnxruntime_binding.node" || /^libonnxruntime\.(so\.1|1\.dylib)$/.test(file);

/** A hard link, for a hundred megabytes at each build; a copy where the folders are on different disks. */
function linkOrCopy(source, target) {
  try {
    linkSync(source, target);
  } catch {
    copyFileSync(source, target);
  }
}
