import { execFile, execFileSync } from "node:child_process";
import { existsSync, mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import type { CommandEntry } from "../../src/cli/command.js";
import { entries } from "../../src/cli/commands/index.js";
import { FileError } from "../../src/core/errors.js";
import type { Option } from "../../src/jobs/shared/options/option.js";
import { planSimulation } from "../../src/jobs/simulate/plan.js";
import { simulateDataset } from "../../src/jobs/simulate/run.js";
import { jobContext } from "../helpers/job-context.js";
import { scratchFolder } from "../helpers/scratch.js";
import { snapshot } from "../helpers/snapshot.js";
import { writeToyMap } from "../helpers/toys/map.js";
import { MAIN } from "./program.js";

const dir = scratchFolder();
const map = writeToyMap(join(dir, "map.mrc"));
writeFileSync(join(dir, "plain"), "");
symlinkSync("itself", join(dir, "itself"));
symlinkSync("nowhere", join(dir, "dangling"));
const PLACES: readonly (readonly [string, RegExp])[] = [
  [join(dir, "plain/x"), /plain: found a file where a folder should be, expected a writable place$/],
  [join(dir, "itself/x"), /itself\/x: found a link that leads back to itself, expected a writable place$/],
  [join(dir, "dangling/x"), /dangling: found a link to nothing, expected a writable place$/],
  [join(dir, "x".repeat(300)), /x: found a name too long, expected a writable place$/],
  ...(existsSync("/proc/self")
    ? ([
        [
          "/proc/cryogem/x",
          /^\/proc: found (a folder in which the system lets nothing be made|no permission)/,
        ],
      ] as const)
    : []),
];

/** A value that an option takes. */
function valueFor({ kind }: Option<unknown, "required" | "default" | "optional">): unknown {
  if (kind.type === "path" || kind.type === "text") return "none";
  if (kind.type === "paths" || kind.type === "texts") return ["none"];
  if (kind.type === "choice") return Object.keys(kind.choices)[0];
  if (kind.type === "number") return Math.max(kind.low, Math.min(kind.high, 100));
  if (kind.type === "numbers") return Array.from({ length: kind.counts[0] }, () => kind.each.low);
  throw new Error(`no required option was of this kind: ${kind.type}`);
}

const writers = entries.filter(({ spec }) => Object.hasOwn(spec.options, "out"));

describe("a place where nothing can be written is refused with the system's reason, before any work, as root too", () => {
  const perform = ({ spec, perform }: CommandEntry, out: string): Promise<void> => {
    const required = Object.entries(spec.options).filter(([, { need }]) => need === "required");
    const given = Object.fromEntries(required.map(([name, option]) => [name, valueFor(option)]));
    return perform({ ...given, out }, { ...jobContext().context, json: true, entries });
  };

  test.each(writers.map((entry) => [entry.spec.name, entry] as const))("%s", async (_name, entry) => {
    for (const [out, message] of PLACES) {
      // the inputs are not there either: they are not looked at
      await expect(perform(entry, out)).rejects.toThrow(FileError);
      await expect(perform(entry, out)).rejects.toThrow(message);
    }
  });

  test("these are all that write", () => {
    expect(writers.length).toBeGreaterThan(20);
  });
});

const options = (out: string) => ({
  size: [256, 256] as const,
  count: 2,
  particles: [3] as const,
  map: [map],
  out,
});
const line = (out: string): string =>
  `"${process.execPath}" "${MAIN}" simulate --map "${map}" --size 256 --count 2 --particles 3 --workers 1 --out "${out}"`;
const shell = (script: string): Promise<{ status: number; said: string }> =>
  new Promise((resolve) => {
    execFile("sh", ["-c", script], (error, _stdout, stderr) =>
      resolve({ status: error ? Number(error.code) : 0, said: stderr.trim().split("\n").at(-1)! }),
    );
  });

const whole = join(dir, "whole");
beforeAll(() =>
  simulateDataset(planSimulation(options(whole)), { ...jobContext().context, program: programName() }),
);

test("a limit on the size of files ends a job with 1 and a sentence; without the limit the same command makes the same files", async () => {
  const out = join(dir, "limited");
  // 100 blocks of 512 bytes hold no micrograph
  expect(await shell(`ulimit -f 100; ${line(out)}`)).toEqual({
    status: 1,
    said: expect.stringMatching(
      /000001.mrc: found a file larger than the system allows, expected a writable place$/,
    ),
  });
  expect((await shell(line(out))).status).toBe(0);
  expect(snapshot(out)).toEqual(snapshot(whole));
}, 60_000);

const programName = (): string =>
  `cryogem ${execFileSync(process.execPath, [MAIN, "--version"], { encoding: "utf8" }).trim()}`;

/** Whether this user may mount, as root may in most places, and others where user namespaces are open. */
const canMount = ((): boolean => {
  mkdirSync(join(dir, "disk"));
  try {
    execFileSync("unshare", ["-rm", "mount", "-t", "tmpfs", "tmpfs", join(dir, "disk")], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
})();

test.skipIf(!canMount)(
  "a file system that is full, and one that is read-only (needs the right to mount)",
  async () => {
    const disk = join(dir, "disk");
    const script = `
    mount -t tmpfs -o size=200k tmpfs "${disk}"
    ${line(`${disk}/full`)} 2> "${dir}/full.txt"; echo $? >> "${dir}/full.txt"
    mount -o remount,size=20m "${disk}"
    ${line(`${disk}/full`)} || exit 9
    cp -r "${disk}/full" "${dir}/freed"
    mount -o remount,ro "${disk}"
    ${line(`${disk}/other`)}`;
    const ended = await shell(`unshare -rm sh -c '${script}'`);
    expect(ended).toEqual({
      status: 1,
      said: expect.stringMatching(/other: found a read-only file system, expected a writable place$/),
    });
    const said = execFileSync("tail", ["-n", "2", join(dir, "full.txt")], { encoding: "utf8" });
    expect(said).toMatch(/found no space left on the device, expected a writable place\n1\n$/);
    expect(snapshot(join(dir, "freed"))).toEqual(snapshot(whole));
  },
  60_000,
);
