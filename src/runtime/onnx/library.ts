import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import type { InferenceSession, Tensor } from "onnxruntime-common";
import { UnsupportedError } from "../../core/errors.js";

/** What is used of ONNX Runtime for Node.js. */
export interface OnnxLibrary {
  readonly Tensor: typeof Tensor;
  readonly InferenceSession: { readonly create: typeof InferenceSession.create };
  readonly listSupportedBackends: () => readonly { readonly name: string }[];
}

const require = createRequire(import.meta.url);

/** The copy that cryogem's package brings along (scripts/bundle-onnxruntime.mjs); its libraries compute on the CPU and by WebGPU. */
const BUNDLED = fileURLToPath(new URL("../../onnxruntime-node", import.meta.url));

/** The version of the copy. */
const VERSION = "1.30.0";

/**
 * Folder of the package onnxruntime-node: one installed beside cryogem goes before the copy in cryogem's own package, so that
 * a user can add the libraries for CUDA, or those of a platform that the copy does not serve.
 */
export function onnxFolder(): { readonly folder: string; readonly bundled: boolean } {
  try {
    return { folder: dirname(require.resolve("onnxruntime-node/package.json")), bundled: false };
  } catch {
    return { folder: BUNDLED, bundled: true };
  }
}

/** Folder of the native libraries for this machine. */
export const nativeFolder = (): string =>
  join(onnxFolder().folder, "bin/napi-v6", process.platform, process.arch);

/** How to get the package itself beside cryogem. */
export const HOW_TO_ADD = `npm install onnxruntime-node@${VERSION} in the folder where cryogem is installed`;

/**
 * ONNX Runtime. The native library is loaded at the first call.
 *
 * @throws UnsupportedError where there is none for this kind of machine
 */
export function openLibrary(): OnnxLibrary {
  if (!existsSync(nativeFolder())) {
    throw new UnsupportedError(
      `onnxruntime: found no library for ${process.platform} ${process.arch}, expected one: ${HOW_TO_ADD}`,
    );
  }
  return require(onnxFolder().folder) as OnnxLibrary;
}
