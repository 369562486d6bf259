import { CTF_COLUMNS, type StarColumns, starColumns } from "../io/star/names.js";
import { type StarBlock, writeStar } from "../io/star/write.js";
import type { Optics } from "../physics/optics/optics.js";
import { imagePath } from "./layout.js";
import type { DatasetJob, MicrographRecord, MtfRecord, ParticleRecord } from "./records.js";

/**
 * The data_optics block of one optics group. An MTF refers to pixels of rlnMicrographOriginalPixelSize.
 * @param imageSize pixels of particle images; absent for micrographs
 */
export function opticsBlock(optics: Optics, imageSize?: number, mtf?: MtfRecord): StarBlock {
  const columns = starColumns([optics], {
    opticsGroupName: () => "opticsGroup1",
    opticsGroup: () => 1,
    ...(mtf && { mtf: () => mtf.path }),
    originalPixelSize: ({ pixelSize }) => mtf?.pixelSize ?? pixelSize,
    micrographPixelSize: ({ pixelSize }) => pixelSize,
    voltage: ({ voltage }) => voltage,
    sphericalAberration: ({ sphericalAberration }) => sphericalAberration,
    amplitudeContrast: ({ amplitudeContrast }) => amplitudeContrast,
    ...(imageSize !== undefined && {
      imagePixelSize: ({ pixelSize }: Optics) => pixelSize,
      imageSize: () => imageSize,
      imageDimensions: () => 2,
    }),
  });
  return { name: "optics", columns };
}

/** Box in pixels to extract particles of a diameter in angstrom with: even, half as large again. */
export const suggestedBox = (diameter: number, pixelSize: number): number =>
  2 * Math.ceil((0.75 * diameter) / pixelSize);

/** micrographs.star: RELION 3.1 and newer, names relative to the dataset folder. */
export function micrographsStar(
  job: Pick<DatasetJob, "optics" | "bFactor" | "mtf">,
  micrographs: readonly MicrographRecord[],
): string {
  const columns = starColumns(micrographs, {
    micrograph: ({ path }) => path,
    opticsGroup: () => 1,
    ...CTF_COLUMNS,
    ...(job.bFactor && { bFactor: () => job.bFactor! }),
  });
  return writeStar([opticsBlock(job.optics, undefined, job.mtf), { name: "micrographs", columns }]);
}

/** What the particles of a dataset have beside what all have. */
interface FurtherColumns {
  readonly bFactor: number | undefined;
  readonly hasStrengths: boolean;
}

/** Columns of data_particles. */
function particleColumns(
  particles: readonly ParticleRecord[],
  { bFactor, hasStrengths }: FurtherColumns,
): StarColumns {
  return starColumns(particles, {
    micrograph: (p) => imagePath("micrographs", p.micrograph),
    x: (p) => p.x,
    y: (p) => p.y,
    rot: (p) => p.rot,
    tilt: (p) => p.tilt,
    psi: (p) => p.psi,
    originX: (p) => p.originX,
    originY: (p) => p.originY,
    ...CTF_COLUMNS,
    ...(bFactor && { bFactor: () => bFactor }),
    ...(hasStrengths && { strength: (p: ParticleRecord) => p.strength! }),
    structure: (p) => p.structure + 1,
    halfSet: (p) => p.halfSet,
    opticsGroup: () => 1,
  });
}

/**
 * particles.star in pieces, a piece for each group of particles, so that its size is not bound by memory. RELION wants an
 * image size before it re-extracts from coordinates: the suggested box.
 */
export async function* particlesStar(
  job: Pick<DatasetJob, "optics" | "particleDiameter" | "bFactor" | "mtf">,
  groups: AsyncIterable<readonly ParticleRecord[]>,
): AsyncGenerator<string> {
  const { optics, particleDiameter, bFactor } = job;
  const block = (particles: readonly ParticleRecord[], hasStrengths: boolean): string =>
    writeStar([{ name: "particles", columns: particleColumns(particles, { bFactor, hasStrengths }) }]);
  // a block is its head, its rows and a blank line: taken apart here
  const end = " \n";
  const headOf = (hasStrengths: boolean): string => block([], hasStrengths).slice(0, -end.length);
  yield writeStar([opticsBlock(optics, suggestedBox(particleDiameter, optics.pixelSize), job.mtf)]);
  let head: string | undefined;
  for await (const particles of groups) {
    const [first] = particles;
    if (!first) continue;
    // either all particles of a dataset have a strength of their own or none
    const hasStrengths = first.strength !== undefined;
    if (head === undefined) {
      head = headOf(hasStrengths);
      yield head;
    }
    yield block(particles, hasStrengths).slice(head.length, -end.length);
  }
  if (head === undefined) yield headOf(false);
  yield end;
}
