import { OptionError } from "../../core/errors.js";
import type { JobContext } from "../../core/ports.js";
import { Random } from "../../core/random.js";
import { inside } from "../../dataset/layout.js";
import { csvLine } from "../../io/bytes/csv.js";
import { writeMrc } from "../../io/mrc/write.js";
import {
  amplitudesAlong,
  displacementsOf,
  largestStretch,
  moveAtoms,
} from "../../physics/conformation/conformation.js";
import { slowModes } from "../../physics/conformation/modes.js";
import { elasticNetwork } from "../../physics/conformation/network.js";
import { meanPosition } from "../../physics/potential/potential.js";
import { inClaimedFolder } from "../shared/claim-folder.js";
import { startMapSet } from "../shared/maps/map-set.js";
import { readModelAtoms } from "../shared/maps/model-atoms.js";
import { modelMap, planModelMap } from "../shared/maps/model-map.js";
import { resolveOptions } from "../shared/options/check.js";
import { type ConformationsOptions, conformationsOptions } from "./options.js";

/** Files of `conformations`. */
export const CONFORMATIONS = {
  table: "conformations.csv",
  map: (index: number): string => `conformation-${String(index + 1).padStart(3, "0")}.mrc`,
} as const;

const SET = { holds: "conformations", table: CONFORMATIONS.table, maps: /^conformation-\d+\.mrc$/ } as const;

/** Angstrom: where neighbours in the chain are moved apart by more, a model is no longer one of a protein. */
const LARGEST_STRETCH = 1;

/** One conformation: its map, and how far it lies from the model. */
export interface Conformation {
  /** In the output folder. */
  readonly map: string;
  /** Root mean square displacement along each mode, with the sign of its direction, angstrom. */
  readonly along: readonly number[];
  /** Root mean square displacement from the model, angstrom. */
  readonly rmsd: number;
  /** Largest change of a distance between neighbours in a chain, angstrom. */
  readonly stretch: number;
}

/** What was written, with the number of nodes of the elastic network. */
export interface ConformationsResult {
  readonly out: string;
  readonly nodes: number;
  /** Stiffness of the modes, relative to that of the slowest of all. */
  readonly stiffness: readonly number[];
  readonly conformations: readonly Conformation[];
}

/**
 * Moves an atomic model along the slowest modes of its elastic network and writes the potential of each conformation. All maps have
 * one grid and one middle, that of the model.
 *
 * @throws OptionError, UsageError for a folder with other or finished work; FileError, FormatError for the model; DomainError for one
 *   that falls into parts
 */
export async function makeConformations(
  given: ConformationsOptions,
  context: JobContext,
): Promise<ConformationsResult> {
  const { files, report } = context;
  const options = resolveOptions(conformationsOptions, given);
  const { model, out, modes: wanted, count, rmsd } = options;
  checkModes(wanted);
  const atoms = readModelAtoms(await files.read(model), model, options, report);
  const network = elasticNetwork(atoms, options.cutoff);
  const nodes = network.positions.length / 3;
  const all = slowModes(network, Math.max(...wanted));
  const modes = wanted.map((mode) => all[mode - 1]!);
  const stiffness = modes.map(({ eigenvalue }) => eigenvalue / all[0]!.eigenvalue);
  const random = Random.of(options.seed, "conformations");
  const planned = amplitudesAlong(modes, count, rmsd, nodes, random).map((amplitudes) => {
    const displacements = displacementsOf(modes, amplitudes);
    return {
      atoms: moveAtoms(atoms, network, displacements),
      along: amplitudes.map((amplitude) => amplitude / Math.sqrt(nodes)),
      rmsd: Math.sqrt(displacements.reduce((sum, value) => sum + value * value, 0) / nodes),
      stretch: largestStretch(network, displacements),
    };
  });
  report.note(
    `${model}: ${atoms.length} atoms, an elastic network of ${nodes} nodes and ${network.springs.length / 2} springs`,
  );
  const furthest = Math.max(...planned.map(({ stretch }) => stretch));
  if (furthest > LARGEST_STRETCH) {
    report.warn(
      `neighbours in a chain are moved apart or together by up to ${furthest.toFixed(1)} angstrom: a smaller ` +
        `\`rmsd\` keeps the model's shape`,
    );
  }
  const grid = planModelMap(
    planned.flatMap((conformation) => conformation.atoms),
    options,
    context,
  );
  const plan = { ...grid, middle: meanPosition(atoms) };
  return inClaimedFolder(files, out, { holds: SET.holds, marks: [SET.table] }, async () => {
    await startMapSet(files, out, SET);
    const conformations: Conformation[] = [];
    for (const [i, { atoms: moved, ...about }] of planned.entries()) {
      report.progress({ stage: "maps", done: i, total: count, unit: "maps" });
      const { data, shape } = await modelMap(moved, plan, {
        ...context,
        report: { ...report, progress: () => {} },
      });
      const map = CONFORMATIONS.map(i);
      await files.write(
        inside(out, map),
        writeMrc({ data, shape, voxelSize: plan.voxelSize, kind: "volume" }),
      );
      conformations.push({ map, ...about });
    }
    report.progress({ stage: "maps", done: count, total: count, unit: "maps" });
    await files.write(inside(out, CONFORMATIONS.table), tableOf(conformations, wanted));
    return { out, nodes, stiffness, conformations };
  });
}

function checkModes(modes: readonly number[]): void {
  for (const mode of modes) {
    if (!Number.isInteger(mode)) throw new OptionError("modes", `found ${mode}, expected whole numbers`);
  }
  if (new Set(modes).size < modes.length) {
    throw new OptionError("modes", `found ${modes.join(", ")}, expected every mode once`);
  }
}

const rounded = (value: number): number => Number(value.toFixed(4));

/** In the order of the maps: `structure` is what truth.jsonl of a simulation of all of them says. */
function tableOf(conformations: readonly Conformation[], modes: readonly number[]): string {
  const header = ["structure", "map", ...modes.map((mode) => `mode_${mode}_rmsd`), "rmsd", "largest_stretch"];
  const lines = conformations.map(({ map, along, rmsd, stretch }, i) =>
    csvLine([i, map, ...along.map(rounded), rounded(rmsd), rounded(stretch)]),
  );
  return `${[header.join(","), ...lines].join("\n")}\n`;
}
