import type { Files } from "../../../core/ports.js";
import { readParticlesCs } from "../../../io/particles/cs.js";
import type { ParticleSet } from "../../../io/particles/particle.js";
import { readParticlesStar } from "../../../io/particles/star.js";

/** Reads particles of a STAR or .cs file. @throws FileError, FormatError */
export async function readParticleFile(files: Files, path: string): Promise<ParticleSet> {
  const bytes = await files.read(path);
  return /\.cs$/i.test(path) ? readParticlesCs(bytes, path) : readParticlesStar(bytes, path);
}
