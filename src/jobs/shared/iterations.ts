import { FormatError, UsageError } from "../../core/errors.js";
import type { Files } from "../../core/ports.js";
import { inside } from "../../dataset/layout.js";

/** The folder with a folder for each iteration of a search. */
export const ITERATIONS = "iterations";
const STATE = "state.json";

/** A file of an iteration. */
export const iterationPath = (dir: string, iteration: number, name: string): string =>
  inside(dir, `${ITERATIONS}/${String(iteration).padStart(3, "0")}/${name}`);

/** Whose iterations a folder holds. */
export interface IterationsOf {
  /** As "a refinement". */
  readonly holds: string;
  /** What another run must have in common to continue it. */
  readonly identity: string;
}

/** Writes the state of an iteration, the last of its files: where it is, the iteration is whole. */
export const writeIterationState = <State extends { readonly iteration: number }>(
  files: Files,
  dir: string,
  identity: string,
  state: State,
): Promise<void> =>
  files.write(iterationPath(dir, state.iteration, STATE), `${JSON.stringify({ identity, ...state })}\n`);

/**
 * The state of the last whole iteration of a folder, and the numbers of those before it; undefined where none is whole.
 *
 * @throws UsageError for one of other inputs or options; FormatError for a state that cannot be read
 */
export async function readLastIteration<State extends { readonly iteration: number }>(
  files: Files,
  dir: string,
  { holds, identity }: IterationsOf,
): Promise<{ readonly state: State; readonly earlier: readonly number[] } | undefined> {
  const folder = inside(dir, ITERATIONS);
  const names = (await files.exists(folder)) ? await files.list(folder) : [];
  const numbers = names.filter((name) => /^\d+$/.test(name)).map(Number);
  for (const iteration of numbers.sort((a, b) => b - a)) {
    const path = iterationPath(dir, iteration, STATE);
    if (!(await files.exists(path))) continue;
    const { identity: found, ...state } = parseState<State>(await files.read(path), path, holds);
    if (found !== identity) {
      throw new UsageError(
        `${dir}: found ${holds} with other inputs or options, expected the same to continue, or another folder`,
      );
    }
    return { state: state as unknown as State, earlier: numbers.filter((number) => number < iteration) };
  }
  return undefined;
}

function parseState<State>(bytes: Uint8Array, path: string, holds: string): State & { identity: string } {
  const text = new TextDecoder().decode(bytes);
  try {
    return JSON.parse(text) as State & { identity: string };
  } catch {
    throw new FormatError(path, "text", text.slice(0, 40), `the state of ${holds}`);
  }
}
