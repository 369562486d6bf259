import { expect, test } from "vitest";
import type { Files } from "../../../src/core/ports.js";
import { trainingFiles } from "../toys/training-files.js";
import { type Death, killedAgainAndAgain } from "./dying-files.js";

/** A training under test. */
export interface ResumableTraining {
  /** Trains into the folder of that name, or continues there; `stopAt` interrupts after a step. */
  readonly train: (name: string, how?: { files?: Files; stopAt?: number }) => Promise<void>;
  /** The path of a folder by its name. */
  readonly at: (name: string) => string;
  /** The files of an uninterrupted training, once it has run. */
  readonly whole: () => Readonly<Record<string, string>>;
}

/**
 * Tests that a training leaves the files of an uninterrupted one, to the byte: when it is killed at every change of a file and
 * resumed, and when it is interrupted after a step and resumed.
 *
 * @param deaths what of a change is made when the process is killed
 * @param stops steps after which it is interrupted
 */
export function testResumption(
  { train, at, whole }: ResumableTraining,
  { deaths, stops }: { readonly deaths: readonly Death[]; readonly stops: readonly number[] },
): void {
  test.each(deaths)(
    "killed again and again, with %s of a change made, and resumed: the same files as uninterrupted",
    async (death) => {
      const name = `killed-${death}`;
      const killed = await killedAgainAndAgain(death, (files) => train(name, { files }));
      // at the claim, training.json, lines of metrics, checkpoints, the model, the end of the claim
      expect(killed).toBeGreaterThan(6);
      expect(trainingFiles(at(name))).toEqual(whole());
    },
  );

  test.each(stops)(
    "interrupted after step %i and resumed: the same files as uninterrupted",
    async (stopAt) => {
      const name = `stopped-${stopAt}`;
      await expect(train(name, { stopAt })).rejects.toThrow(/abort/i);
      await train(name);
      expect(trainingFiles(at(name))).toEqual(whole());
    },
  );
}
