import { stackName } from "../star/names.js";
import { type StarColumnInput, writeStar } from "../star/write.js";
import type { Particle, ParticleSet } from "./particle.js";

/** Values of one label, from a particle. */
type Field = (particle: Particle) => number | string;

/** What to write, if every particle has it. */
const FIELDS: readonly (readonly [has: (p: Particle) => boolean, labels: Readonly<Record<string, Field>>])[] =
  [
    [
      (p) => p.x !== undefined && p.y !== undefined,
      { rlnCoordinateX: (p) => p.x!, rlnCoordinateY: (p) => p.y! },
    ],
    [
      (p) => p.image !== undefined,
      { rlnImageName: (p) => `${String(p.image!.index).padStart(6, "0")}@${stackName(p.image!.stack)}` },
    ],
    [(p) => p.micrograph !== undefined, { rlnMicrographName: (p) => p.micrograph! }],
    [() => true, { rlnOpticsGroup: (p) => p.opticsGroup + 1 }],
    [
      (p) => p.defocus !== undefined,
      {
        rlnDefocusU: (p) => p.defocus!.defocusU,
        rlnDefocusV: (p) => p.defocus!.defocusV,
        rlnDefocusAngle: (p) => p.defocus!.defocusAngle,
        rlnPhaseShift: (p) => p.defocus!.phaseShift,
      },
    ],
    [
      (p) => p.angles !== undefined,
      {
        rlnAngleRot: (p) => p.angles!.rot,
        rlnAngleTilt: (p) => p.angles!.tilt,
        rlnAnglePsi: (p) => p.angles!.psi,
      },
    ],
    [
      (p) => p.origin !== undefined,
      { rlnOriginXAngst: (p) => p.origin!.x, rlnOriginYAngst: (p) => p.origin!.y },
    ],
    [(p) => p.halfSet !== undefined, { rlnRandomSubset: (p) => p.halfSet! }],
    [(p) => p.score !== undefined, { rlnAutopickFigureOfMerit: (p) => p.score! }],
  ];

/** Parts of a CTF that few files have: written where some particle has them, with the value of none for the others. */
const RARE: Readonly<Record<string, readonly [has: (p: Particle) => boolean, field: Field]>> = {
  rlnCtfBfactor: [(p) => p.defocus?.bFactor !== undefined, (p) => p.defocus?.bFactor ?? 0],
  rlnCtfScalefactor: [(p) => p.defocus?.scale !== undefined, (p) => p.defocus?.scale ?? 1],
};

/** Particles in RELION's form since 3.1: data_optics and data_particles. What only some particles have is left out. */
export function writeParticlesStar({ optics, particles }: ParticleSet): string {
  const columns: Record<string, StarColumnInput> = {};
  for (const [has, labels] of FIELDS) {
    if (!particles.every(has)) continue;
    for (const [label, field] of Object.entries(labels))
      columns[label] = particles.map(field) as readonly string[];
  }
  for (const [label, [has, field]] of Object.entries(RARE)) {
    if (particles.some(has)) columns[label] = particles.map(field) as readonly number[];
  }
  const hasSizes = optics.every(({ imageSize }) => imageSize !== undefined);
  const hasMicrographs = optics.every(({ micrographPixelSize }) => micrographPixelSize !== undefined);
  return writeStar([
    {
      name: "optics",
      columns: {
        rlnOpticsGroupName: optics.map(({ name }) => name),
        rlnOpticsGroup: optics.map((_, i) => i + 1),
        ...(hasMicrographs
          ? {
              rlnMicrographOriginalPixelSize: optics.map((group) => group.micrographPixelSize!),
              rlnMicrographPixelSize: optics.map((group) => group.micrographPixelSize!),
            }
          : {}),
        rlnVoltage: optics.map(({ voltage }) => voltage),
        rlnSphericalAberration: optics.map(({ sphericalAberration }) => sphericalAberration),
        rlnAmplitudeContrast: optics.map(({ amplitudeContrast }) => amplitudeContrast),
        rlnImagePixelSize: optics.map(({ pixelSize }) => pixelSize),
        ...(hasSizes
          ? {
              rlnImageSize: optics.map((group) => group.imageSize!),
              rlnImageDimensionality: optics.map(() => 2),
            }
          : {}),
      },
    },
    { name: "particles", columns },
  ]);
}
