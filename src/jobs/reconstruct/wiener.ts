import type { Files } from "../../core/ports.js";
import { readFscStar } from "../../io/star/fsc.js";
import { signalToNoiseOfFsc } from "../../reconstruct/weights.js";

/**
 * The signal-to-noise ratio of all particles at a frequency, 1/angstrom, by the FSC of their half maps in a STAR file: of the shell
 * that is nearest, of the last one beyond them.
 *
 * @throws FileError, FormatError
 */
export async function readSignalToNoise(files: Files, path: string): Promise<(frequency: number) => number> {
  const { frequencies, correlation } = readFscStar(await files.read(path), path);
  const step = frequencies[1]! - frequencies[0]!;
  return (frequency) => {
    const shell = Math.min(correlation.length - 1, Math.round(frequency / step));
    return signalToNoiseOfFsc(correlation[shell]!);
  };
}
