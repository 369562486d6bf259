import { gridSide, gridWidth, type ReconstructionGrid } from "../../reconstruct/grid.js";
import { INSERTER_BYTES } from "../../reconstruct/insert-wasm.js";
import { addSums, type FourierSums } from "../../reconstruct/sums.js";
import type { DatasetContext } from "../shared/context.js";
import { refuseBeyondMemory } from "../shared/memory.js";
import type { ReadyParticles } from "./particles.js";
import type { ParticlesOfMap } from "./sets.js";
import type { SumsShared } from "./tasks.js";

/** Bytes of a sample that a worker adds to, and of one of the sums that it gives back: data and weight. */
const ADDED = 16;
const GIVEN = 12;
/** Bytes of a sample of the padded transform while a map is made of it. */
const MAP_BYTES = 16;

/**
 * Adds up the particles of each map on the workers, as many as there is memory for; the sums of parts are joined in their order.
 *
 * @throws OptionError where there is not even memory for one
 */
export async function addUp(
  sets: readonly ParticlesOfMap[],
  { stacks, groups }: ReadyParticles,
  grid: ReconstructionGrid,
  context: DatasetContext,
): Promise<FourierSums[]> {
  const { workers, report, signal } = context;
  const total = sets.reduce((sum, { particles }) => sum + particles.length, 0);
  const lanes = Math.min(workers.count, lanesIn(context, grid, sets.length));
  const parts = sets.flatMap(({ particles }, set) =>
    splitEvenly(particles, lanes).map((part) => ({ set, part })),
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
      "reconstruct-sums",
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

/** Workers for which there is memory. */
function lanesIn(context: DatasetContext, grid: ReconstructionGrid, sets: number): number {
  const samples = gridWidth(grid) * gridSide(grid) ** 2;
  const lane = (ADDED + GIVEN) * samples + INSERTER_BYTES;
  const rest = sets * GIVEN * samples + MAP_BYTES * grid.padded ** 3;
  refuseBeyondMemory(
    {
      bytes: rest + lane,
      option: "particles",
      what: `a map of ${grid.box} x ${grid.box} x ${grid.box} voxels`,
      instead: "a coarser `maxResolution` takes less",
    },
    context,
  );
  const { memory } = context;
  return memory === undefined ? context.workers.count : Math.max(1, Math.floor((memory - rest) / lane));
}
