import { Option } from "commander";
import { oneOf } from "./options.js";

/** `--device`, of every command that computes networks. */
export const deviceOption = (): Option =>
  new Option(
    "--device <kind>",
    "cpu, webgpu (any GPU), cuda (NVIDIA), or auto: the fastest of them (default: cpu, alike on every machine)",
  ).argParser(oneOf("auto", "cpu", "cuda", "webgpu"));
