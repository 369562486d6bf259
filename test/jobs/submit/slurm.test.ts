import { type ChildProcess, execFile } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { Random } from "../../../src/core/random.js";
import { MAIN } from "../../cli/program.js";
import { MOST_TASKS, missingSlurm, OwnSlurm, SlurmTrouble } from "../../helpers/machine/slurm.js";
import { scratchFolder } from "../../helpers/scratch.js";
import { snapshot } from "../../helpers/snapshot.js";
import { writeToyMap } from "../../helpers/toys/map.js";

const dir = scratchFolder();
const missing = missingSlurm();
const random = Random.of(Date.now(), "which task is killed");

/** More shares than the array has tasks; more micrographs than shares. */
const SHARES = 2 * MOST_TASKS;
const simulate = (out: string): string[] =>
  `simulate --map map.mrc --size 384 --count 24 --particles 6 --seed 3 --out ${out}`.split(" ");

let slurm: OwnSlurm | undefined;
let trouble: string | undefined;

beforeAll(async () => {
  if (missing) return;
  writeToyMap(join(dir, "map.mrc"));
  try {
    slurm = await OwnSlurm.start(join(dir, "slurm"));
  } catch (error) {
    if (!(error instanceof SlurmTrouble)) throw error;
    trouble = error.message;
  }
}, 60_000);
afterAll(() => slurm?.stop(), 30_000);

interface Ended {
  readonly code: number;
  readonly text: string;
}

/** A command of cryogem in one of the folders, as it is typed on the machine of the cluster where one logs in. */
function begin(
  folder: string,
  words: readonly string[],
): { readonly child: ChildProcess; readonly ended: Promise<Ended> } {
  const options = { cwd: join(dir, folder), env: slurm?.environment ?? process.env };
  let child: ChildProcess | undefined;
  const ended = new Promise<Ended>((resolve) => {
    child = execFile(process.execPath, [MAIN, ...words], options, (error, stdout, stderr) =>
      resolve({ code: error ? Number(error.code) : 0, text: stdout + stderr }),
    );
  });
  return { child: child!, ended };
}

const cryogem = (...words: readonly string[]): Promise<Ended> => begin(".", words).ended;

/** The process of cryogem in a task, by what the task left of itself and the system's list of its children. */
function processOf(job: string): number | undefined {
  const path = join(dir, `slurm/tmp/cryogem-${job}.pid`);
  const task = existsSync(path) ? readFileSync(path, "utf8").trim() : "";
  const list = `/proc/${task}/task/${task}/children`;
  const [child] = /^\d+$/.test(task) && existsSync(list) ? readFileSync(list, "utf8").trim().split(" ") : [];
  return child ? Number(child) : undefined;
}

