import {
  addNoise,
  coarsen,
  drawSpecimen,
  type Files,
  type Image,
  type MicrographCtf,
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
import { type Knobs, SIDE } from "./knobs.js";

/** A map, ready for micrographs of a pixel size. */
interface Prepared {
  readonly diameter: number;
  readonly projector: Projector;
  readonly silhouette: Projector;
}

/** What the page shows; without the noise where it is learned. */
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

/** How the knobs have a micrograph imaged; what no knob turns are the defaults of `simulate`. */
export const opticsOf = ({ pixelSize, defocus }: Knobs): MicrographCtf => ({
  ...{ pixelSize, voltage: 300, sphericalAberration: 2.7, amplitudeContrast: 0.1 },
  ...{ defocusU: defocus, defocusV: defocus, defocusAngle: 0, phaseShift: 0 },
});

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
    const { bFactor, iceGradient } = knobs;
    const optics = opticsOf(knobs);
    const { clean, particles } = simulateMicrograph({
      ...{ shape, particles: specimen.particles, projectors: [projector], bFactor },
      ...{ optics, defocus: optics },
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

function withNoise(clean: Image, { noise, snr, dose, pixelSize }: Knobs, random: Random): Float32Array {
  if (noise === "none" || noise === "learned") return clean.data;
  const model =
    noise === "white"
      ? { kind: "gaussian" as const, snr }
      : { kind: "poisson" as const, snr, dose, pixelSize };
  return addNoise(clean, model, random).data;
}
