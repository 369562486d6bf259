import { execFile } from "node:child_process";
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { describe, expect, test } from "vitest";
import { entries } from "../../src/cli/commands/index.js";
import { parseWords } from "../../src/cli/parse-words.js";
import { writeMrc } from "../../src/io/mrc/write.js";
import { MAIN } from "../cli/program.js";
import { scratchFolder } from "../helpers/scratch.js";
import { snapshot } from "../helpers/snapshot.js";
import { writeToyMap } from "../helpers/toys/map.js";
import { hasProgram } from "../physics/relion.js";
import { noisyMicrograph, OPTICS } from "../pick/simulated.js";

const exampleOf = (name: string): string =>
  fileURLToPath(new URL(`../../examples/workflows/${name}`, import.meta.url));

/** What each variable of an example could stand for, by its name. */
const VALUES: readonly (readonly [name: RegExp, value: string])[] = [
  [/wildcards\.share|\bshare\b/, "3"],
  [/shares/i, "16"],
  [/pixel_size/, "1.5"],
  [/count/i, "1000"],
  [/voltage/, "300"],
  [/\bcs\b/, "2.7"],
  [/cpus|threads/, "1"],
  [/./, "somewhere"],
];

/** The words of every call of cryogem, variables filled in. */
function callsIn(text: string, variable: RegExp): readonly (readonly string[])[] {
  const filled = text.replace(variable, (_, name: string) => VALUES.find(([known]) => known.test(name))![1]);
  return [...filled.matchAll(/^[ \t"]*cryogem (.*)$/gm)].map(([, line]) =>
    line!.replace(/["']/g, "").trim().split(/\s+/),
  );
}

describe.each([
  // lines that go on, and strings that stand beside each other, are one
  ["main.nf", /\$\{(.*?)\}/g, (text: string) => text.replace(/\\\n\s*/g, "")],
  ["Snakefile", /\{([\w.]+)(?::q)?\}/g, (text: string) => text.replace(/"\n\s*"/g, "")],
] as const)("%s", (name, variable, whole) => {
  test("calls commands and options that there are, a share and a join of each folder", () => {
    const calls = callsIn(whole(readFileSync(exampleOf(name), "utf8")), variable);
    const parsed = calls.map((words) => parseWords(words, { entries }));
    const shared = parsed.filter(({ options }) => options["shard"] === "3/16").map(({ spec }) => spec.name);
    expect(shared.toSorted()).toEqual(["estimate", "simulate"]);
    const joins = parsed.filter(({ spec }) => spec.name === "join");
    expect(joins).toHaveLength(2);
    expect(parsed).toHaveLength(4);
  });
});

/** Folder with raw micrographs, a map, and cryogem among the programs. */
function workshop(): { readonly dir: string; readonly environment: NodeJS.ProcessEnv } {
  const dir = scratchFolder();
  for (const name of ["raw", "bin"]) mkdirSync(join(dir, name));
  writeToyMap(join(dir, "map.mrc"));
  for (const i of [1, 2]) {
    const { data, shape } = noisyMicrograph([270, 330], 3, i).image;
    writeFileSync(
      join(dir, `raw/m${i}.mrc`),
      writeMrc({ data, shape: [1, ...shape], voxelSize: OPTICS.pixelSize }),
    );
  }
  writeFileSync(join(dir, "bin/cryogem"), `#!/bin/sh\nexec '${process.execPath}' '${MAIN}' "$@"\n`);
  chmodSync(join(dir, "bin/cryogem"), 0o755);
  return { dir, environment: { ...process.env, PATH: `${join(dir, "bin")}:${process.env["PATH"]}` } };
}

const run = promisify(execFile);

/** The same as the examples do, by one process each. */
async function whole(dir: string): Promise<void> {
  const estimate = `estimate --micrographs raw --pixel-size ${OPTICS.pixelSize} --voltage 300 --cs 2.7 --out made/estimates`;
  const simulate = "simulate --map map.mrc --estimates made/estimates --count 3 --out made/simulated";
  for (const line of [estimate, simulate])
    await run(process.execPath, [MAIN, ...line.split(" ")], { cwd: dir });
}

const settings = { shares: 2, count: 3, pixel_size: OPTICS.pixelSize };

describe.each([
  {
    engine: "snakemake",
    words: (dir: string) => [
      ...["--cores", "2", "--snakefile", exampleOf("Snakefile"), "--directory", dir, "--config"],
      ...Object.entries({ ...settings, micrographs: "raw", map: "map.mrc", out: "made" }).map((pair) =>
        pair.join("="),
      ),
    ],
  },
  {
    engine: "nextflow",
    words: (dir: string) => [
      ...["run", exampleOf("main.nf"), "-ansi-log", "false"],
      ...Object.entries({
        ...settings,
        micrographs: join(dir, "raw"),
        map: join(dir, "map.mrc"),
        out: join(dir, "made"),
      }).flatMap(([name, value]) => [`--${name}`, String(value)]),
    ],
  },
])("run by $engine", ({ engine, words }) => {
  test.skipIf(!hasProgram(engine))(
    `the folders are those of one process each (needs ${engine})`,
    async () => {
      const { dir, environment } = workshop();
      await run(engine, words(dir), { cwd: dir, env: environment });
      const one = workshop().dir;
      await whole(one);
      const [made, expected] = [dir, one].map((each) =>
        ["estimates", "simulated"].map((name) => snapshot(join(each, "made", name))),
      );
      // Nextflow's tasks are given absolute paths, which the records name
      if (engine === "snakemake") expect(made).toEqual(expected);
      else expect(made!.map(Object.keys)).toEqual(expected!.map(Object.keys));
    },
    180_000,
  );
});
