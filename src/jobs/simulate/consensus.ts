import { mean, quantile, standardDeviation } from "../../array/statistics.js";
import { FormatError, UsageError } from "../../core/errors.js";
import type { Files } from "../../core/ports.js";
import type { InputRecord } from "../../dataset/records.js";
import { truePosition } from "../../dataset/true-position.js";
import type { OpticsGroup, Particle, ParticleSet } from "../../io/particles/particle.js";
import type { Defocus } from "../../physics/optics/optics.js";
import { hashFile } from "../shared/hash-file.js";
import { ctfDoubt } from "../shared/particles/ctf-doubt.js";
import { openLabelFiles } from "../shared/particles/labels.js";

/** What a refinement's particles tell of the micrographs that they come from. */
export interface Consensus {
  /** Of the first optics group. */
  readonly optics: Pick<OpticsGroup, "voltage" | "sphericalAberration" | "amplitudeContrast">;
  /** Degrees; empty where particles were not aligned. */
  readonly angles: readonly NonNullable<Particle["angles"]>[];
  /** Of each micrograph, the mean over its particles; empty where no CTF is known. */
  readonly defocus: readonly Defocus[];
  /** Particles a square angstrom, and their spread between micrographs; absent without places. */
  readonly density?: { readonly mean: number; readonly standardDeviation: number };
  /** Angstrom: 5 % of the particles have a neighbour that is nearer; absent without places or neighbours. */
  readonly spacing?: number;
}

/** A share of neighbours may be false picks, or one particle picked twice. */
const NEAREST = 0.05;

/**
 * Reads particles of a refinement: a STAR file, or one or more .cs files of the same particles.
 *
 * @param usesDefocus whether the simulation takes their defocus, which is then held against what a defocus can be
 * @throws UsageError for files without particles and their optics, FileError, FormatError
 */
export async function readConsensus(
  paths: readonly string[],
  files: Files,
  { usesDefocus, warn }: { readonly usesDefocus: boolean; readonly warn: (line: string) => void },
): Promise<Consensus & { readonly path: string; readonly inputs: readonly InputRecord[] }> {
  const [source, ...others] = await openLabelFiles(files, paths);
  const set = others.length === 0 ? source?.set?.() : undefined;
  if (!set || set.particles.length === 0) {
    throw new UsageError(
      `${paths.join(", ")}: found no particles with their optics, expected one STAR file, or .cs files of the same particles`,
    );
  }
  const nameless = set.particles.findIndex(({ micrograph }) => micrograph === undefined);
  if (nameless >= 0) {
    const expected = "its name: particles and defocus are those of micrographs";
    throw new FormatError(paths[0]!, `micrograph of particle ${nameless + 1}`, "nothing", expected);
  }
  const inputs: InputRecord[] = [];
  for (const path of paths) inputs.push(await hashFile(path, undefined, files));
  const guessed = set.optics.filter(({ micrographPixelSize }) => micrographPixelSize === undefined);
  if (guessed.length > 0 && set.particles.some(({ x }) => x !== undefined)) {
    warn(
      `${paths[0]}: found no pixel size of the micrographs; that of the particle images is used, ${guessed[0]!.pixelSize} angstrom`,
    );
  }
  const doubt = usesDefocus ? ctfDoubt(set, paths[0]!) : undefined;
  if (doubt) warn(doubt);
  return { ...consensusOf(set), path: paths[0]!, inputs };
}

/**
 * What particles tell of their micrographs. The field is not in a table of particles: its sides are taken to be the largest
 * coordinate and the smallest together, over all micrographs, since pickers leave the same margin on both sides.
 * Micrographs without any particle are not in the table either, and count for nothing.
 */
export function consensusOf({ optics, particles }: ParticleSet): Consensus {
  const { voltage, sphericalAberration, amplitudeContrast } = optics[0]!;
  const byMicrograph = new Map<string, Particle[]>();
  for (const particle of particles) {
    const own = byMicrograph.get(particle.micrograph ?? "");
    if (own) own.push(particle);
    else byMicrograph.set(particle.micrograph ?? "", [particle]);
  }
  const micrographs = [...byMicrograph.values()];
  return {
    optics: { voltage, sphericalAberration, amplitudeContrast },
    angles: particles.flatMap(({ angles }) => angles ?? []),
    defocus: micrographs.flatMap((own) => meanDefocus(own) ?? []),
    ...placesOf(micrographs, optics),
  };
}

/** Mean of U and V; astigmatism as a vector of twice its angle, so that 179 and 1 degree are near. */
function meanDefocus(particles: readonly Particle[]): Defocus | undefined {
  const known = particles.flatMap(({ defocus }) => defocus ?? []);
  if (known.length === 0) return undefined;
  const middle = mean(known.map(({ defocusU, defocusV }) => (defocusU + defocusV) / 2));
  const component = (of: (angle: number) => number): number =>
    mean(known.map((each) => (each.defocusU - each.defocusV) * of((each.defocusAngle * Math.PI) / 90)));
  const [along, across] = [component(Math.cos), component(Math.sin)];
  const half = Math.hypot(along, across) / 2;
  return {
    defocusU: middle + half,
    defocusV: middle - half,
    defocusAngle: (Math.atan2(across, along) * 90) / Math.PI,
    phaseShift: mean(known.map(({ phaseShift }) => phaseShift)),
  };
}

interface Place {
  readonly x: number;
  readonly y: number;
}

function placesOf(
  micrographs: readonly (readonly Particle[])[],
  optics: readonly OpticsGroup[],
): Pick<Consensus, "density" | "spacing"> {
  const places = micrographs.map((own) => own.flatMap((particle) => placeOf(particle, optics) ?? []));
  const all = places.flat();
  if (all.length === 0) return {};
  const side = (of: (place: Place) => number): number => {
    const values = all.map(of);
    const [low, high] = values.reduce(([a, b], value) => [Math.min(a, value), Math.max(b, value)] as const, [
      Number.POSITIVE_INFINITY,
      Number.NEGATIVE_INFINITY,
    ] as const);
    return high + low;
  };
  const area = side(({ x }) => x) * side(({ y }) => y);
  const counts = places.map(({ length }) => length);
  const near = places.flatMap(nearest);
  return {
    ...(area > 0 && {
      density: { mean: mean(counts) / area, standardDeviation: standardDeviation(counts) / area },
    }),
    ...(near.length > 0 && { spacing: quantile(near, NEAREST) }),
  };
}

/** Angstrom from the micrograph's first pixel. */
function placeOf({ x, y, origin, opticsGroup }: Particle, optics: readonly OpticsGroup[]): Place | undefined {
  if (x === undefined || y === undefined) return undefined;
  const group = optics[opticsGroup]!;
  const pixelSize = group.micrographPixelSize ?? group.pixelSize;
  const place = origin ? truePosition({ x, y }, origin, pixelSize) : { x, y };
  return { x: place.x * pixelSize, y: place.y * pixelSize };
}

/** The distance from each place to the one nearest to it, angstrom; of a place alone there is none. */
function nearest(places: readonly Place[]): number[] {
  if (places.length < 2) return [];
  return places.map(({ x, y }, i) => {
    let least = Number.POSITIVE_INFINITY;
    for (const [j, other] of places.entries()) {
      if (j !== i) least = Math.min(least, (other.x - x) ** 2 + (other.y - y) ** 2);
    }
    return Math.sqrt(least);
  });
}
