import { spawn } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { describe, expect, test } from "vitest";
import { entries } from "../../../src/cli/commands/index.js";
import { parseWords } from "../../../src/cli/parse-words.js";
import { wordsOf } from "../../../src/cli/submit-stages.js";
import type { SubmitOptions } from "../../../src/jobs/submit/options.js";
import { planSubmission } from "../../../src/jobs/submit/plan.js";
import { describeSubmission, submit } from "../../../src/jobs/submit/run.js";
import { jobScript } from "../../../src/jobs/submit/scripts.js";
import type { RunProgram } from "../../../src/jobs/submit/slurm.js";
import { directivesOf, fillTemplate, interpreterOf } from "../../../src/jobs/submit/template.js";
import { waitForJobs } from "../../../src/jobs/submit/wait.js";
import { jobContext } from "../../helpers/job-context.js";
import { scratchFolder } from "../../helpers/scratch.js";

const dir = scratchFolder();
const at = (name: string): string => join(dir, name);
const plan = (line: string, options: Partial<SubmitOptions> = {}) =>
  planSubmission({ words: line.split(" "), ...options }, (words) => parseWords(words, { entries }));
const SIMULATE = "simulate --map m.mrc --count 9 --out";

describe("what is planned", () => {
  test.each([
    [`${SIMULATE} sim`, "sim.submit", { count: 32, out: "sim", claimed: "sim" }],
    [`${SIMULATE} sim/`, "sim.submit", { count: 32, out: "sim/", claimed: "sim/" }],
    [
      "extract --particles p.star --box 64 --out a/s.mrcs",
      "a/s.submit",
      { out: "a/s.mrcs", claimed: "a/s.parts" },
    ],
    ["generate --model m --simulated s --out g", "g.submit", { out: "g" }],
  ])("%s has shares", (line, folder, shares) => {
    expect(plan(line)).toMatchObject({ folder, shares });
  });

  test.each([
    ["generate --model m --map m.mrc --out g", "g.submit"],
    ["info map.mrc", "cryogem-info.submit"],
    ["train --real r --simulated s --out model", "model.submit"],
  ])("%s is one job, and no shares can be asked for", (line, folder) => {
    const { shares, folder: made } = plan(line);
    expect([made, shares]).toEqual([folder, undefined]);
    expect(() => plan(line, { shards: 4 })).toThrow(/shards: found 4 for .*, expected none: it is one job/);
  });

  test("a project is one job, which with shares submits its stages as it was submitted itself", () => {
    const words = (options: Partial<SubmitOptions>): readonly string[] =>
      plan("run project.yaml", options).words;
    expect(plan("run project.yaml", { shards: 8 }).shares).toBeUndefined();
    expect(words({})).toEqual(["run", "project.yaml"]);
    const given = { shards: 8, template: "my qsub.sh", queue: "cpu", threads: 2, time: "2:00:00" };
    expect(words(given).slice(0, -1)).toEqual(["run", "project.yaml", "--submit"]);
    const { options } = parseWords(["submit", ...wordsOf(words(given).at(-1)!)], { entries });
    expect(options).toMatchObject(given);
  });

  test("a task works on as many threads as it has cores, unless the command says otherwise", () => {
    expect(plan(`${SIMULATE} s`, { threads: 3 }).words.join(" ")).toBe(`${SIMULATE} s --workers 3`);
    expect(plan(`${SIMULATE} s --workers 2`, { threads: 3 }).words.join(" ")).toBe(
      `${SIMULATE} s --workers 2`,
    );
    expect(plan("generate --model m --simulated s --out g").words.slice(-4)).toEqual(
      "--workers 1 --threads 1".split(" "),
    );
  });

  test.each([
    ["simulat --map m.mrc", "found no command simulat"],
    [`${SIMULATE} s --volltage 300`, "simulate: unknown option '--volltage' (Did you mean --voltage?)"],
    [`${SIMULATE} s --voltage 3`, "voltage: found 3, expected 60 to 1000 kV"],
    ["simulate --map m.mrc", "simulate: required option '--out <dir>' not specified"],
    [`${SIMULATE} s --shard 1/2`, "found --shard in the command"],
    ["submit --status s", "submit: found submit as the command"],
  ])("%s is refused before anything is queued", (line, problem) => {
    expect(() => plan(line)).toThrow(problem);
  });

  test("without a command", () => {
    expect(() => planSubmission({}, () => expect.fail())).toThrow(
      "words: found none, expected a command behind --",
    );
  });
});

