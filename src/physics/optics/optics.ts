/** What all micrographs of one session on one microscope share. */
export interface Optics {
  /** Angstrom per pixel. */
  readonly pixelSize: number;
  /** Acceleration voltage, kV. */
  readonly voltage: number;
  /** Spherical aberration, mm. */
  readonly sphericalAberration: number;
  /** Amplitude contrast, fraction 0 to 1. */
  readonly amplitudeContrast: number;
}

/** What changes from micrograph to micrograph. */
export interface Defocus {
  /** Angstrom, positive = underfocus; U lies along defocusAngle, either may be larger. */
  readonly defocusU: number;
  readonly defocusV: number;
  /** Degrees, +x towards +y. */
  readonly defocusAngle: number;
  /** Degrees. */
  readonly phaseShift: number;
}
