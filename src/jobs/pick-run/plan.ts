import { OptionError, UsageError } from "../../core/errors.js";
import { symmetryOperators } from "../../core/symmetry.js";
import { suggestedBox } from "../../dataset/star.js";
import { namedByStem } from "../shared/micrographs/stems.js";
import { resolveOptions } from "../shared/options/check.js";
import { AMPLITUDE_CONTRAST } from "../shared/options/microscope.js";
import { checkedByFormula } from "../shared/options/refusal.js";
import { type Assignment, assignmentOf } from "../shared/share.js";
import {
  type PickLabel,
  type PickRunOptions,
  pickRunCommand,
  pickRunOptions,
  type ResolvedPickRunOptions,
} from "./options.js";

export type { PickRunOptions } from "./options.js";

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

/** A picking run as decided from its options, before any file is read. */
export interface PickRunPlan {
  readonly assignment: Assignment;
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

/** Degrees between templates. */
const ANGULAR_STEP = 35;

/**
 * Decides a run from its options.
 *
 * @throws OptionError for an option out of its range, and for options that clash or lack another
 */
export function planPickRun(given: PickRunOptions): PickRunPlan {
  const options = resolveOptions(pickRunOptions, given);
  const { pixelSize, particleDiameter } = options;
  const method = methodOf(options);
  refuseIdle(options, method);
  if (particleDiameter !== undefined && particleDiameter < 4 * pixelSize) {
    throw new OptionError(
      "particleDiameter",
      `found ${particleDiameter}, expected at least 4 pixels, ${4 * pixelSize} angstrom`,
    );
  }
  return {
    assignment: assignmentOf(pickRunCommand, given),
    out: options.out,
    micrographs: namedByStem(options.micrographs),
    method,
    pixelSize,
    particleDiameter,
    minDistance: options.minDistance,
    margin: options.margin,
    threshold: options.threshold,
    labels: options.labels ?? [],
    box: options.box,
    estimates: options.estimates,
    optics: statedOptics(options),
  };
}

function methodOf({ log, template, model, ...options }: ResolvedPickRunOptions): PickMethod {
  if ([log, template !== undefined, model !== undefined].filter((is) => is).length !== 1) {
    throw new UsageError("pick run: expected one of `model`, `template` and `log`");
  }
  if (model !== undefined) return { kind: "model", path: model };
  const diameter = options.particleDiameter;
  if (diameter === undefined) {
    throw new OptionError("particleDiameter", "found none, expected it with `log` and `template`");
  }
  if (template === undefined) return { kind: "log", diameters: [diameter, largestOf(options, diameter)] };
  const symmetry = options.symmetry ?? "C1";
  checkedByFormula(() => symmetryOperators(symmetry));
  const { ctf, angularStep: step = ANGULAR_STEP } = options;
  if (ctf && options.estimates === undefined && options.voltage === undefined) {
    throw new OptionError(
      "template",
      "expected the micrographs' CTF: `estimates`, or `voltage` and `cs` to fit it, or none (`ctf`)",
    );
  }
  return { kind: "template", map: template, symmetry, step, ctf };
}

function largestOf({ maxDiameter }: Pick<ResolvedPickRunOptions, "maxDiameter">, diameter: number): number {
  if (maxDiameter === undefined || maxDiameter >= diameter) return maxDiameter ?? diameter;
  throw new OptionError(
    "maxDiameter",
    `found ${maxDiameter}, expected at least ${diameter}, as \`particleDiameter\``,
  );
}

function statedOptics({
  voltage,
  cs,
  amplitudeContrast,
  estimates,
}: ResolvedPickRunOptions): StatedOptics | undefined {
  if (voltage === undefined && cs === undefined) {
    if (amplitudeContrast !== undefined) {
      throw new OptionError("amplitudeContrast", "expected `voltage` and `cs` with it");
    }
    return undefined;
  }
  if (voltage === undefined || cs === undefined) {
    throw new OptionError(voltage === undefined ? "cs" : "voltage", "expected `voltage` and `cs` together");
  }
  if (estimates !== undefined) {
    throw new OptionError("voltage", "found `estimates`, which say the optics already");
  }
  return {
    voltage,
    sphericalAberration: cs,
    amplitudeContrast: amplitudeContrast ?? AMPLITUDE_CONTRAST,
  };
}

/** Refuses options that would do nothing. */
function refuseIdle(o: ResolvedPickRunOptions, { kind }: PickMethod): void {
  const idle = {
    maxDiameter: kind !== "log" && o.maxDiameter !== undefined,
    symmetry: kind !== "template" && o.symmetry !== undefined,
    angularStep: kind !== "template" && o.angularStep !== undefined,
    ctf: kind !== "template" && !o.ctf,
  };
  const found = Object.entries(idle).find(([, is]) => is)?.[0];
  if (found) throw new OptionError(found, `found \`${kind}\`, with which it does nothing`);
  if (o.box !== undefined && !o.labels?.some((label) => label !== "topaz")) {
    throw new OptionError("box", "found no `labels` with boxes, without which it does nothing");
  }
}

/** Least distance of two picks, micrograph pixels. */
export const distanceOf = ({ minDistance, pixelSize }: PickRunPlan, diameter: number): number =>
  (minDistance ?? diameter / 2) / pixelSize;

/** Side of boxes, pixels. */
export const boxOf = ({ box, pixelSize }: PickRunPlan, diameter: number): number =>
  box ?? suggestedBox(diameter, pixelSize);
