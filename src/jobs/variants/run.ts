import type { Volume } from "../../array/image.js";
import { OptionError } from "../../core/errors.js";
import type { JobContext } from "../../core/ports.js";
import { Random } from "../../core/random.js";
import { inside } from "../../dataset/layout.js";
import { csvLine } from "../../io/bytes/csv.js";
import { densityOfParticle } from "../../physics/projection/projector.js";
import { breakMap, fillMap, type Vector } from "../../physics/specimen/variants.js";
import { inClaimedFolder } from "../shared/claim-folder.js";
import { mapDiameter, readDensityMap } from "../shared/maps/density-map.js";
import { readMapFile, writeMapFile } from "../shared/maps/map-files.js";
import { startMapSet } from "../shared/maps/map-set.js";
import { resolveOptions } from "../shared/options/check.js";
import type { ResolvedOptions } from "../shared/options/option.js";
import { type VariantsOptions, variantsOptions } from "./options.js";

/** What the folder holds; the maps stand in the table in the order in which `simulate` is to be given them. */
const SET = { holds: "variants", table: "variants.csv", maps: /^(broken|filled)-\d+\.mrc$/ } as const;

/** Diameters of cores over the particle's, where none are given. */
const CORES = [0.3, 0.6] as const;

/** A map in the order of the table. */
export interface Variant {
  /** In the output folder, or the given map as it was given. */
  readonly map: string;
  readonly kind: "whole" | "broken" | "filled";
  /** Of all particles. */
  readonly share: number;
  /** Of a broken one: the share of the density that is lost, beyond the plane at this distance from the centre, in angstrom. */
  readonly lost?: {
    readonly share: number;
    readonly direction: readonly [x: number, y: number, z: number];
    readonly distance: number;
  };
  /** Of one with a core, angstrom; its density in the map's unit. */
  readonly core?: { readonly diameter: number; readonly density: number };
}

/** The folder that was written, and its maps. */
export interface VariantsResult {
  readonly out: string;
  readonly variants: readonly Variant[];
}

type VariantsPlan = ResolvedOptions<typeof variantsOptions>;
type Made = Omit<Variant, "map"> & { readonly volume: Volume };

/**
 * Makes maps of what a whole particle may be in a sample: broken, or with a core.
 *
 * @throws OptionError, UsageError for a folder with other or finished work; FileError, FormatError, ShapeError for the map; DomainError
 *   for one without density
 */
export async function makeVariants(given: VariantsOptions, context: JobContext): Promise<VariantsResult> {
  const plan = resolveOptions(variantsOptions, given);
  const { files, report, signal } = context;
  const { map, out, broken, filled, count } = plan;
  refuseClashes(plan);
  const { frame } = await readMapFile(files, map);
  const whole = await readDensityMap(context, map);
  const makers = [
    ...(broken > 0 ? Array.from({ length: count }, (_, i) => (): Made => brokenVariant(whole, plan, i)) : []),
    ...(filled > 0
      ? Array.from({ length: count }, (_, i) => (): Made => filledVariant(whole, map, plan, i))
      : []),
  ];
  return inClaimedFolder(files, out, { holds: SET.holds, marks: [SET.table] }, async () => {
    await startMapSet(files, out, SET);
    const variants: Variant[] = [{ map, kind: "whole", share: 1 - broken - filled }];
    for (const [i, make] of makers.entries()) {
      signal.throwIfAborted();
      report.progress({ stage: "maps", done: i, total: makers.length, unit: "maps" });
      const { volume, ...about } = make();
      const name = `${about.kind}-${String((i % count) + 1).padStart(3, "0")}.mrc`;
      await writeMapFile(files, inside(out, name), volume, frame);
      variants.push({ map: name, ...about });
    }
    report.progress({ stage: "maps", done: makers.length, total: makers.length, unit: "maps" });
    await files.write(inside(out, SET.table), tableOf(variants));
    return { out, variants };
  });
}

function refuseClashes({ broken, filled, coreDiameter }: VariantsPlan): void {
  if (broken + filled > 1) {
    throw new OptionError("filled", `found ${filled} beside ${broken} broken, expected at most 1 together`);
  }
  if (broken + filled === 0) {
    throw new OptionError("broken", "found 0, and 0 filled, expected a share of one kind at least");
  }
  if (coreDiameter && filled === 0) {
    throw new OptionError("coreDiameter", "found no `filled` particles, expected their share with it");
  }
}

function brokenVariant(whole: Volume, { broken, lost, count, seed }: VariantsPlan, i: number): Made {
  const random = Random.of(seed, "variants", "broken", i);
  const direction = randomDirection(random);
  const share = random.uniform(...lost);
  const { map, distance } = breakMap(whole, direction, share);
  return { volume: map, kind: "broken", share: broken / count, lost: { share, direction, distance } };
}

function filledVariant(whole: Volume, path: string, plan: VariantsPlan, i: number): Made {
  const random = Random.of(plan.seed, "variants", "filled", i);
  const particle = mapDiameter(whole, path);
  const [low, high] = plan.coreDiameter ?? [CORES[0] * particle, CORES[1] * particle];
  const diameter = random.uniform(low, high);
  const density = plan.coreDensity * densityOfParticle(whole.data);
  const volume = fillMap(whole, diameter, density);
  return { volume, kind: "filled", share: plan.filled / plan.count, core: { diameter, density } };
}

/** Uniform over the sphere. */
function randomDirection(random: Random): Vector {
  const z = random.uniform(-1, 1);
  const angle = random.uniform(0, 2 * Math.PI);
  const ring = Math.sqrt(1 - z * z);
  return [ring * Math.cos(angle), ring * Math.sin(angle), z];
}

const rounded = (value: number): number => Number(value.toPrecision(5));

/** In the order of the maps: `structure` is what truth.jsonl of a simulation of all of them says. */
function tableOf(variants: readonly Variant[]): string {
  const header =
    "structure,map,kind,share,lost,direction_x,direction_y,direction_z,distance,core_diameter,core_density";
  const lines = variants.map(({ map, kind, share, lost, core }, i) => {
    const missing = lost ? [lost.share, ...lost.direction, lost.distance].map(rounded) : ["", "", "", "", ""];
    const held = core ? [core.diameter, core.density].map(rounded) : ["", ""];
    return csvLine([i, map, kind, rounded(share), ...missing, ...held]);
  });
  return `${[header, ...lines].join("\n")}\n`;
}

/** What was made, and the command that simulates it. */
export function variantsText({ out, variants }: VariantsResult): string {
  const [whole, ...others] = variants;
  const maps = [whole!.map, ...others.map(({ map }) => inside(out, map))];
  const ratios = variants.map(({ share }) => rounded(share));
  return [
    `${out}: ${others.length} maps. To simulate them beside the whole particle:`,
    `cryogem simulate --map ${maps.join(" ")} --ratios ${ratios.join(",")} --out simulated`,
    "",
  ].join("\n");
}
