import { shardLocks } from "../shared/claim-folder.js";
import { quoted } from "../shared/options/line.js";
import { SUBMISSION } from "./records.js";
import { directivesOf, interpreterOf } from "./template.js";

/** What a task has to do. */
export interface TaskWork {
  /** The words of the program itself: node and its file. */
  readonly program: readonly string[];
  /** Of the command, with what it takes from the task: threads. */
  readonly words: readonly string[];
  /** Folder of the submission, and the one in which it was made. */
  readonly folder: string;
  readonly workingFolder: string;
  /** Absent: the command is one job. */
  readonly shares?: {
    readonly count: number;
    readonly tasks: number;
    /** What `join` is given, and the folder with the locks of the shares. */
    readonly out: string;
    readonly claimed: string;
  };
}

/** Seconds before the time limit at which a task is told to stop: one micrograph may still be finished. */
export const WARNING = 120;
/** Times that a task may be queued again because its time was over. */
const MOST_RESTARTS = 100;

/** A signal cuts a wait short; the next one has the exit code, even of a process that ended meanwhile. */
const waitFor = (variable: string, indent = ""): string =>
  [
    "while :; do",
    "  interrupted=",
    `  wait "$${variable}"`,
    "  code=$?",
    '  [ -n "$interrupted" ] || break',
    "done",
  ]
    .map((line) => indent + line)
    .join("\n");

const call = (words: readonly string[]): string => words.map(quoted).join(" ");

/**
 * What sbatch gets: it runs the site's script, whatever that is, and is there to hear Slurm's warning, which a shell hears only
 * while it waits for a child in the background.
 *
 * @param site the site's script, filled in
 */
export function jobScript(site: string, folder: string): string {
  const path = `${folder}/${SUBMISSION.site}`;
  return `#!/bin/bash
${directivesOf(site).join("\n")}
# Written by cryogem submit. The next lines run the site's script; what a task does stands in ${SUBMISSION.task}.
# Holds the number of the task's process on this node, or the word stopped.
export CRYOGEM_TASK_PID="\${TMPDIR:-/tmp}/cryogem-$SLURM_JOB_ID.pid"
warned=
# ${WARNING} seconds before the time is over: the task ends the micrographs at hand and stops
trap 'warned=1; interrupted=1; [ -s "$CRYOGEM_TASK_PID" ] && kill -TERM "$(cat "$CRYOGEM_TASK_PID")"' USR1
${interpreterOf(site)} ${quoted(path)} &
site=$!
${waitFor("site")}
left=$(cat "$CRYOGEM_TASK_PID" 2>/dev/null)
rm -f "$CRYOGEM_TASK_PID"
if [ -n "$warned" ] && [ "$left" = stopped ] && [ "\${SLURM_RESTART_COUNT:-0}" -lt ${MOST_RESTARTS} ]; then
  echo "cryogem submit: the time is over; queued again to go on" >&2
  scontrol requeue "$SLURM_JOB_ID"
fi
exit "$code"
`;
}

/** What a task does: its shares that have not ended well, one after the other, or the join, or the one command. */
export function taskScript(work: TaskWork): string {
  const { program, words, folder, workingFolder, shares } = work;
  const ended = quoted(`${folder}/${SUBMISSION.ended}`);
  return `#!/bin/bash
# Written by cryogem submit: what a task does.
echo $$ > "$CRYOGEM_TASK_PID"
cd ${quoted(workingFolder)} || exit 1
ended=${ended}
child=
stopped=
trap 'stopped=1; interrupted=1; [ -n "$child" ] && kill -TERM "$child" 2>/dev/null' TERM

# the site's script may end well all the same, so the job is told in this way
stop() {
  echo stopped > "$CRYOGEM_TASK_PID"
  exit 130
}

# work NAME COMMAND…: does a command and leaves an empty file with its name and exit code
work() {
  local name=$1
  shift
  rm -f "$ended/$name".*
  "$@" &
  child=$!
${waitFor("child", "  ")}
  child=
  # one that was told to stop has not ended, even one that was too young to stop in good order
  if [ "$code" = 130 ] || { [ -n "$stopped" ] && [ "$code" != 0 ]; }; then stop; fi
  : > "$ended/$name.$code"
}

${shares ? shareLines(work, shares) : `work all ${call([...program, ...words])}\nexit "$code"`}
`;
}

function shareLines({ program, words }: TaskWork, shares: NonNullable<TaskWork["shares"]>): string {
  const { count, tasks, out, claimed } = shares;
  return `if [ -z "\${SLURM_ARRAY_TASK_ID:-}" ]; then
  work join ${call([...program, "join", out])}
  exit "$code"
fi
failed=0
for ((share = SLURM_ARRAY_TASK_ID; share <= ${count}; share += ${tasks})); do
  if [ -e "$ended/$share.0" ]; then continue; fi
  if [ -n "$stopped" ]; then stop; fi
  # queued again: Slurm has ended what this task was before, on whichever node
  if [ "\${SLURM_RESTART_COUNT:-0}" -gt 0 ]; then rm -f ${quoted(claimed)}/${shardLocks("$share", count)}; fi
  work "$share" ${call([...program, ...words])} --shard "$share/${count}"
  if [ "$code" != 0 ]; then failed=1; fi
done
exit "$failed"`;
}
