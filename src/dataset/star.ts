import type { StarBlock, StarColumnInput } from "../io/star/write.js";
import { writeStar } from "../io/star/write.js";
import type { Optics } from "../physics/optics/optics.js";
import { imagePath } from "./layout.js";
import type { DatasetJob, MicrographRecord, MtfRecord, ParticleRecord } from "./records.js";

type Columns = Readonly<Record<string, StarColumnInput>>;

/**
 * The data_optics block of one optics group. An MTF refers to pixels of rlnMicrographOriginalPixelSize.
 * @param imageSize pixels of particle images; absent for micrographs
 */
export function opticsBlock(optics: Optics, imageSize?: number, mtf?: MtfRecord): StarBlock {
  return {
    name: "optics",
    columns: {
      rlnOpticsGroupName: ["opticsGroup1"],
      rlnOpticsGroup: [1],
      ...(mtf && { rlnMtfFileName: [mtf.path] }),
      rlnMicrographOriginalPixelSize: [mtf?.pixelSize ?? optics.pixelSize],
      rlnMicrographPixelSize: [optics.pixelSize],
      rlnVoltage: [optics.voltage],
      rlnSphericalAberration: [optics.sphericalAberration],
      rlnAmplitudeContrast: [optics.amplitudeContrast],
      ...(imageSize !== undefined && {
        rlnImagePixelSize: [optics.pixelSize],
        rlnImageSize: [imageSize],
        rlnImageDimensionality: [2],
      }),
    },
  };
}

/** Box in pixels to extract particles of a diameter in angstrom with: even, half as large again. */
export const suggestedBox = (diameter: number, pixelSize: number): number =>
  2 * Math.ceil((0.75 * diameter) / pixelSize);

/** micrographs.star: RELION 3.1 and newer, names relative to the dataset folder. */
export function micrographsStar(
  job: Pick<DatasetJob, "optics" | "bFactor" | "mtf">,
  micrographs: readonly MicrographRecord[],
): string {
  const of = (value: (micrograph: MicrographRecord) => number): number[] => micrographs.map(value);
  const columns: Columns = {
    rlnMicrographName: micrographs.map(({ path }) => path),
    rlnOpticsGroup: of(() => 1),
    rlnDefocusU: of((m) => m.defocusU),
    rlnDefocusV: of((m) => m.defocusV),
    rlnDefocusAngle: of((m) => m.defocusAngle),
    rlnPhaseShift: of((m) => m.phaseShift),
    ...(job.bFactor && { rlnCtfBfactor: of(() => job.bFactor!) }),
  };
  return writeStar([opticsBlock(job.optics, undefined, job.mtf), { name: "micrographs", columns }]);
}

/** Columns of data_particles. */
function particleColumns(particles: readonly ParticleRecord[], bFactor: number | undefined): Columns {
  const of = (value: (particle: ParticleRecord) => number): number[] => particles.map(value);
  return {
    rlnMicrographName: particles.map(({ micrograph }) => imagePath("micrographs", micrograph)),
    rlnCoordinateX: of((p) => p.x),
    rlnCoordinateY: of((p) => p.y),
    rlnAngleRot: of((p) => p.rot),
    rlnAngleTilt: of((p) => p.tilt),
    rlnAnglePsi: of((p) => p.psi),
    rlnOriginXAngst: of((p) => p.originX),
    rlnOriginYAngst: of((p) => p.originY),
    rlnDefocusU: of((p) => p.defocusU),
    rlnDefocusV: of((p) => p.defocusV),
    rlnDefocusAngle: of((p) => p.defocusAngle),
    rlnPhaseShift: of((p) => p.phaseShift),
    ...(bFactor && { rlnCtfBfactor: of(() => bFactor) }),
    rlnClassNumber: of((p) => p.structure + 1),
    rlnRandomSubset: of((p) => p.halfSet),
    rlnOpticsGroup: of(() => 1),
  };
}

/**
 * particles.star in pieces, a piece for each group of particles, so that its size is not bound by memory. RELION wants an
 * image size before it re-extracts from coordinates: the suggested box.
 */
export async function* particlesStar(
  job: Pick<DatasetJob, "optics" | "particleDiameter" | "bFactor" | "mtf">,
  groups: AsyncIterable<readonly ParticleRecord[]>,
): AsyncGenerator<string> {
  const { optics, particleDiameter } = job;
  const block = (particles: readonly ParticleRecord[]): string =>
    writeStar([{ name: "particles", columns: particleColumns(particles, job.bFactor) }]);
  // a block is its head, its rows and a blank line: taken apart here
  const end = " \n";
  const head = block([]).slice(0, -end.length);
  yield writeStar([opticsBlock(optics, suggestedBox(particleDiameter, optics.pixelSize), job.mtf)]) + head;
  for await (const particles of groups) {
    if (particles.length > 0) yield block(particles).slice(head.length, -end.length);
  }
  yield end;
}
