import type { Volume } from "../../array/image.js";
import { inside } from "../../dataset/layout.js";
import { fourierShellCorrelation, GOLD_STANDARD, lastGoodShell } from "../../evaluate/maps/fsc.js";
import { fitNumberOfParticles } from "../../evaluate/maps/rosenthal-henderson.js";
import { readFsc } from "../../io/read-fsc.js";
import { type ReconstructionGrid, reconstructionGrid } from "../../reconstruct/grid.js";
import { inClaimedFolder } from "../shared/claim-folder.js";
import type { DatasetContext } from "../shared/context.js";
import { type MapFile, readMask, writeMapFile } from "../shared/maps/map-files.js";
import { recordOf } from "../shared/options/check.js";
import { repeatedDoubt } from "../shared/particles/particle-stacks.js";
import { startProgress } from "../shared/progress.js";
import { addUp } from "./add-up.js";
import { resolutionsByNumber, type SubsetInputs } from "./by-number.js";
import { byNumberCsv, byNumberFigure } from "./by-number-figures.js";
import { reconstructOptions } from "./options.js";
import { type ReadyParticles, readReadyParticles } from "./particles.js";
import type { ReconstructPlan } from "./plan.js";
import { RECONSTRUCTION, type ReconstructionRecord } from "./records.js";
import { chooseSets } from "./sets.js";
import type { MapShared } from "./tasks.js";
import { shortFscDoubt } from "./wiener.js";

/**
 * Reconstructs a map, and half maps where there are half sets, into a folder.
 *
 * @throws FileError, FormatError, UnsupportedError for inputs; UsageError for a folder with something else
 */
export async function reconstructMap(
  plan: ReconstructPlan,
  context: DatasetContext,
): Promise<ReconstructionRecord> {
  const claim = { holds: "a reconstruction", marks: [RECONSTRUCTION.record] };
  return inClaimedFolder(context.files, plan.out, claim, () => reconstruct(plan, context));
}

async function reconstruct(plan: ReconstructPlan, context: DatasetContext): Promise<ReconstructionRecord> {
  const { files, report, signal, program, workers } = context;
  const ready = await readReadyParticles(plan, context);
  const doubt = repeatedDoubt(ready.particles, ready.stacks, plan.particles);
  if (doubt) report.warn(doubt);
  const grid = gridOf(ready, plan.maxResolution);
  const fsc = plan.wiener === undefined ? undefined : readFsc(await files.read(plan.wiener), plan.wiener);
  const ofFsc = fsc && shortFscDoubt(fsc, (grid.box * grid.voxelSize) / grid.radius, plan.wiener!);
  if (ofFsc) report.warn(ofFsc);
  const sets = chooseSets(ready.particles, plan, report.warn);
  const mask =
    plan.mask === undefined ? undefined : await readMask(files, plan.mask, sameGridAs(grid, plan), report);
  const sums = await addUp(sets, ready, grid, context);
  const how: Omit<MapShared, "sums"> = {
    ...{ gridding: plan.skipGridding ? "none" : "iterative", symmetry: plan.operators },
    ...(fsc && { fsc }),
  };
  const shared: MapShared = { ...how, sums };
  const names = sets.map(({ name }) => name);
  // with half sets their map as well
  const parts = sets.length > 1 ? [[0], [1], [0, 1]] : [[0]];
  const advance = startProgress(report, { stage: "maps", total: parts.length, unit: "maps" });
  const maps = await workers.map("reconstruct-map", parts, {
    ...{ signal, shared },
    onResult: () => advance(),
  });
  for (const [i, map] of maps.entries()) {
    await writeMapFile(files, inside(plan.out, names[i] ?? RECONSTRUCTION.map), map, FRAME);
  }
  const halves = [maps[0]!, maps[1]!] as const;
  const subsets = { sets, ready, grid, how, mask, halves };
  const byNumber = plan.byNumber === undefined ? undefined : await writeByNumber(plan, subsets, context);
  const record: ReconstructionRecord = {
    ...{ format: "cryogem-reconstruction", formatVersion: 1, program },
    options: recordOf(reconstructOptions, optionsOf(plan)),
    ...{ particles: ready.particles.length, box: grid.box, voxelSize: grid.voxelSize },
    maps: sets.map(({ name, particles }) => ({ file: name, particles: particles.length })),
    ...(maps.length > 1 && { halfMapResolution: unmaskedResolution(maps[0]!, maps[1]!) }),
    ...(byNumber && { byNumber }),
  };
  await files.write(inside(plan.out, RECONSTRUCTION.record), `${JSON.stringify(record, null, 1)}\n`);
  return record;
}

/** What a mask must fit. */
const sameGridAs = ({ box, voxelSize }: ReconstructionGrid, { particles }: ReconstructPlan): MapFile => ({
  ...{ path: `the map of ${particles}`, frame: FRAME },
  map: { data: new Float32Array(0), shape: [box, box, box], voxelSize },
});

async function writeByNumber(
  plan: ReconstructPlan,
  inputs: SubsetInputs,
  context: DatasetContext,
): Promise<NonNullable<ReconstructionRecord["byNumber"]>> {
  const { files, report } = context;
  const found = await resolutionsByNumber(plan, inputs, context);
  const fit = fitNumberOfParticles(
    found.filter(({ resolution, crossed }) => crossed && Number.isFinite(resolution)),
  );
  if (!fit) {
    report.warn(
      "no B factor: expected at least three numbers of particles whose half maps end before Nyquist, and finer ones of more",
    );
  }
  await files.write(inside(plan.out, RECONSTRUCTION.byNumber), byNumberCsv(found));
  await files.write(inside(plan.out, RECONSTRUCTION.byNumberFigure), byNumberFigure(found, fit));
  return { found, ...(fit && { fit }) };
}

/** To the end of the shell in which the resolution lies, as relion_reconstruct. */
function gridOf({ box, voxelSize }: ReadyParticles, resolution: number | undefined): ReconstructionGrid {
  if (resolution === undefined) return reconstructionGrid({ box, voxelSize });
  const length = box * voxelSize;
  return reconstructionGrid({ box, voxelSize, finest: length / Math.ceil(length / resolution) });
}

const FRAME = { origin: [0, 0, 0], start: [0, 0, 0] } as const;

const optionsOf = ({ half, operators: _, ...plan }: ReconstructPlan) => ({
  ...plan,
  ...(half !== undefined && { half: half === 1 ? ("1" as const) : ("2" as const) }),
});

/** Angstrom at 0.143, without mask. */
function unmaskedResolution(a: Volume, b: Volume): number {
  const { correlation, frequencies } = fourierShellCorrelation(a, b);
  return 1 / frequencies[Math.max(1, lastGoodShell(correlation, GOLD_STANDARD))]!;
}
