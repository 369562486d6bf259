import { choiceOption, countOption, switchOption, textOption } from "./option.js";

/** Threads that share out the work of a job. */
export const workers = countOption(
  { from: 1, to: 256 },
  {
    value: "n",
    help: "threads; the result does not depend on them",
    otherwise: "one a core",
    role: "machine",
  },
);

/** Threads of one network's computation on the CPU. */
export const threads = countOption(
  { from: 1, to: 256 },
  { value: "n", help: "threads of the CPU for networks", otherwise: "all cores", role: "machine" },
);

/** Where networks are computed. */
export const device = choiceOption(
  { cpu: "", webgpu: "any GPU", cuda: "NVIDIA", auto: "the fastest of them" },
  {
    value: "kind",
    help: "where networks are computed",
    otherwise: "cpu, whose results are the same on every machine with the same number of threads",
    role: "machine",
  },
);

export const seed = countOption(
  { from: 0, to: Number.MAX_SAFE_INTEGER },
  { value: "n", help: "seed of the random numbers", fallback: 1 },
);

export const resume = switchOption({
  help: "continue a training that was stopped; the result is that of a training without a stop",
  fallback: false,
  role: "machine",
});

/** Which share of the micrographs a process does, where several processes or machines share in one job. */
export const shard = textOption({
  value: "i/n",
  help:
    "do only share i of n of the micrographs, into the same folder as the other shares. Tables are left to " +
    "`cryogem join`; the word join writes them alone",
  otherwise: "all",
  role: "machine",
});
