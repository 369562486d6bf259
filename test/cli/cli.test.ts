import { spawn, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { writeMrc } from "../../src/io/mrc/write.js";
import { scratchFolder } from "../helpers/scratch.js";
import { snapshot } from "../helpers/snapshot.js";
import { toyVolume, writeToyMap } from "../helpers/toys/map.js";
import { MAIN, programIn } from "./program.js";

const dir = scratchFolder();
const map = writeToyMap(join(dir, "map.mrc"));

const run = programIn(dir);
const small = ["--map", map, "--size", "96", "--particles", "3"];

describe("help", () => {
  test("--help lists the commands, and loads two files, so that it is fast", () => {
    const coverage = join(dir, "loaded");
    const env = { ...process.env, NODE_V8_COVERAGE: coverage };
    const { status, stdout } = spawnSync(process.execPath, [MAIN, "--help"], { encoding: "utf8", env });
    expect(status).toBe(0);
    for (const name of ["simulate", "extract", "potential", "info"])
      expect(stdout).toMatch(new RegExp(`^  ${name} `, "m"));
    // what V8 has seen: every module that was loaded
    const [report] = readdirSync(coverage);
    const { result } = JSON.parse(readFileSync(join(coverage, report!), "utf8"));
    const loaded = (result as { url: string }[])
      .map(({ url }) => url)
      .filter((url) => url.startsWith("file:"));
    const own = loaded.map((url) => url.replace(/^.*\/dist\//, "dist/"));
    expect(own.sort()).toEqual(["dist/cli/main.js", "dist/core/errors.js"]);
  });

  test("--help lists each command under the title of what it is for", async () => {
    const { stdout } = await run("--help");
    const titles = [...stdout.matchAll(/^(\w[\w ]+):\n {2}(\S+)/gm)].map(
      ([, title, first]) => `${title}: ${first}`,
    );
    expect(titles).toEqual([
      "Options: -V,",
      "A whole project: demo",
      "Synthetic micrographs: bin",
      "Particles: pick",
      "Maps: initial-model",
      "Clusters: join",
      "Controls and scores: control",
      "Files and other programs: export",
      "Help: help",
    ]);
  });

  test("--version is that of package.json", async () => {
    const { version } = JSON.parse(readFileSync(new URL("../../package.json", import.meta.url), "utf8"));
    expect((await run("--version")).stdout.trim()).toBe(version);
  });
});

describe("wrong usage ends with 2 and one line", () => {
  const oneLine = async (args: readonly string[], message: string): Promise<void> => {
    const { status, stderr, stdout } = await run(...args);
    expect(stderr).toContain(message);
    expect(stderr.trim().split("\n").length).toBe(1);
    expect(stderr.startsWith("error: ")).toBe(true);
    expect([status, stdout]).toEqual([2, ""]);
  };
  test.each<[string[], string]>([
    [
      ["simulate", ...small, "--out", "x", "--volltage", "200"],
      "unknown option '--volltage' (Did you mean --voltage?)",
    ],
    [["simulat"], "unknown command 'simulat' (Did you mean simulate?)"],
    [["simulate", "--out", "x"], "required option '--map <files...>' not specified"],
    [
      ["simulate", ...small, "--out", "x", "--voltage", "abc"],
      '--voltage: found "abc", expected 60 to 1000 kV',
    ],
    [
      ["simulate", ...small, "--out", "x", "--count", "0"],
      "--count: found 0, expected a whole number, 1 to 999999",
    ],
    [
      ["simulate", "--map", map, "--out", "x", "--particles", "0"],
      "--particles: found 0, expected a mean of at least 1",
    ],
    [
      ["simulate", "--map", map, "--out", "x", "--size", "12x900"],
      "--size: found 12x900, expected N or WIDTHxHEIGHT, 32 to 32768 pixels",
    ],
    [
      ["simulate", ...small, "--out", "x", "--defocus", "2,1"],
      "--defocus: found 2,1, expected 2 numbers with commas between, the lower first",
    ],
    [["simulate", ...small, "--out", "x", "--snr", "0"], "--snr: found 0, expected above 0 or inf"],
    [["simulate", ...small, "--out", "x", "--noise", "pink"], '--noise: found "pink", expected white'],
    [["simulate", ...small, "--out", "x", "--noise", "poisson"], "--noise: found no --snr"],
    [["simulate", ...small, "--out", "x", "--symmetry", "Q"], "expected C1, C2, …, D1, D2, …, T, O, I"],
    [
      ["extract", "--particles", "p.star", "--box", "8", "--out", "stack.mrc"],
      "expected a name that ends in .mrcs",
    ],
    [["info"], "missing required argument 'paths'"],
  ])("%j", async (args, message) => {
    await oneLine(args, message);
    expect(existsSync(join(dir, "x"))).toBe(false);
  });

  test("no command at all shows the help", async () => {
    const { status, stderr } = await run();
    expect(status).toBe(2);
    expect(stderr).toContain("Usage: cryogem");
  });

  test("an output of another command is refused and left as it was", async () => {
    mkdirSync(join(dir, "taken"));
    writeFileSync(join(dir, "taken/notes.txt"), "mine");
    const before = snapshot(join(dir, "taken"));
    await oneLine(
      ["simulate", ...small, "--out", "taken"],
      "taken: found a folder with other files (notes.txt)",
    );
    expect(snapshot(join(dir, "taken"))).toEqual(before);
  });

  test("other options for an existing dataset are refused, naming the difference", async () => {
    expect((await run("simulate", ...small, "--count", "1", "--out", "mine")).status).toBe(0);
    await oneLine(
      ["simulate", ...small, "--count", "2", "--out", "mine"],
      "mine: option count: found 1, expected 2",
    );
  });
});

describe("failures end with 1 and one line", () => {
  test.each<[string, () => string[], string]>([
    ["a missing map", () => ["simulate", "--map", "gone.mrc", "--out", "y"], "gone.mrc: found nothing there"],
    [
      "a folder as map",
      () => ["simulate", "--map", ".", "--out", "y"],
      ".: found a folder, expected a readable file",
    ],
    [
      "a map without voxel size",
      () => {
        const bytes = writeMrc({ ...toyVolume(), kind: "volume" });
        bytes.fill(0, 40, 52);
        writeFileSync(join(dir, "bare.mrc"), bytes);
        return ["simulate", "--map", "bare.mrc", "--out", "y"];
      },
      "bare.mrc: words 11-13 (CELLA): found [0,0,0], expected a voxel size, in the file or given beside it",
    ],
    [
      "a truncated map",
      () => {
        writeFileSync(join(dir, "cut.mrc"), readFileSync(map).subarray(0, 5000));
        return ["simulate", "--map", "cut.mrc", "--out", "y"];
      },
      "cut.mrc: file size: found 5000, expected 187648 bytes",
    ],
    [
      "a file where a folder should be",
      () => {
        writeFileSync(join(dir, "notes.txt"), "mine");
        return ["simulate", ...small, "--out", "notes.txt"];
      },
      "notes.txt: found a file where a folder",
    ],
    [
      "a missing STAR file",
      () => ["extract", "--particles", "p.star", "--box", "8", "--out", "s.mrcs"],
      "p.star: found nothing",
    ],
    [
      "info of nothing",
      () => ["info", "nowhere"],
      "nowhere: found nothing there, expected a file or a folder",
    ],
  ])("%s", async (_name, args, message) => {
    const { status, stderr } = await run(...args());
    expect(stderr).toContain(message);
    expect(stderr.trim().split("\n").length).toBe(1);
    expect(status).toBe(1);
    expect(existsSync(join(dir, "y"))).toBe(false);
  });
});

describe("--json", () => {
  const parse = (stdout: string): Record<string, unknown>[] =>
    stdout
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line));

  test("every line of standard output is an object, the last one the result", async () => {
    const { status, stdout, stderr } = await run(
      "simulate",
      ...small,
      "--count",
      "2",
      "--out",
      "json",
      "--json",
    );
    const lines = parse(stdout);
    expect(lines.at(-1)).toEqual({ type: "result", out: "json", micrographs: 2, particles: 6 });
    expect(lines.filter(({ type }) => type === "progress").at(-1)).toMatchObject({
      stage: "simulate",
      done: 2,
      total: 2,
    });
    expect([status, stderr]).toEqual([0, ""]);
  });

  test("errors too", async () => {
    expect(parse((await run("info", "nowhere", "--json")).stdout)).toEqual([
      { type: "error", code: "E_FILE", message: "nowhere: found nothing there, expected a file or a folder" },
    ]);
    expect(parse((await run("info", "--colour", "--json")).stdout)[0]).toMatchObject({
      type: "error",
      code: "E_USAGE",
    });
  });
});

test("info shows a screenful; a closed pipe is no failure", async () => {
  const { stdout } = await run("info", "map.mrc");
  expect(stdout).toContain("volume of 36 x 36 x 36 voxels");
  expect(stdout.split("\n").length).toBeLessThan(24);
  spawnSync("sh", ["-c", `"${process.execPath}" "${MAIN}" info map.mrc map.mrc 2>err.txt | head -c 0`], {
    cwd: dir,
  });
  expect(readFileSync(join(dir, "err.txt"), "utf8")).toBe("");
});

describe("interrupted", () => {
  test.each([
    ["SIGINT", "1"],
    ["SIGTERM", "2"],
  ] as const)(
    "%s with %s workers ends with 130, nothing half-written; run again, the result is whole",
    async (signal, workers) => {
      const args = ["simulate", ...small, "--count", "16", "--size", "320", "--workers", workers];
      const whole = `whole-${signal}`;
      expect((await run(...args, "--out", whole)).status).toBe(0);

      const out = `stopped-${signal}`;
      const child = spawn(process.execPath, [MAIN, ...args, "--out", out, "--json"], { cwd: dir });
      let stderr = "";
      child.stderr.on("data", (chunk) => {
        stderr += String(chunk);
      });
      let isTold = false;
      child.stdout.on("data", (chunk) => {
        // once: a second signal ends the program at once
        if (isTold || !/"done":[1-5],/.test(String(chunk))) return;
        isTold = child.kill(signal);
      });
      const code = await new Promise((resolve) => child.on("close", resolve));
      expect(stderr).toContain("interrupted: run the same command again to continue");
      expect(code).toBe(130);
      const names = Object.keys(snapshot(join(dir, out)));
      expect(names.filter((name) => name.includes("partial"))).toEqual([]);
      expect(names).not.toContain("dataset.json");

      expect((await run(...args, "--out", out)).status).toBe(0);
      expect(snapshot(join(dir, out))).toEqual(snapshot(join(dir, whole)));
    },
  );
});
