import { OptionError, UsageError } from "../../core/errors.js";
import { resolveOptions } from "../shared/options/check.js";
import type { ResolvedOptions } from "../shared/options/option.js";
import { MICROGRAPH_KINDS, type MicrographKind, type ParticleKind } from "./kinds.js";
import type { MicrographControl } from "./micrographs.js";
import { type ControlOptions, controlOptions } from "./options.js";

type Resolved = ResolvedOptions<typeof controlOptions>;

/** Which of the controls is asked for. @throws UsageError unless it is one */
export function controlOf({
  particles,
  micrographs,
  project,
}: ControlOptions): "particles" | "micrographs" | "project" {
  const given = Object.entries({ particles, micrographs, project }).filter(
    ([, value]) => value !== undefined,
  );
  if (given.length === 1) return given[0]![0] as "particles" | "micrographs" | "project";
  throw new UsageError(
    `control: found ${given.map(([name]) => `\`${name}\``).join(" and ") || "none of them"}, expected one of ` +
      `\`particles\`, \`micrographs\` and \`project\``,
  );
}

/** @throws OptionError for options that particles do not take, and a name that is no STAR file's */
export function planParticleControl(given: ControlOptions): {
  readonly kind: ParticleKind;
  readonly particles: string;
  readonly out: string;
  readonly seed: number;
} {
  const { kind, particles, out, seed, ...others } = resolveOptions(controlOptions, given);
  refuseOthers(others, "particles");
  if (kind !== "shuffled-poses" && kind !== "noise")
    throw wrongKind(kind, ["shuffled-poses", "noise"], "particles");
  if (!out?.endsWith(".star")) {
    throw new OptionError(
      "out",
      `found ${out === undefined ? "none" : `"${out}"`}, expected a name that ends in .star`,
    );
  }
  return { kind, particles: particles!, out, seed };
}

/** @throws OptionError for options that micrographs do not take, without a folder, or for noise of a background without a diameter */
export function planMicrographControl(given: ControlOptions): MicrographControl {
  const { kind, micrographs, out, pixelSize, particleDiameter, seed } = resolveOptions(controlOptions, given);
  if (!isOfMicrographs(kind)) throw wrongKind(kind, MICROGRAPH_KINDS, "micrographs");
  if (out === undefined) throw new OptionError("out", "found none, expected a folder");
  if ((particleDiameter !== undefined) !== (kind === "background-noise")) {
    const found = particleDiameter === undefined ? "none, expected it" : "it, expected none";
    throw new OptionError("particleDiameter", `found ${found} with ${kind}`);
  }
  return { kind, micrographs: micrographs!, out, pixelSize, particleDiameter, seed };
}

/** @throws OptionError for options that a project does not take */
export function planProjectControl(given: ControlOptions): {
  readonly kinds: readonly MicrographKind[];
  readonly project: string;
  readonly out: string | undefined;
  readonly seed: number;
} {
  const { kind, project, out, seed, ...others } = resolveOptions(controlOptions, given);
  refuseOthers(others, "project");
  if (kind !== undefined && !isOfMicrographs(kind)) throw wrongKind(kind, MICROGRAPH_KINDS, "project");
  return { kinds: kind === undefined ? MICROGRAPH_KINDS : [kind], project: project!, out, seed };
}

const isOfMicrographs = (kind: Resolved["kind"]): kind is MicrographKind =>
  MICROGRAPH_KINDS.some((each) => each === kind);

const wrongKind = (found: string | undefined, expected: readonly string[], what: string): OptionError =>
  new OptionError("kind", `found ${found ?? "none"} with \`${what}\`, expected ${expected.join(" or ")}`);

/** @throws OptionError for an option of micrographs alone */
function refuseOthers({ pixelSize, particleDiameter }: Partial<Resolved>, what: string): void {
  const found = Object.entries({ pixelSize, particleDiameter }).find(([, value]) => value !== undefined);
  if (found)
    throw new OptionError(found[0], `found it with \`${what}\`, expected it with \`micrographs\` alone`);
}