describe("a template", () => {
  const template =
    "#!/bin/tcsh -f\n#SBATCH -p XXXqueueXXX\n\n# note\n#SBATCH -n XXXmpinodesXXX\nXXXcommandXXX\n#SBATCH -x late\n";

  test("has its variables filled in, and keeps all else", () => {
    const filled = fillTemplate(template, { queue: "cpu", mpinodes: 1, command: "bash t.sh" }, "q.sh");
    expect(filled).toBe(
      "#!/bin/tcsh -f\n#SBATCH -p cpu\n\n# note\n#SBATCH -n 1\nbash t.sh\n#SBATCH -x late\n",
    );
    expect(directivesOf(filled)).toEqual(["#SBATCH -p cpu", "#SBATCH -n 1"]);
    expect(interpreterOf(filled)).toBe("/bin/tcsh -f");
    expect(jobScript(filled, "/f")).toContain("\n/bin/tcsh -f /f/site.sh &\n");
  });

  test.each([
    ["XXXqueueXXX\nXXXcommandXXX", "q.sh: line 1, XXXqueueXXX"],
    ["XXXcommandXXX\nXXXextra2XXX", 'XXXextra2XXX: found "no value", expected `extra` with at least 2 words'],
    ["XXXcommandXXX XXXgpusXXX", 'XXXgpusXXX: found "no value", expected only command'],
    ["srun relion_refine", "no XXXcommandXXX"],
  ])("%j is refused", (text, problem) => {
    expect(() => fillTemplate(text, { command: "c", extra1: "a" }, "q.sh")).toThrow(problem);
  });
});

/** A Slurm of which only what it answers is there. */
function fakeSlurm(queue: () => string = () => "") {
  const calls: string[] = [];
  const run: RunProgram = async (program, words) => {
    calls.push([program, ...words].join(" "));
    const output = {
      sbatch: `${100 + calls.length};cluster\n`,
      squeue: words.includes("102") ? queue() : "",
      scontrol: "MaxArraySize            = 5\n",
    };
    return { code: 0, errors: "", output: output[program as keyof typeof output] };
  };
  const told = jobContext();
  const context = {
    ...{
      ...told.context,
      run,
      program: [at("program")],
      workingFolder: dir,
      absolute: (path: string) => resolve(dir, path),
    },
    pause: async () => {},
  };
  return { ...told, context, calls };
}
const sbatches = (calls: readonly string[]): string[] => calls.filter((call) => call.startsWith("sbatch"));

describe("what Slurm gets", () => {
  test("an array no larger than it allows, and a join behind it whatever becomes of it", async () => {
    const { context, calls } = fakeSlurm();
    const options = { shards: 9, folder: at("nine"), time: "1:00:00", memory: "4G", queue: "cpu" };
    const standing = await submit(plan(`${SIMULATE} ${at("sim")}`, options), context);
    const [array, join] = sbatches(calls);
    const common =
      "sbatch --parsable --requeue --open-mode=append --signal=B:USR1@120 --partition=cpu --mem=4G --time=1:00:00";
    expect(array).toBe(
      `${common} --output=${at("nine/logs/%A_%a.out")} --error=${at("nine/logs/%A_%a.err")} --array=1-4 ${at("nine/job.sh")}`,
    );
    expect(join).toContain(` --dependency=afterany:102 ${at("nine/job.sh")}`);
    expect(standing).toMatchObject({ job: "102", join: "103", total: 9, done: 0, isComplete: false });
  });

  test("the second time what has not ended well, once nothing of the first is in the queue", async () => {
    let queue = "102_1|RUNNING|None\n102_2|COMPLETED|None\n";
    const { context, calls, notes } = fakeSlurm(() => queue);
    const again = plan(`${SIMULATE} ${at("sim")}`, { shards: 9, folder: at("nine") });
    for (const name of ["1.0", "2.0", "3.0", "4.0", "5.0", "6.137", "7.0", "9.0", "join.1"])
      writeFileSync(at(`nine/ended/${name}`), "");
    await expect(submit(again, context)).rejects.toThrow("nine: found 1 of its jobs in the queue still");
    queue = "";
    await expect(submit({ ...again, words: ["other"] }, context)).rejects.toThrow(
      "found the submission of another command",
    );
    await submit(again, context);
    // shares 6 and 8 are those of tasks 2 and 4
    expect(sbatches(calls)[0]).toContain("--array=2,4 ");
    expect(readdirSync(at("nine/ended"))).not.toContain("6.137");
    for (const name of ["6.0", "8.0"]) writeFileSync(at(`nine/ended/${name}`), "");
    calls.length = 0;
    await submit(again, context);
    expect(sbatches(calls)).toEqual([expect.not.stringContaining("--dependency")]);
    writeFileSync(at("nine/ended/join.0"), "");
    calls.length = 0;
    expect((await submit(again, context)).isComplete).toBe(true);
    expect([sbatches(calls), notes.at(-1)]).toEqual([[], `${at("nine")}: everything is complete already`]);
  });

  test("nothing, and no file, when it is only to be described", async () => {
    const { context, calls } = fakeSlurm();
    const text = await describeSubmission(plan(`${SIMULATE} ${at("dry")}`), context);
    expect(text).toContain("--array=1-4 ");
    expect(text).toContain("--dependency=afterany:JOB ");
    expect([sbatches(calls), existsSync(at("dry.submit"))]).toEqual([[], false]);
  });

  test("what it refuses is said in its words", async () => {
    const { context } = fakeSlurm();
    const failing: RunProgram = async (program, words) =>
      program === "sbatch"
        ? { code: 1, output: "", errors: "sbatch: error: invalid partition\n" }
        : context.run(program, words);
    await expect(submit(plan(`${SIMULATE} ${at("none")}`), { ...context, run: failing })).rejects.toThrow(
      "sbatch: found sbatch: error: invalid partition, expected a job of Slurm",
    );
  });
});

