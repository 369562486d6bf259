/** What the particles of one optics group share. */
export interface OpticsGroup {
  readonly name: string;
  /** Angstrom, of the particle images. */
  readonly pixelSize: number;
  /** Angstrom, of the micrographs that coordinates count in. */
  readonly micrographPixelSize?: number;
  /** kV. */
  readonly voltage: number;
  /** mm. */
  readonly sphericalAberration: number;
  readonly amplitudeContrast: number;
  /** Side of the particle images, pixels. */
  readonly imageSize?: number;
  /** Path of the detector's MTF as the file gives it, and the size of the physical pixels it counts in, angstrom. */
  readonly mtf?: { readonly file: string; readonly pixelSize?: number };
  /** The images as stored have dark protein. */
  readonly isDark?: true;
  /** Names of columns by which the file says more of the optics: beam tilt, aberrations, anisotropic magnification. */
  readonly further?: readonly string[];
}

/** One particle as RELION and cryoSPARC exchange it. Angles and origins in RELION's sense, whatever the file's own. */
export interface Particle {
  /** Where its image is: section `index` of a stack, from 1. */
  readonly image?: { readonly index: number; readonly stack: string };
  readonly micrograph?: string;
  /** Pixels of the micrograph, from the centre of its first array element. */
  readonly x?: number;
  readonly y?: number;
  /** Place of its group in the set's optics, from 0. */
  readonly opticsGroup: number;
  /** Angstrom, degrees; absent where no CTF is known. */
  readonly defocus?: {
    readonly defocusU: number;
    readonly defocusV: number;
    readonly defocusAngle: number;
    /** Degrees. */
    readonly phaseShift: number;
    /** Angstrom squared, of the envelope; absent: 0. */
    readonly bFactor?: number;
    /** By which the CTF is multiplied; absent: 1. */
    readonly scale?: number;
  };
  /** Degrees, ZYZ; absent where the particle has not been aligned. */
  readonly angles?: { readonly rot: number; readonly tilt: number; readonly psi: number };
  /** Angstrom, rlnOriginXAngst and YAngst; absent where the particle has not been aligned. */
  readonly origin?: { readonly x: number; readonly y: number };
  readonly halfSet?: 1 | 2;
  /** Of a classification, from 1. */
  readonly classNumber?: number;
  readonly score?: number;
}

/** The particles of a file, and the optics groups that they name. */
export interface ParticleSet {
  readonly optics: readonly OpticsGroup[];
  readonly particles: readonly Particle[];
  /** Columns that say of particles what is not used here: helices, strengths. */
  readonly unused?: readonly string[];
}

/** A function of the row for each property that a file has. */
export type ParticleColumns = {
  readonly [K in keyof Omit<Particle, "opticsGroup">]?: ((row: number) => Particle[K]) | undefined;
};

/** The particles of a file's rows: a property that the file lacks is absent from all of them. */
export function assembleParticles(groupOf: ArrayLike<number>, columns: ParticleColumns): Particle[] {
  const present = Object.entries(columns).filter(([, column]) => column !== undefined);
  return Array.from(groupOf, (opticsGroup, row) => ({
    opticsGroup,
    ...Object.fromEntries(present.map(([key, column]) => [key, column(row)])),
  }));
}
