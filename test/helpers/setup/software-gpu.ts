import { existsSync } from "node:fs";

const CHROMIUM = "/usr/lib/chromium";
const DRIVER = `${CHROMIUM}/vk_swiftshader_icd.json`;

/**
 * Vitest's global set-up: where Debian's Chromium is installed, the test processes see its SwiftShader, a GPU in software,
 * and its Vulkan loader. Both must be in the environment before a process starts.
 */
export default function offerSoftwareGpu(): void {
  if (process.env["VK_DRIVER_FILES"] || !existsSync(DRIVER)) return;
  process.env["VK_DRIVER_FILES"] = DRIVER;
  process.env["LD_LIBRARY_PATH"] = [process.env["LD_LIBRARY_PATH"], CHROMIUM].filter(Boolean).join(":");
  process.env["XDG_RUNTIME_DIR"] ??= "/tmp";
}
