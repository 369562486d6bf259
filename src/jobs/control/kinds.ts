/** What is done to micrographs. */
export const MICROGRAPH_KINDS = ["random-phases", "matched-noise", "background-noise"] as const;
export type MicrographKind = (typeof MICROGRAPH_KINDS)[number];
/** What is done to particles. */
export type ParticleKind = "shuffled-poses" | "noise";
