import type { Image } from "../../../array/image.js";
import { FormatError, UsageError } from "../../../core/errors.js";
import type { Files } from "../../../core/ports.js";
import { imagePath, inside } from "../../../dataset/layout.js";
import { type Dataset, readMicrograph } from "../../../dataset/reader.js";
import type { MicrographRecord } from "../../../dataset/records.js";
import { readPng } from "../../../io/png/read.js";
import type { Optics } from "../../../physics/optics/optics.js";
import type { MicrographCtf } from "../../../translate/noise/thon-rings.js";

/**
 * Reads the noise-free physics micrographs of a simulated dataset: its micrographs if it was simulated without noise, else
 * the clean ones kept beside them.
 *
 * @throws UsageError for a dataset of another command, or one with noise and no clean micrographs
 */
export function cleanMicrographs(
  files: Files,
  { dir, manifest }: Dataset,
): (record: MicrographRecord) => Promise<Image> {
  if (manifest.command !== "simulate") {
    throw new UsageError(
      `${dir}: found a dataset that \`${manifest.command}\` wrote, expected one of \`simulate\``,
    );
  }
  const { noise, keepClean } = manifest.options as { noise?: { snr?: unknown }; keepClean?: unknown };
  if (noise?.snr === "inf") return (record) => readMicrograph(files, dir, record);
  if (keepClean !== true) {
    throw new UsageError(
      `${dir}: found micrographs with noise (SNR ${noise?.snr}), expected clean ones: simulate them with an SNR ` +
        "of inf, or keep the clean ones",
    );
  }
  return (record) => readMicrograph(files, dir, { ...record, path: imagePath("clean", record.index) });
}

/** The CTF that a micrograph was simulated with. */
export const micrographCtf = (record: MicrographRecord, optics: Optics): MicrographCtf => ({
  ...optics,
  defocusU: record.defocusU,
  defocusV: record.defocusV,
  defocusAngle: record.defocusAngle,
  phaseShift: record.phaseShift,
});

/** The particle footprints of a micrograph: above 0 on particles. */
export async function readMask(files: Files, dir: string, record: MicrographRecord): Promise<Uint8Array> {
  const path = inside(dir, imagePath("masks", record.index));
  const { data, shape } = readPng(await files.read(path), path);
  if (shape[0] !== record.shape[0] || shape[1] !== record.shape[1]) {
    throw new FormatError(path, "shape", shape, `${record.shape.join(" x ")}, as its micrograph`);
  }
  return Uint8Array.from(data);
}
