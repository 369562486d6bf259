/**
 * Milliseconds until a program has started. Run after `npm run build`, with vite-node;
 * PYTHON names an interpreter with PyTorch:
 *   npx vite-node bench/speed/start.ts [ROUNDS]          default 15
 * Beside `cryogem --help`: node with nothing to do, the floor, and Python that has imported PyTorch, as any trainer
 * there does first. The programs take turns.
 */
import { spawnSync } from "node:child_process";
import { median, printTable, spread } from "../shared/table.js";
import { python } from "../shared/turns.js";

const rounds = Number(process.argv[2] ?? 15);
const main = new URL("../../dist/cli/main.js", import.meta.url).pathname;

interface Program {
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
}
const programs: readonly Program[] = [
  { name: "cryogem --help", command: process.execPath, args: [main, "--help"] },
  { name: "cryogem train --help", command: process.execPath, args: [main, "train", "--help"] },
  { name: "node -e 0", command: process.execPath, args: ["-e", "0"] },
  { name: "python3 -c 'import torch'", command: python, args: ["-c", "import torch"] },
];

function milliseconds({ name, command, args }: Program): number {
  const start = performance.now();
  const { status, stderr } = spawnSync(command, args, { encoding: "utf8" });
  if (status !== 0) throw new Error(`${name}: ended with ${status}: ${stderr}`);
  return performance.now() - start;
}

const times = programs.map((): number[] => []);
for (let round = -1; round < rounds; round++) {
  programs.forEach((program, i) => {
    const taken = milliseconds(program);
    if (round >= 0) times[i]!.push(taken);
  });
}
printTable(
  `Cold start, ${rounds} rounds; ratio: cryogem --help over theirs`,
  ["program", "median (quartiles) ms", "least ms", "ratio"],
  programs.map(({ name }, i) => [
    name,
    spread(times[i]!),
    Math.min(...times[i]!).toFixed(0),
    (median(times[0]!) / median(times[i]!)).toFixed(2),
  ]),
);
