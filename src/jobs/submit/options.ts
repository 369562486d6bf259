import {
  type CommandSpec,
  countOption,
  type OptionsOf,
  pathOption,
  type ResolvedOptions,
  switchOption,
  textOption,
  textsOption,
} from "../shared/options/option.js";
import { MOST_SHARES } from "../shared/share.js";

export const submitOptions = {
  words: textsOption({
    help: "behind --, the command to be done, without the word cryogem",
    otherwise: "none, with `status`",
    positional: true,
  }),
  shards: countOption(
    { from: 1, to: MOST_SHARES },
    {
      value: "n",
      help: "shares of its micrographs; several a task where Slurm allows no array of so many",
      otherwise:
        "32; commands without shares are one job, and so is a project whose stages are not to be shared",
    },
  ),
  template: pathOption({
    value: "file",
    help: "the site's script for Slurm, as RELION takes it, with XXXcommandXXX, XXXqueueXXX and so on",
    otherwise: "a plain one",
  }),
  extra: textsOption({
    value: "words",
    help: "what XXXextra1XXX, XXXextra2XXX … of the template stand for",
    otherwise: "none",
  }),
  queue: textOption({
    value: "name",
    help: "partition of Slurm",
    otherwise: "that of the template or of Slurm",
  }),
  threads: countOption(
    { from: 1, to: 256 },
    { value: "n", help: "processor cores of a task, which works on as many threads", fallback: 1 },
  ),
  memory: textOption({
    value: "size",
    help: "memory of a task, as sbatch takes it: 8G",
    otherwise: "that of Slurm",
  }),
  time: textOption({
    value: "limit",
    help: "time limit of a task, as sbatch takes it: 4:00:00; one that needs longer stops in time, waits in the queue again and goes on",
    otherwise: "that of Slurm",
  }),
  folder: pathOption({
    value: "dir",
    help: "folder for scripts, logs and what became of each share",
    otherwise: "the name of the results with .submit",
  }),
  dryRun: switchOption({
    help: "print the scripts and the calls of sbatch, and do nothing",
    fallback: false,
  }),
  status: pathOption({ value: "dir", help: "say how that folder's jobs stand" }),
  wait: switchOption({ help: "wait until all is joined, or cannot be", fallback: false }),
} as const;

/** What a user may ask of `submit`. */
export type SubmitOptions = OptionsOf<typeof submitOptions>;
export type ResolvedSubmitOptions = ResolvedOptions<typeof submitOptions>;

export const submitCommand: CommandSpec<typeof submitOptions> = {
  name: "submit",
  summary: "Run a command on a cluster with Slurm: its shares as an array of jobs, then join.",
  options: submitOptions,
  notes: `
The commands simulate, generate, bin, estimate, pick run and extract can be shared; any other command is one job. A whole project
(run) is one job too; with --shards it submits those of its stages that can be shared, one after the other, and waits for them. A
task that reaches its time limit, is preempted or loses its node is queued again and goes on. The same command again submits the
shares that have not ended well. With --wait the exit code is 0 if all shares were joined, else 1.
Examples:
  cryogem submit --shards 100 --time 2:00:00 -- simulate --map map.mrc --count 10000 --out simulated
  cryogem submit --shards 32 --time 8:00:00 -- run project.yaml
  cryogem submit --template /site/qsub.sh --queue cpu -- estimate --micrographs raw --pixel-size 1.5 --voltage 300 --cs 2.7 --out est
  cryogem submit --status simulated.submit`,
};
