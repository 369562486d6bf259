import { inRange, integerInRange } from "../../core/check.js";
import { UsageError } from "../../core/errors.js";
import { symmetryOperators } from "../../core/symmetry.js";
import { suggestedBox } from "../../dataset/star.js";
import { namedByStem } from "../shared/stems.js";

/** Further forms in which picks are written; STAR and Topaz text always are. */
export const PICK_LABELS = ["box", "cbox", "coco", "topaz"] as const;
export type PickLabel = (typeof PICK_LABELS)[number];

/** What a user may ask of `pick run`. */
export interface PickRunOptions {
  /** Files. */
  readonly micrographs: readonly string[];
  readonly out: string;
  /** Angstrom. */
  readonly pixelSize: number;
  /** Angstrom; only a model brings its own. */
  readonly particleDiameter?: number;
  /** Exactly one of the three: a Laplacian of Gaussian, a density map, a trained picker. */
  readonly log?: boolean;
  readonly template?: string;
  readonly model?: string;
  /** Largest diameter for the Laplacian, angstrom; default: the particle's. */
  readonly maxDiameter?: number;
  /** Of the template's map. */
  readonly symmetry?: string;
  /** Between templates, degrees. */
  readonly angularStep?: number;
  /** false: templates without CTF. */
  readonly ctf?: boolean;
  /** Folder that `estimate` wrote. */
  readonly estimates?: string;
  /** kV; with `cs` they say the optics. */
  readonly voltage?: number;
  readonly cs?: number;
  readonly amplitudeContrast?: number;
  /** Angstrom; default: half the particle's diameter. */
  readonly minDistance?: number;
  /** Pixels along the edges without picks. */
  readonly margin?: number;
  readonly threshold?: "auto" | number;
  readonly labels?: readonly PickLabel[];
  /** Side of boxes, pixels; default: half as large again as the particle. */
  readonly box?: number;
}

export type PickMethod =
  | { readonly kind: "log"; readonly diameters: readonly [number, number] }
  | {
      readonly kind: "template";
      readonly map: string;
      readonly symmetry: string;
      readonly step: number;
      readonly ctf: boolean;
    }
  | { readonly kind: "model"; readonly path: string };

/** Optics that the user states; micrographs' own defocus is measured where it is needed. */
export interface StatedOptics {
  readonly voltage: number;
  readonly sphericalAberration: number;
  readonly amplitudeContrast: number;
}

/** A picking run decided as far as that needs no file. */
export interface PickRunPlan {
  readonly out: string;
  readonly micrographs: readonly { readonly path: string; readonly stem: string }[];
  readonly method: PickMethod;
  readonly pixelSize: number;
  readonly particleDiameter: number | undefined;
  readonly minDistance: number | undefined;
  readonly margin: number;
  readonly threshold: "auto" | number;
  readonly labels: readonly PickLabel[];
  readonly box: number | undefined;
  readonly estimates: string | undefined;
  readonly optics: StatedOptics | undefined;
}

const DEFAULTS = { symmetry: "C1", angularStep: 35, amplitudeContrast: 0.1, margin: 0 } as const;

/**
 * Decides a run from its options.
 *
 * @throws UsageError for options that clash or lack another, DomainError for one outside its range
 */
export function planPickRun(options: PickRunOptions): PickRunPlan {
  const { micrographs, particleDiameter, minDistance, box } = options;
  if (micrographs.length === 0) throw new UsageError("--micrographs: found none, expected at least one");
  const method = methodOf(options);
  refuseIdle(options, method);
  const pixelSize = inRange("--pixel-size", options.pixelSize, "angstrom", 0.1, 50);
  if (particleDiameter !== undefined) {
    inRange("--particle-diameter", particleDiameter, "angstrom (4 pixels or more)", 4 * pixelSize, 1e5);
  }
  if (minDistance !== undefined) inRange("--min-distance", minDistance, "angstrom", 0, 1e5);
  if (box !== undefined) integerInRange("--box", box, 2, 16_384);
  return {
    out: options.out,
    micrographs: namedByStem(micrographs),
    method,
    pixelSize,
    particleDiameter,
    minDistance,
    margin: inRange("--margin", options.margin ?? DEFAULTS.margin, "pixels", 0, 1e5),
    threshold: options.threshold ?? "auto",
    labels: options.labels ?? [],
    box,
    estimates: options.estimates,
    optics: statedOptics(options),
  };
}

function methodOf({ log, template, model, ...options }: PickRunOptions): PickMethod {
  if ([log, template, model].filter((each) => each !== undefined).length !== 1) {
    throw new UsageError("pick run: expected one of --model, --template and --log");
  }
  if (model !== undefined) return { kind: "model", path: model };
  const diameter = options.particleDiameter;
  if (diameter === undefined) throw new UsageError("--particle-diameter: expected with --log and --template");
  if (template === undefined) {
    const largest = inRange("--max-diameter", options.maxDiameter ?? diameter, "angstrom", diameter, 1e5);
    return { kind: "log", diameters: [diameter, largest] };
  }
  const symmetry = options.symmetry ?? DEFAULTS.symmetry;
  symmetryOperators(symmetry);
  const ctf = options.ctf ?? true;
  if (ctf && options.estimates === undefined && options.voltage === undefined) {
    throw new UsageError(
      "--template: expected the micrographs' CTF: --estimates, or --voltage and --cs to fit it, or --no-ctf",
    );
  }
  const step = inRange("--angular-step", options.angularStep ?? DEFAULTS.angularStep, "degrees", 2, 90);
  return { kind: "template", map: template, symmetry, step, ctf };
}

function statedOptics({
  voltage,
  cs,
  amplitudeContrast,
  estimates,
}: PickRunOptions): StatedOptics | undefined {
  if (voltage === undefined && cs === undefined) {
    if (amplitudeContrast !== undefined)
      throw new UsageError("--amplitude-contrast: expected --voltage and --cs with it");
    return undefined;
  }
  if (voltage === undefined || cs === undefined) {
    throw new UsageError(
      `${voltage === undefined ? "--cs" : "--voltage"}: expected --voltage and --cs together`,
    );
  }
  if (estimates !== undefined)
    throw new UsageError("--voltage: found --estimates, which say the optics already");
  return {
    voltage,
    sphericalAberration: cs,
    amplitudeContrast: amplitudeContrast ?? DEFAULTS.amplitudeContrast,
  };
}

/** Refuses options that would do nothing. */
function refuseIdle(o: PickRunOptions, { kind }: PickMethod): void {
  const idle = {
    "--max-diameter": kind !== "log" && o.maxDiameter !== undefined,
    "--symmetry": kind !== "template" && o.symmetry !== undefined,
    "--angular-step": kind !== "template" && o.angularStep !== undefined,
    "--no-ctf": kind !== "template" && o.ctf === false,
    "--box": o.box !== undefined && !o.labels?.some((label) => label !== "topaz"),
  };
  const found = Object.entries(idle).find(([, is]) => is)?.[0];
  if (found)
    throw new UsageError(
      `${found}: found ${found === "--box" ? "no --labels with boxes" : `--${kind}`}, with which it does nothing`,
    );
}

/** Least distance of two picks, micrograph pixels. */
export const distanceOf = ({ minDistance, pixelSize }: PickRunPlan, diameter: number): number =>
  (minDistance ?? diameter / 2) / pixelSize;

/** Side of boxes, pixels. */
export const boxOf = ({ box, pixelSize }: PickRunPlan, diameter: number): number =>
  box ?? suggestedBox(diameter, pixelSize);
