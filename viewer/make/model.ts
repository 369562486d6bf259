import {
  addNoise,
  coarsen,
  drawSpecimen,
  type Files,
  mapDiameter,
  type Projector,
  prepareProjector,
  prepareSilhouette,
  Random,
  readDensityMap,
  simulateMicrograph,
  syntheticIce,
  type Volume,
} from "../../src/index.js";

/** Side of the micrographs, pixels. */
export const SIDE = 512;

/** What can be turned. Angstrom, degrees. */
export interface Knobs {
  /** Name of the density map: which conformation, where there are several. */
  readonly map: string;
  readonly pixelSize: number;
  readonly particles: number;
  /** Below 1 particles may overlap. */
  readonly collapseRatio: number;
  /** Share of the particles that lie against another one. */
  readonly clustering: number;
  readonly defocus: number;
  readonly depth: number;
  readonly bFactor: number;
  readonly iceGradient: number;
  /** Whether all particles show about one view. */
  readonly isPreferred: boolean;
  readonly rot: number;
  readonly tilt: number;
  readonly halfAngle: number;
  readonly noise: "none" | "white" | "poisson";
  readonly snr: number;
  /** Electrons per square angstrom, of Poisson noise. */
  readonly dose: number;
  readonly seed: number;
}

/** A map, ready for micrographs of a pixel size. */
interface Prepared {
  readonly diameter: number;
  readonly projector: Projector;
  readonly silhouette: Projector;
}

/** What the page shows. */
export interface Made {
  readonly data: Float32Array;
  /** Where particles lie, pixels. */
  readonly x: readonly number[];
  readonly y: readonly number[];
  /** Particles that were asked for: more than there are where some found no place. */
  readonly requested: number;
  /** Angstrom. */
  readonly diameter: number;
}

/** Optics that no knob turns: the defaults of `simulate`. */
const OPTICS = { voltage: 300, sphericalAberration: 2.7, amplitudeContrast: 0.1 } as const;
/** Grid of a made-up ice gradient, as `simulate` has it. */
const ICE_GRID = 32;

/**
 * Makes micrographs of a map as `cryogem simulate` does: the same knobs and seed give the first micrograph of the command that
 * `commandOf` writes.
 */
export class Model {
  private readonly prepared = new Map<number, Prepared>();

  private constructor(private readonly volume: Volume) {}

  /** @throws FormatError for a file that is no density map */
  static async of(bytes: Uint8Array, name: string): Promise<Model> {
    // the map's bytes are all that is ever read
    const files = { read: async () => bytes } as Pick<Files, "read"> as Files;
    const report = { progress: () => {}, note: () => {}, warn: () => {} };
    return new Model(await readDensityMap({ files, report }, name));
  }

  /** Angstrom, of the map. */
  get voxelSize(): number {
    return this.volume.voxelSize;
  }

  get diameter(): number {
    return mapDiameter(this.volume);
  }

  /** @throws DomainError for knobs out of their range */
  make(knobs: Knobs): Made {
    const { pixelSize, seed } = knobs;
    const { diameter, projector, silhouette } = this.prepare(pixelSize);
    const stream = (purpose: string): Random => Random.of(seed, "simulate", purpose, 1);
    const shape = [SIDE, SIDE] as const;
    const specimen = drawSpecimen(
      {
        ...{
          shape,
          pixelSize,
          structures: [{ diameter, weight: 1, symmetry: "C1" }],
          silhouettes: [silhouette],
        },
        count: { mean: knobs.particles, standardDeviation: 0 },
        ...{ collapseRatio: knobs.collapseRatio, clustering: knobs.clustering, iceThickness: knobs.depth },
        orientations: knobs.isPreferred
          ? { kind: "cones", cones: [{ rot: knobs.rot, tilt: knobs.tilt, halfAngle: knobs.halfAngle }] }
          : { kind: "uniform" },
      },
      stream("specimen"),
    );
    const { defocus, bFactor, iceGradient } = knobs;
    const { clean, particles } = simulateMicrograph({
      ...{ shape, particles: specimen.particles, projectors: [projector], bFactor },
      optics: { ...OPTICS, pixelSize },
      defocus: { defocusU: defocus, defocusV: defocus, defocusAngle: 0, phaseShift: 0 },
      ...(iceGradient > 0 && { ice: syntheticIce([ICE_GRID, ICE_GRID], iceGradient, stream("ice")) }),
    });
    return {
      data: withNoise(clean, knobs, stream("noise")),
      x: particles.map((each) => each.x - each.originX / pixelSize),
      y: particles.map((each) => each.y - each.originY / pixelSize),
      requested: specimen.requested,
      diameter,
    };
  }

  private prepare(pixelSize: number): Prepared {
    const found = this.prepared.get(pixelSize);
    if (found) return found;
    const volume = coarsen(this.volume, pixelSize);
    const { diameter } = this;
    const made = {
      diameter,
      projector: prepareProjector(volume, { pixelSize }),
      silhouette: prepareSilhouette(volume, diameter),
    };
    // one at a time: a projector of a large map takes much memory
    this.prepared.clear();
    this.prepared.set(pixelSize, made);
    return made;
  }
}

function withNoise(
  clean: Parameters<typeof addNoise>[0],
  { noise, snr, dose, pixelSize }: Knobs,
  random: Random,
): Float32Array {
  if (noise === "none") return clean.data;
  const model =
    noise === "white"
      ? { kind: "gaussian" as const, snr }
      : { kind: "poisson" as const, snr, dose, pixelSize };
  return addNoise(clean, model, random).data;
}

/** The command whose first micrograph is the one that the knobs make. */
export function commandOf(knobs: Knobs, defaults: { readonly voxelSize: number }): string {
  const { map, noise, isPreferred } = knobs;
  const options: readonly (readonly [string, string | number] | undefined)[] = [
    ["size", SIDE],
    ["count", 1],
    ["particles", knobs.particles],
    knobs.pixelSize === defaults.voxelSize ? undefined : ["pixel-size", knobs.pixelSize],
    ["defocus", `${knobs.defocus},${knobs.defocus}`],
    ["astigmatism", 0],
    knobs.depth > 0 ? ["depth", knobs.depth] : undefined,
    knobs.bFactor > 0 ? ["b-factor", knobs.bFactor] : undefined,
    knobs.iceGradient > 0 ? ["ice-gradient", knobs.iceGradient] : undefined,
    knobs.collapseRatio === 1 ? undefined : ["collapse-ratio", knobs.collapseRatio],
    knobs.clustering > 0 ? ["clustering", knobs.clustering] : undefined,
    isPreferred ? ["orientations", `cone:${knobs.rot},${knobs.tilt},${knobs.halfAngle}`] : undefined,
    noise === "none" ? undefined : ["snr", knobs.snr],
    noise === "poisson" ? ["noise", "poisson"] : undefined,
    noise === "poisson" ? ["dose", knobs.dose] : undefined,
    knobs.seed === 1 ? undefined : ["seed", knobs.seed],
  ];
  const words = options.flatMap((option) => (option ? [`--${option[0]} ${option[1]}`] : []));
  return `cryogem simulate --map ${quoted(map)} --out simulated ${words.join(" ")}`;
}

/** A name as a shell takes it. */
const quoted = (name: string): string =>
  /^[\w./+-]+$/.test(name) ? name : `'${name.replaceAll("'", "'\\''")}'`;
