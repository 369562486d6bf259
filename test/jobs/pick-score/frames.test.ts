import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { Random } from "../../../src/core/random.js";
import { scorePicks } from "../../../src/jobs/pick-score/run.js";
import { jobContext } from "../../helpers/job-context.js";
import { scratchFolder } from "../../helpers/scratch.js";

const dir = scratchFolder();
const csv = (name: string, points: readonly (readonly [number, number])[]): void => {
  mkdirSync(join(dir, name, ".."), { recursive: true });
  writeFileSync(join(dir, name), `x,y\n${points.map((point) => `${point.join(",")}\n`).join("")}`);
};

describe("picks that lie in other pixels than the truth", () => {
  const random = Random.of(5, "frames");
  const places = Array.from({ length: 60 }, () => [
    10 + Math.floor(random.uniform() * 380),
    10 + Math.floor(random.uniform() * 280),
  ]) as readonly (readonly [number, number])[];
  csv("frames/m.csv", places);
  const doubts = async (name: string, moved: readonly (readonly [number, number])[]) => {
    csv(`${name}/m.csv`, moved);
    const told = jobContext();
    const options = { picks: [join(dir, name)], truth: join(dir, "frames"), radius: 10, pixelSize: 2 };
    await scorePicks(options, told.context);
    return told.warnings;
  };

  test("of binned micrographs, or of unbinned ones, are told", async () => {
    expect(await doubts("right", places)).toEqual([]);
    for (const factor of [0.5, 2, 4]) {
      const scaled = places.map(([x, y]) => [factor * x, factor * y] as const);
      expect(await doubts(`by${factor}`, scaled)).toEqual([
        expect.stringMatching(
          `by${factor}: picks reach ${factor} times as far as the truth along both sides`,
        ),
      ]);
    }
  });

  test("with rows that count from below are told", async () => {
    expect(
      await doubts(
        "turned",
        places.map(([x, y]) => [x, 299 - y] as const),
      ),
    ).toEqual([
      expect.stringMatching(
        /turned: 60 of 60 true places have a pick near them if its rows are counted from below, in micrographs of about 30\d rows, and \d+ as they are: `export` turns/,
      ),
    ]);
  });
});
