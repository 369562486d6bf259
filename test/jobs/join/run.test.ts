import { existsSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { entries } from "../../../src/cli/commands/index.js";
import { writeMrc } from "../../../src/io/mrc/write.js";
import { jobContext } from "../../helpers/job-context.js";
import { scratchFolder } from "../../helpers/scratch.js";
import { snapshot } from "../../helpers/snapshot.js";
import { writeToyMap } from "../../helpers/toys/map.js";
import { DIAMETER, noisyMicrograph, OPTICS } from "../../pick/simulated.js";

const dir = scratchFolder();
const at = (name: string): string => join(dir, name);
const map = writeToyMap(at("map.mrc"));
const broken = at("raw/broken.mrc");

type Options = Readonly<Record<string, unknown>>;

/** Does a command as if it had been typed. */
async function run(command: string, options: Options): Promise<ReturnType<typeof jobContext>> {
  const told = jobContext();
  const entry = entries.find(({ spec }) => spec.name === command)!;
  await entry.perform(options, { ...told.context, json: false, entries });
  return told;
}
const joined = (path: string) => run("join", { results: [path] });

/** Does all shares at the same time, as so many machines would. */
const shards = (command: string, options: Options, of: number, indices = range(of)) =>
  Promise.all(indices.map((index) => run(command, { ...options, shard: `${index}/${of}` })));
const range = (n: number): number[] => Array.from({ length: n }, (_, i) => i + 1);

/** Everything below a folder or, of a stack, the stack and its table. */
const filesOf = (out: string): Record<string, string> =>
  out.endsWith(".mrcs") ? snapshot(join(out, "..")) : snapshot(out);

const raw = ["m1", "m2", "m3"].map((name) => at(`raw/${name}.mrc`));
const sixOptions = {
  simulate: {
    ...{ map: [map], size: [130, 150], count: 3, particles: [3, 1], seed: 7, snr: Number.POSITIVE_INFINITY },
    ...{ labels: ["box"], orientations: ["uniform"], workers: 1 },
  },
  generate: { model: at("model"), simulated: at("clean"), labels: ["coco"] },
  bin: { micrographs: raw, to: 2 * OPTICS.pixelSize, workers: 1 },
  estimate: {
    ...{ micrographs: raw.slice(2), pixelSize: OPTICS.pixelSize, voltage: 300, cs: 2.7, workers: 1 },
    ...{ particleDiameter: DIAMETER },
  },
  "pick run": {
    ...{ micrographs: [...raw, broken], pixelSize: OPTICS.pixelSize, log: true, particleDiameter: DIAMETER },
    ...{ labels: ["box", "coco"], workers: 1 },
  },
  extract: { particles: at("clean/particles.star"), box: 32, edges: "skip", normalise: true },
} as const satisfies Readonly<Record<string, Options>>;

beforeAll(async () => {
  await run("simulate", { ...sixOptions.simulate, seed: 1, out: at("clean") });
  for (const [i, path] of raw.entries()) {
    const { image } = noisyMicrograph([270, 330], 3, i + 1);
    const { data, shape } = image;
    const bytes = writeMrc({ data, shape: [1, ...shape], voxelSize: OPTICS.pixelSize });
    await jobContext().context.files.write(path, bytes);
  }
  writeFileSync(broken, "not an image");
  const real = { real: raw, simulated: at("clean") };
  await run("train", { ...real, translator: "gaussian", out: at("model") });
}, 60_000);

describe("the sum of the shares is what one process writes, to the byte", () => {
  test.each(Object.keys(sixOptions) as (keyof typeof sixOptions)[])("%s", async (command) => {
    const folder = at(`made/${command}`);
    const out = command === "extract" ? join(folder, "stack.mrcs") : folder;
    const options = { ...sixOptions[command], out };
    await run(command, options);
    const whole = filesOf(out);
    renameSync(folder, at(`whole ${command}`));

    // four shares of three micrographs: one of them has nothing to do; the last one comes later
    await shards(command, options, 4, [1, 2, 3]);
    const before = filesOf(out);
    await expect(joined(out)).rejects.toThrow(
      /expected all of them; missing: (3\.|m3|broken|micrographs\/000003\.mrc)/,
    );
    const traces = Object.keys(before).filter((name) => /\.(star|jsonl|txt)$|^[^/]*\.json$/.test(name));
    expect(traces).toEqual([]);
    expect(filesOf(out)).toEqual(before);
    await shards(command, options, 4, [4]);
    await joined(out);
    expect(filesOf(out)).toEqual(whole);
    const again = await joined(out);
    expect(again.notes).toEqual([`${out} is complete already`]);
    expect(filesOf(out)).toEqual(whole);
  });
});

describe("a folder of shares", () => {
  const simulate = { ...sixOptions.simulate, out: at("shared") };

  test("takes no share of another command, and tells join what to do by itself", async () => {
    await shards("simulate", simulate, 3, [2]);
    expect(readdirSync(at("shared/micrographs"))).toEqual(["000002.mrc"]);
    await expect(shards("simulate", { ...simulate, seed: 8 }, 3, [1])).rejects.toThrow(
      "shared: found shares of another command (simulate, with other options or micrographs)",
    );
    await expect(run("bin", { ...sixOptions.bin, out: at("shared"), shard: "1/3" })).rejects.toThrow(
      "found unfinished a dataset",
    );
    // another number of shares makes the same files
    await shards("simulate", simulate, 2);
    await joined(at("shared"));
    const micrographs = snapshot(at("shared/micrographs"));
    expect(Object.keys(micrographs)).toHaveLength(3);
  });

  test("may be finished by one process without shares", async () => {
    const out = at("finished");
    await shards("simulate", { ...simulate, out }, 3, [3]);
    await run("simulate", { ...simulate, out });
    expect(snapshot(out)).toEqual(snapshot(at("shared")));
  });

  test("is not joined while a share is at work", async () => {
    const out = at("busy");
    await shards("simulate", { ...simulate, out }, 3);
    const release = await jobContext().context.files.lock(join(out, ".cryogem-lock-2-of-3-0123456789abcdef"));
    await expect(joined(out)).rejects.toThrow(/busy: found process \d+ of .* at work in it/);
    await release();
    // what a killed process leaves: its lock, and a file written aside
    writeFileSync(join(out, ".cryogem-lock-1-of-3-0123456789abcdef"), '{"host":"');
    writeFileSync(join(out, "micrographs/.000001.mrc.ab.1.0.partial"), "cut o");
    await joined(out);
    expect(snapshot(out)).toEqual(snapshot(at("shared")));
  });

  test("a command that was refused does not hold the folder", async () => {
    const out = at("refused");
    await expect(shards("simulate", { ...simulate, map: [at("none.mrc")], out }, 2)).rejects.toThrow(
      "none.mrc",
    );
    await shards("simulate", { ...simulate, out }, 2);
    await joined(out);
    expect(snapshot(out)).toEqual(snapshot(at("shared")));
  });
});

test("a micrograph that cannot be picked in its share is left out, as without shares", () => {
  const record = JSON.parse(readFileSync(at("made/pick run/picks.json"), "utf8"));
  expect(record.failed).toEqual([{ file: broken, reason: expect.stringContaining("broken.mrc") }]);
});

test.each(["0/4", "5/4", "1", "1/0", "-1/4", "1.5/4", "1/1000000"])("%s is no share", async (shard) => {
  await expect(run("simulate", { ...sixOptions.simulate, out: at("none"), shard })).rejects.toThrow(
    `--shard: found ${shard}, expected i/n`,
  );
  expect(existsSync(at("none"))).toBe(false);
});

test("what cannot be shared or joined says why", async () => {
  const generate = { model: at("model"), map: [map], out: at("none"), shard: "1/2" };
  await expect(run("generate", generate)).rejects.toThrow(
    "--shard: found `--map`, expected `--simulated`".replaceAll("`", ""),
  );
  await expect(joined(at("raw"))).rejects.toThrow("found nothing to join");
  // a finished dataset that has lost files is taken apart by one process only
  rmSync(at("finished/micrographs/000002.mrc"));
  const simulate = { ...sixOptions.simulate, out: at("finished") };
  await expect(run("simulate", { ...simulate, shard: "1/2" })).rejects.toThrow("make them without --shard");
});