describe.skipIf(missing)(`on a Slurm of this machine${missing ? ` (${missing})` : ""}`, () => {
  test("tasks killed, queued again and told to stop, a drained node, a controller started anew: the bytes of one machine", async ({
    skip,
  }) => {
    if (!slurm) return skip(trouble);
    const own = slurm;
    /** A random task at work with a process that has begun. */
    const someTask = async (): Promise<{ job: string; pid: number }> => {
      let found: { job: string; pid: number } | undefined;
      await own.until("a task is at work", async () => {
        await own.hurry();
        const running = await own.jobs("RUNNING");
        const tasks = running.flatMap((job) => {
          const pid = processOf(job);
          return pid === undefined ? [] : [{ job, pid }];
        });
        found = tasks[random.integer(tasks.length)];
        return found !== undefined;
      });
      return found!;
    };
    const untilEmpty = (): Promise<void> =>
      own.until(
        "the queue is empty",
        async () => {
          await own.hurry();
          const { code, stdout } = await own.call("squeue", ["-h", "-r"]);
          return code === 0 && stdout.trim() === "";
        },
        60,
      );
    try {
      const submit = ["submit", "--shards", String(SHARES), "--time", "10", "--", ...simulate("shared")];
      const submitted = await cryogem(...submit);
      expect(submitted.text).toContain(`of ${SHARES} shares done; job `);
      expect(submitted.code).toBe(0);
      const twice = await cryogem(...submit);
      expect(twice.text).toMatch(/shared.submit: found \d+ of its jobs in the queue still/);
      expect(twice.code).toBe(2);

      // preempted or lost with its node: Slurm ends it and queues it again
      await own.call("scontrol", ["requeue", (await someTask()).job]);
      // the warning before the time limit: the task stops, and has itself queued again
      await own.call("scancel", ["--batch", "--signal=USR1", (await someTask()).job]);
      await own.setNode("DRAIN");
      await own.stopController();
      own.startController();
      await own.until("the controller answers", async () => (await own.call("sinfo", ["-h"])).code === 0);
      await own.setNode("RESUME");
      const killed = await someTask();
      process.kill(killed.pid, "SIGKILL");
      await untilEmpty();

      const ended = readdirSync(join(dir, "shared.submit/ended"));
      expect(ended.filter((name) => name.endsWith(".137"))).toHaveLength(1);
      expect(ended).toContain("join.1");
      expect(existsSync(join(dir, "shared/dataset.json"))).toBe(false);
      const status = await cryogem("submit", "--status", "shared.submit");
      expect(status.text).toMatch(
        /7 of 8 shares done.*in the queue: nothing\n {2}failed: .*\d \(exit code 137\)/s,
      );
      const waited = await cryogem("submit", "--status", "shared.submit", "--wait");
      expect([waited.code, waited.text]).toEqual([1, expect.stringContaining("submit the same line again")]);
      const logs = join(dir, "shared.submit/logs");
      const said = readdirSync(logs).map((name) => readFileSync(join(logs, name), "utf8"));
      expect(said.join()).toMatch(/of 24 micrographs, expected all of them; missing: \d/);
      expect(said.join()).toContain("the time is over; queued again to go on");

      // the same line does what is left
      const again = await cryogem(...submit);
      expect(again.text).toContain("7 of 8 shares done");
      await untilEmpty();
      expect((await cryogem("submit", "--status", "shared.submit", "--wait")).text).toContain("complete");
      expect((await cryogem(...submit)).text).toContain("everything is complete already");
    } catch (error) {
      if (error instanceof SlurmTrouble) return skip(error.message);
      throw error;
    }
    expect(await cryogem(...simulate("whole"))).toMatchObject({ code: 0 });
    expect(snapshot(join(dir, "shared"))).toEqual(snapshot(join(dir, "whole")));
  }, 240_000);

  test("a project whose stages go as arrays of jobs, stopped once while it waits and then a job itself: the files of one machine", async ({
    skip,
  }) => {
    if (!slurm) return skip(trouble);
    for (const name of ["here", "there"]) mkdirSync(join(dir, name));
    const raw =
      "simulate --map ../map.mrc --size 384 --count 4 --particles 8 --snr 0.2 --seed 5 --out ../raw".split(
        " ",
      );
    expect(await begin("here", raw).ended).toMatchObject({ code: 0 });
    for (const name of ["here", "there"]) writeFileSync(join(dir, name, "project.yaml"), PROJECT);
    const upTo = ["run", "project.yaml", "--out", "results", "--to", "simulate"];
    try {
      const shared = [...upTo, "--submit", "--shards 2 --time 10"];
      const first = begin("there", shared);
      const record = join(dir, "there/results/estimates.submit/submit.json");
      await slurm.until("the first stage is submitted", async () => existsSync(record), 60);
      first.child.kill("SIGTERM");
      expect((await first.ended).code).not.toBe(0);
      // then as a job of its own, which finds the first stage submitted
      const asJob = ["submit", "--shards", "2", "--time", "10", "--wait", "--", ...upTo];
      expect(await begin("there", asJob).ended).toMatchObject({ code: 0 });
      const submitted = readdirSync(join(dir, "there/results")).filter((name) => name.endsWith(".submit"));
      expect(submitted.sort()).toEqual(["estimates.submit", "simulated.submit"]);
      for (const name of submitted) {
        const ended = readdirSync(join(dir, "there/results", name, "ended"));
        expect(ended).toEqual(expect.arrayContaining(["1.0", "2.0", "join.0"]));
      }
    } catch (error) {
      if (error instanceof SlurmTrouble) return skip(error.message);
      throw error;
    }
    expect(await begin("here", upTo).ended).toMatchObject({ code: 0 });
    for (const name of ["estimates", "simulated"]) {
      expect(snapshot(join(dir, "there/results", name))).toEqual(snapshot(join(dir, "here/results", name)));
    }
  }, 240_000);

  test("a site's template for RELION, and a command that is one job", async ({ skip }) => {
    if (!slurm) return skip(trouble);
    const own = slurm;
    writeFileSync(join(dir, "qsub.sh"), SITE_TEMPLATE);
    const words = ["info", "map.mrc"];
    const submit = ["submit", "--template", "qsub.sh", "--folder", "look", "--extra", "00:10:00", "100"];
    expect(await cryogem(...submit, "--", ...words)).toEqual({
      code: 1,
      text: expect.stringContaining(
        'qsub.sh: line 3, XXXqueueXXX: found "no value", expected --queue, the partition',
      ),
    });
    const submitted = await cryogem(...submit, "--queue", "main", "--", ...words);
    expect(submitted.text).toContain("info is one job");
    try {
      await own.until("the job has ended", async () => existsSync(join(dir, "look/ended/all.0")));
    } catch (error) {
      if (error instanceof SlurmTrouble) return skip(error.message);
      throw error;
    }
    const log = readdirSync(join(dir, "look/logs")).find((name) => name.endsWith(".out"))!;
    await expect
      .poll(() => readFileSync(join(dir, "look/logs", log), "utf8"))
      .toMatch(/site begins[\s\S]*36 x 36 x 36[\s\S]*site ends/);
  }, 60_000);
});

/** Simulated micrographs taken for raw ones; paths are the same in both folders, since records hold them. */
const PROJECT = `micrographs: ../raw/micrographs
map: ../map.mrc
pixelSize: 4
voltage: 300
cs: 2.7
particleDiameter: 110
baselines: []
simulate:
  count: 4
  size: 256
  particles: 4
`;

/** As sites give it to RELION: modules, mpirun, two variables of their own, and lines behind the command. */
const SITE_TEMPLATE = `#!/bin/bash -e
#SBATCH --job-name=XXXnameXXX
#SBATCH --partition=XXXqueueXXX
#SBATCH --ntasks=XXXmpinodesXXX
#SBATCH --cpus-per-task=XXXthreadsXXX
#SBATCH --error=XXXerrfileXXX
#SBATCH --output=XXXoutfileXXX
#SBATCH --time=XXXextra1XXX
#SBATCH --mem=XXXextra2XXX

# module load relion
echo "site begins: XXXcoresXXX cores, XXXnodesXXX node, at least XXXdedicatedXXX on each"
time XXXcommandXXX
echo "site ends"
`;