test("waiting asks a controller that does not answer again, and ends when nothing is left in the queue", async () => {
  const { context, warnings } = fakeSlurm();
  await submit(plan(`${SIMULATE} ${at("sim")}`, { shards: 2, folder: at("wait") }), context);
  const answers = ["", "down", "down", "102_1|PENDING|Resources\n", "down", ""];
  const run: RunProgram = async (program, words) => {
    if (words.includes("103")) return context.run(program, words);
    const output = answers.shift()!;
    return output === "down"
      ? { code: 1, output: "", errors: "Unable to contact slurm controller" }
      : { code: 0, output, errors: "" };
  };
  answers.shift();
  await expect(waitForJobs(at("wait"), { ...context, run })).rejects.toThrow(
    /0 of 2 shares .*the others were ended from outside.*submit the same line again/,
  );
  expect(warnings).toHaveLength(2);
  expect(answers).toEqual([]);
  writeFileSync(at("wait/ended/join.0"), "");
  expect((await waitForJobs(at("wait"), context)).isComplete).toBe(true);
});

describe("what a task does", () => {
  /** Keeps its words, fails as share 5 does, and lasts until it is told to stop as share 3 does. */
  const program = `#!/bin/bash
echo "$*" >> ${at("said")}
case "$*" in
  *"--shard 5/9") exit 7 ;;
  *"--shard 3/9") trap 'exit 130' TERM; touch ${at("begun")}; while :; do sleep 0.02; done ;;
  *"--shard 7/9") touch ${at("begun")}; exec sleep 60 ;;
esac
`;
  const begin = (task: number | undefined) => {
    const environment = { ...process.env, CRYOGEM_TASK_PID: at("pid") };
    return spawn("/bin/bash", [at("task/task.sh")], {
      env: task === undefined ? environment : { ...environment, SLURM_ARRAY_TASK_ID: String(task) },
    });
  };
  const endOf = (child: ReturnType<typeof begin>) =>
    new Promise<number | null>((resolve) => child.on("close", resolve));
  const said = (): string[] => readFileSync(at("said"), "utf8").trim().split("\n");

  test("its shares one after the other, each with a word on how it ended; of none that ended well again", async () => {
    mkdirSync(at("task"));
    writeFileSync(at("program"), program);
    chmodSync(at("program"), 0o755);
    await submit(plan(`${SIMULATE} ${at("sim")}`, { shards: 9, folder: at("task") }), fakeSlurm().context);
    expect(await endOf(begin(1))).toBe(1);
    const of = (share: number): string => `${SIMULATE} ${at("sim")} --workers 1 --shard ${share}/9`;
    expect(said()).toEqual([of(1), of(5), of(9)]);
    const ended = (): string[] => readdirSync(at("task/ended")).filter((name) => name !== ".keep");
    const before = ["1.0", "5.7", "9.0"];
    expect(ended()).toEqual(before);
    rmSync(at("said"));
    expect(await endOf(begin(1))).toBe(1);
    expect(said()).toEqual([of(5)]);

    // told to stop: in good order, or by the system
    for (const share of [3, 7]) {
      rmSync(at("said"));
      rmSync(at("begun"), { force: true });
      const stopped = begin(3);
      await expect.poll(() => existsSync(at("begun"))).toBe(true);
      stopped.kill("SIGTERM");
      expect(await endOf(stopped)).toBe(130);
      expect(readFileSync(at("pid"), "utf8")).toBe("stopped\n");
      expect([said(), ended()]).toEqual([[of(share)], share === 3 ? before : ["1.0", "3.0", "5.7", "9.0"]]);
      writeFileSync(at("task/ended/3.0"), "");
    }

    rmSync(at("said"));
    expect(await endOf(begin(undefined))).toBe(0);
    expect([said(), ended()]).toEqual([[`join ${at("sim")}`], ["1.0", "3.0", "5.7", "9.0", "join.0"]]);
  });
});
