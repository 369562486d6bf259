import type { Image } from "../../array/image.js";
import type { Files } from "../../core/ports.js";
import { inside } from "../../dataset/layout.js";
import type { InputRecord } from "../../dataset/records.js";
import { colouredNoiseSpectrum } from "../../estimate/noise/noise-power.js";
import { readImage } from "../../io/read-image.js";
import type { NoisePower } from "../../physics/noise.js";
import type { Defocus, Optics } from "../../physics/optics/optics.js";
import { type Estimates, isCtfKnown, parseEstimates } from "../estimate/records.js";
import { hashFile } from "../shared/hash-file.js";

/** What a simulation takes from the estimates of real micrographs. */
export interface SimulationEstimates {
  readonly optics: Optics;
  /** Of the micrographs whose CTF is known; of all where there is none. */
  readonly defocus: readonly Defocus[];
  /** The CTF of no micrograph is known. */
  readonly isDoubtful: boolean;
  /** Ice gradients W. */
  readonly ice: readonly Image[];
  /** Particles a square angstrom and their spread between micrographs; absent where they were not counted. */
  readonly density?: { readonly mean: number; readonly standardDeviation: number };
  /** Noise power on a tile of a shape. */
  noisePower(shape: readonly [rows: number, columns: number]): NoisePower;
  readonly inputs: readonly InputRecord[];
}

/**
 * Reads the folder that `estimate` wrote.
 *
 * @throws FileError where a file is missing, FormatError for a damaged one
 */
export async function readSimulationEstimates(files: Files, dir: string): Promise<SimulationEstimates> {
  const path = inside(dir, "estimates.json");
  const estimates = parseEstimates(new TextDecoder().decode(await files.read(path)), path);
  const reliable = estimates.micrographs.filter(isCtfKnown);
  const inputs = [await hashFile(path, undefined, files)];
  const ice: Image[] = [];
  for (const micrograph of estimates.micrographs) {
    const icePath = inside(dir, micrograph.files.ice);
    ice.push((await readImage(await files.read(icePath), icePath)).image);
    inputs.push(await hashFile(icePath, undefined, files));
  }
  const density = densityOf(estimates);
  return {
    optics: estimates.optics,
    isDoubtful: reliable.length === 0,
    defocus: (reliable.length > 0 ? reliable : estimates.micrographs).map(
      ({ defocusU, defocusV, defocusAngle, phaseShift }) => ({
        defocusU,
        defocusV,
        defocusAngle,
        phaseShift,
      }),
    ),
    ice,
    ...(density && { density }),
    noisePower: (shape) => noisePowerOf(estimates, shape),
    inputs,
  };
}

/** Counts over the fields they were counted in. */
function densityOf({
  distributions,
  micrographs,
  optics,
}: Estimates): { readonly mean: number; readonly standardDeviation: number } | undefined {
  if (!distributions.particles) return undefined;
  const pixels = micrographs.reduce((sum, { shape }) => sum + shape[0] * shape[1], 0) / micrographs.length;
  const area = pixels * optics.pixelSize ** 2;
  const { mean, standardDeviation } = distributions.particles;
  return { mean: mean / area, standardDeviation: standardDeviation / area };
}

function noisePowerOf({ noise }: Estimates, shape: readonly [rows: number, columns: number]): NoisePower {
  const { tile, ratio } = noise.anisotropy;
  return colouredNoiseSpectrum(
    {
      radial: { frequency: Float64Array.from(noise.frequency), value: Float64Array.from(noise.power) },
      anisotropy: { data: Float32Array.from(ratio), shape: [tile, tile] },
    },
    shape,
  );
}
