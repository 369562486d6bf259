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
  readonly noise: "none" | "white" | "poisson" | "learned";
  readonly snr: number;
  /** Electrons per square angstrom, of Poisson noise. */
  readonly dose: number;
  /** Path of the model whose noise is taken where it is learned. */
  readonly model: string;
  /** Factor on the contrast of the clean micrograph before it gets learned noise. */
  readonly signal: number;
  readonly seed: number;
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
    hasSnr(knobs) ? ["snr", knobs.snr] : undefined,
    noise === "poisson" ? ["noise", "poisson"] : undefined,
    noise === "poisson" ? ["dose", knobs.dose] : undefined,
    noise === "learned" && knobs.signal !== 1 ? ["signal", knobs.signal] : undefined,
    knobs.seed === 1 ? undefined : ["seed", knobs.seed],
  ];
  const words = options.flatMap((option) => (option ? [`--${option[0]} ${option[1]}`] : []));
  const job =
    noise === "learned"
      ? `generate --model ${quoted(knobs.model)} --map ${quoted(map)} --out synthetic`
      : `simulate --map ${quoted(map)} --out simulated`;
  return `cryogem ${job} ${words.join(" ")}`;
}

/** Whether noise is added at a signal-to-noise ratio: learned noise has its own strength. */
export const hasSnr = ({ noise }: Knobs): boolean => noise === "white" || noise === "poisson";

/** A name as a shell takes it. */
const quoted = (name: string): string =>
  /^[\w./+-]+$/.test(name) ? name : `'${name.replaceAll("'", "'\\''")}'`;
