import type { Volume } from "../../array/image.js";
import type { Files } from "../../core/ports.js";
import { iterationPath, readLastIteration, writeIterationState } from "../shared/iterations.js";
import { type MapFrame, readMapFile, writeMapFile } from "../shared/maps/map-files.js";

/** What an iteration found of a particle. */
export interface FoundPose {
  readonly rot: number;
  readonly tilt: number;
  readonly psi: number;
  /** Pixels from the image's centre to the particle. */
  readonly x: number;
  readonly y: number;
  /** Of the likeliest orientation and shift. */
  readonly confidence: number;
  readonly significant: number;
  readonly evidence: number;
}

/** The figures of an iteration: a line of iterations.jsonl. */
export interface IterationFigures {
  readonly iteration: number;
  /** Angstrom: where the correlation of the halves falls below 0.143, and up to where images were compared. */
  readonly resolution: number;
  readonly comparedTo: number;
  /** Degrees between this and the last orientation: median and mean. Absent where there was none. */
  readonly medianAngle: number | null;
  readonly meanAngle: number | null;
  /** Angstrom between this and the last shift, median. */
  readonly medianShift: number;
  /** Mean over particles of the probability of the likeliest pose. */
  readonly confidence: number;
  /** Degrees: the last step of orientations. */
  readonly step: number;
  readonly search: "everywhere" | "near the last orientations";
}

/** All that the next iteration needs beside the inputs. */
export interface RefineState {
  readonly iteration: number;
  /** Frequency steps of the box up to which the next iteration compares. */
  readonly limit: number;
  /**
   * Degrees about proposed orientations within which the first iteration searches; the second searches everywhere. Where
   * it is absent, all iterations search everywhere.
   */
  readonly reach?: number;
  /** Absent before the first iteration. */
  readonly poses?: readonly FoundPose[];
  /** Of each half and optics group: power at each ring. */
  readonly noise: readonly [readonly Float64Array[], readonly Float64Array[]];
  /** Pixels, of each half. */
  readonly shiftDeviations: readonly [number, number];
  /** Correlation of the halves at each shell. */
  readonly correlation: Float64Array;
  readonly history: readonly IterationFigures[];
  readonly hasConverged: boolean;
  /** What each half is compared with next, filtered; before the mask. */
  readonly references: readonly [Volume, Volume];
  /** Unfiltered; absent before the first iteration. */
  readonly maps?: readonly [Volume, Volume];
}

const nameOf = (kind: "half" | "reference", half: number): string => `${kind}${half + 1}.mrc`;

/** Writes an iteration, its state last: where that is, the iteration is whole. Then the maps of earlier ones are removed. */
export async function saveState(
  files: Files,
  dir: string,
  identity: string,
  frame: MapFrame,
  state: RefineState,
): Promise<void> {
  const { references, maps, correlation, noise, ...rest } = state;
  const { iteration } = rest;
  for (const half of [0, 1] as const) {
    await writeMapFile(
      files,
      iterationPath(dir, iteration, nameOf("reference", half)),
      references[half],
      frame,
    );
    if (maps)
      await writeMapFile(files, iterationPath(dir, iteration, nameOf("half", half)), maps[half], frame);
  }
  const lists = {
    correlation: [...correlation],
    noise: noise.map((groups) => groups.map((each) => [...each])),
  };
  await writeIterationState(files, dir, identity, { ...rest, ...lists });
  await removeMaps(files, dir, iteration - 1);
}

/** Removes the maps of an iteration that a later one replaces. */
async function removeMaps(files: Files, dir: string, iteration: number): Promise<void> {
  for (const kind of ["reference", "half"] as const) {
    for (const half of [0, 1]) {
      const path = iterationPath(dir, iteration, nameOf(kind, half));
      if (await files.exists(path)) await files.remove(path);
    }
  }
}

/**
 * The last whole iteration of a folder. Maps of earlier ones that a killed run left are removed.
 *
 * @throws UsageError for one of other inputs or options; FormatError for a state that cannot be read
 */
export async function readState(
  files: Files,
  dir: string,
  identity: string,
  voxelSize: number,
): Promise<RefineState | undefined> {
  const last = await readLastIteration<StateRecord>(files, dir, { holds: "a refinement", identity });
  if (!last) return undefined;
  for (const earlier of last.earlier) await removeMaps(files, dir, earlier);
  const { correlation, noise, ...rest } = last.state;
  // a header holds its voxel size in single precision
  const map = async (kind: "half" | "reference", half: number): Promise<Volume> => ({
    ...(await readMapFile(files, iterationPath(dir, rest.iteration, nameOf(kind, half)))).map,
    voxelSize,
  });
  return {
    ...rest,
    correlation: Float64Array.from(correlation),
    noise: noise.map((groups) =>
      groups.map((each) => Float64Array.from(each)),
    ) as unknown as RefineState["noise"],
    references: [await map("reference", 0), await map("reference", 1)],
    ...(rest.poses && { maps: [await map("half", 0), await map("half", 1)] as const }),
  };
}

/** A state as JSON has it. */
type StateRecord = Omit<RefineState, "references" | "maps" | "correlation" | "noise"> & {
  readonly correlation: readonly number[];
  readonly noise: readonly (readonly (readonly number[])[])[];
};
