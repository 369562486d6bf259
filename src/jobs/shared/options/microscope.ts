import { numberOption } from "./option.js";

// Every command that needs one of these takes it from here, so that ranges cannot drift apart; `restated` gives it other words.

/** From finer than any detector's pixel to the coarsest preview. */
export const pixelSize = numberOption(
  { unit: "angstrom", from: 0.1, to: 50 },
  { value: "A", help: "pixel size" },
);

/** From below the 80 kV of small instruments to the 1 MV of high-voltage ones. */
export const voltage = numberOption(
  { unit: "kV", from: 60, to: 1000 },
  { value: "kV", help: "acceleration voltage" },
);

/** 0 is an instrument with a corrector. */
export const cs = numberOption(
  { unit: "mm", from: 0, to: 10 },
  { value: "mm", help: "spherical aberration" },
);

export const amplitudeContrast = numberOption(
  { from: 0, to: 1 },
  { value: "f", help: "share of amplitude contrast" },
);

/** Of particles in vitreous ice, where nothing else is known; RELION and CTFFIND start from it or from 0.07. */
export const AMPLITUDE_CONTRAST = 0.1;

export const phaseShift = numberOption(
  { unit: "degrees", from: -180, to: 180 },
  { value: "deg", help: "phase shift of a phase plate" },
);

/** From single frames to tomograms' whole series. */
export const dose = numberOption(
  { unit: "electrons per square angstrom", from: 0.1, to: 1000 },
  { value: "e", help: "dose" },
);

/** From less than the smallest protein to more than any virus. */
export const particleDiameter = numberOption(
  { unit: "angstrom", from: 10, to: 10_000 },
  { value: "A", help: "particle diameter" },
);
