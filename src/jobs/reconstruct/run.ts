import type { Volume } from "../../array/image.js";
import { DomainError, FormatError } from "../../core/errors.js";
import { inside } from "../../dataset/layout.js";
import { fourierShellCorrelation, GOLD_STANDARD, lastGoodShell } from "../../evaluate/maps/fsc.js";
import { type ReconstructionGrid, reconstructionGrid } from "../../reconstruct/grid.js";
import { mapFromSums } from "../../reconstruct/map.js";
import { addSums, type FourierSums } from "../../reconstruct/sums.js";
import { inClaimedFolder } from "../shared/claim-folder.js";
import type { DatasetContext } from "../shared/context.js";
import { writeMapFile } from "../shared/map-files.js";
import { recordOf } from "../shared/options/check.js";
import { reconstructOptions } from "./options.js";
import { type ReadyParticle, type ReadyParticles, readReadyParticles } from "./particles.js";
import type { ReconstructPlan } from "./plan.js";
import { RECONSTRUCTION, type ReconstructionRecord } from "./records.js";
import type { SumsShared } from "./sums-task.js";
import { readSignalToNoise } from "./wiener.js";

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
  const { files, report, signal, program } = context;
  const ready = await readReadyParticles(plan, files);
  const grid = gridOf(ready, plan.maxResolution);
  const signalToNoise = plan.wiener === undefined ? undefined : await readSignalToNoise(files, plan.wiener);
  const sets = chooseSets(ready.particles, plan);
  const added = await addUp(sets, ready, grid, context);
  const makeMap = (sums: FourierSums): Volume => {
    signal.throwIfAborted();
    return mapFromSums(sums, {
      gridding: plan.skipGridding ? "none" : "iterative",
      symmetry: plan.operators,
      ...(signalToNoise && { signalToNoise }),
    });
  };
  const maps: Volume[] = [];
  const total = sets.length > 1 ? 3 : 1;
  const tell = (done: number): void => report.progress({ stage: "maps", done, total, unit: "maps" });
  tell(0);
  for (const [i, { name }] of sets.entries()) {
    maps.push(makeMap(added[i]!));
    await writeMapFile(files, inside(plan.out, name), maps[i]!, FRAME);
    tell(i + 1);
  }
  if (sets.length > 1) {
    addSums(added[0]!, added[1]!);
    await writeMapFile(files, inside(plan.out, RECONSTRUCTION.map), makeMap(added[0]!), FRAME);
    tell(total);
  }
  const record: ReconstructionRecord = {
    ...{ format: "cryogem-reconstruction", formatVersion: 1, program },
    options: recordOf(reconstructOptions, optionsOf(plan)),
    ...{ particles: ready.particles.length, box: grid.box, voxelSize: grid.voxelSize },
    maps: sets.map(({ name, particles }) => ({ file: name, particles: particles.length })),
    ...(maps.length > 1 && { halfMapResolution: unmaskedResolution(maps[0]!, maps[1]!) }),
  };
  await files.write(inside(plan.out, RECONSTRUCTION.record), `${JSON.stringify(record, null, 1)}\n`);
  return record;
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

/** Particles of one map. */
interface ParticlesOfMap {
  readonly name: string;
  readonly particles: readonly ReadyParticle[];
}

/** The half sets, or all particles as one. @throws FormatError for half sets that are asked for and not there */
function chooseSets(particles: readonly ReadyParticle[], plan: ReconstructPlan): ParticlesOfMap[] {
  const { half, halves, particles: path } = plan;
  const of = (wanted: 1 | 2): ParticlesOfMap => ({
    name: wanted === 1 ? RECONSTRUCTION.half1 : RECONSTRUCTION.half2,
    particles: particles.filter(({ halfSet }) => halfSet === wanted),
  });
  const refuse = (found: string): never => {
    throw new FormatError(
      path,
      "half sets (rlnRandomSubset, alignments3D/split)",
      found,
      "particles in both, 1 and 2",
    );
  };
  if (half === undefined && halves === false) return [{ name: RECONSTRUCTION.map, particles }];
  const isAsked = half !== undefined || halves === true;
  const known = particles.filter(({ halfSet }) => halfSet !== undefined).length;
  const sets = [of(1), of(2)];
  if (known === particles.length && sets.every((set) => set.particles.length > 0)) {
    return half === undefined ? sets : [sets[half - 1]!];
  }
  if (isAsked)
    refuse(known === 0 ? "none" : known < particles.length ? "not for every particle" : "all in one");
  return [{ name: RECONSTRUCTION.map, particles }];
}

/** Adds up the particles of each map on all workers; the sums of parts are joined in their order. */
async function addUp(
  sets: readonly ParticlesOfMap[],
  { stacks, groups }: ReadyParticles,
  grid: ReconstructionGrid,
  { workers, report, signal }: DatasetContext,
): Promise<FourierSums[]> {
  const total = sets.reduce((sum, { particles }) => sum + particles.length, 0);
  if (total === 0) throw new DomainError("particles to reconstruct", 0, "at least one");
  const parts = sets.flatMap(({ particles }, set) =>
    splitEvenly(particles, workers.count).map((part) => ({ set, part })),
  );
  const hasSharedMemory = typeof SharedArrayBuffer !== "undefined";
  const count = new Int32Array(hasSharedMemory ? new SharedArrayBuffer(4) : new ArrayBuffer(4));
  const tell = (): void =>
    report.progress({ stage: "particles", done: Atomics.load(count, 0), total, unit: "particles" });
  tell();
  const timer = setInterval(tell, 500);
  const joined: FourierSums[] = [];
  const waiting = new Map<number, FourierSums>();
  let next = 0;
  const shared: SumsShared = { grid, stacks, groups, count };
  try {
    await workers.map(
      "add-particles",
      parts.map(({ part }) => part),
      {
        ...{ signal, shared },
        onResult: (sums, index) => {
          waiting.set(index, sums);
          for (let each = waiting.get(next); each; each = waiting.get(++next)) {
            waiting.delete(next);
            const { set } = parts[next]!;
            const known = joined[set];
            if (known) addSums(known, each);
            else joined[set] = each;
          }
        },
      },
    );
  } finally {
    clearInterval(timer);
  }
  tell();
  return joined;
}

/** Pieces of a list as long as each other, in order; as many as asked for, fewer of a short list. */
function splitEvenly<T>(list: readonly T[], count: number): (readonly T[])[] {
  const pieces = Math.max(1, Math.min(count, list.length));
  const bound = (i: number): number => Math.round((i * list.length) / pieces);
  return Array.from({ length: pieces }, (_, i) => list.slice(bound(i), bound(i + 1)));
}
