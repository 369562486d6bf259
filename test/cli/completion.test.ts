import { spawnSync } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { entries } from "../../src/cli/commands/index.js";
import { completionScript } from "../../src/cli/completion.js";
import { manPage } from "../../src/cli/man-page.js";
import { flagName } from "../../src/jobs/shared/options/option.js";
import { scratchFolder } from "../helpers/scratch.js";

const dir = scratchFolder();
writeFileSync(join(dir, "picture.mrc"), "");
mkdirSync(join(dir, "folder"));

const specs = entries.map(({ spec }) => spec);
const has = (program: string, ...args: readonly string[]): boolean => spawnSync(program, args).status === 0;

/** Standard output of a shell that has read its script and then runs `code`. */
function shell(name: "bash" | "fish", code: string): string {
  const file = join(dir, `completion.${name}`);
  writeFileSync(file, completionScript(name, specs));
  const { stdout, stderr } = spawnSync(
    name,
    [...(name === "bash" ? ["--norc"] : []), "-c", `source ${file}\n${code}`],
    {
      cwd: dir,
      encoding: "utf8",
      env: { ...process.env, HOME: dir },
    },
  );
  expect(stderr).toBe("");
  return stdout;
}

/** What bash offers for the last of the words. Files are bash's own doing, where the script offers nothing and leaves them on. */
function bash(...words: readonly string[]): { readonly words: readonly string[]; readonly files: boolean } {
  const line = words.map((word) => `'${word}'`).join(" ");
  // outside a completion `compopt` has no option to change, so it is recorded
  const out = shell(
    "bash",
    `compopt() { echo no-files; }
     COMP_WORDS=(${line}) COMP_CWORD=${words.length - 1}; _cryogem; printf '%s\\n' "\${COMPREPLY[@]}"`,
  );
  const said = out.split("\n").filter((each) => each !== "");
  return { words: said.filter((each) => each !== "no-files"), files: !said.includes("no-files") };
}

/** What fish offers after a line, without descriptions. */
const fish = (line: string): readonly string[] =>
  shell("fish", `complete -C '${line}'`)
    .split("\n")
    .filter((each) => each !== "")
    .map((each) => each.split("\t")[0]!);

describe("bash", () => {
  test("commands, by their first and second word", () => {
    const first = new Set(specs.map(({ name }) => name.split(" ")[0]));
    expect(new Set(bash("cryogem", "").words)).toEqual(new Set([...first, "help"]));
    expect(bash("cryogem", "simul")).toEqual({ words: ["simulate"], files: false });
    const picks = specs.filter(({ name }) => name.startsWith("pick ")).map(({ name }) => name.split(" ")[1]);
    expect(bash("cryogem", "pick", "").words).toEqual(picks);
    expect(bash("cryogem", "help", "extr").words).toEqual(["extract"]);
  });

  test.each(specs.map((spec) => [spec.name, spec] as const))("the options of %s", (name, { options }) => {
    const offered = bash("cryogem", ...name.split(" "), "--").words;
    for (const [each, { positional, offers }] of Object.entries(options)) {
      const flag = `--${offers === "off" ? "no-" : ""}${flagName(each)}`;
      expect(offered.includes(flag)).toBe(!positional);
    }
    expect(offered).toEqual(expect.arrayContaining(["--json", "--help"]));
  });

  test("values: the words of a choice, files for a path, nothing for a number", () => {
    expect(bash("cryogem", "train", "--device", "")).toEqual({
      words: ["cpu", "webgpu", "cuda", "auto"],
      files: false,
    });
    expect(bash("cryogem", "pick", "run", "--model", "")).toEqual({ words: [], files: true });
    expect(bash("cryogem", "info", "")).toEqual({ words: [], files: true });
    expect(bash("cryogem", "simulate", "--voltage", "")).toEqual({ words: [], files: false });
    expect(bash("cryogem", "completion", "f").words).toEqual(["fish"]);
  });
});

describe.skipIf(!has("fish", "--version"))("fish (needs fish)", () => {
  test("commands, options and values", () => {
    expect(fish("cryogem simul")).toEqual(["simulate"]);
    expect([...fish("cryogem pick ")].sort()).toEqual(["run", "score", "train"]);
    expect(fish("cryogem simulate --volt")).toEqual(["--voltage"]);
    expect([...fish("cryogem train --device ")].sort()).toEqual(["auto", "cpu", "cuda", "webgpu"]);
    expect(fish("cryogem info pic")).toEqual(["picture.mrc"]);
    expect(fish("cryogem simulate --map ")).toEqual(expect.arrayContaining(["picture.mrc", "folder/"]));
  });
});

describe.skipIf(!has("zsh", "--version"))("zsh (needs zsh)", () => {
  test("offers the same words as bash", () => {
    const file = join(dir, "completion.zsh");
    writeFileSync(file, completionScript("zsh", specs));
    // the builtins of a completion, recorded: there is no line to complete here
    const zsh = (...words: readonly string[]): string => {
      const line = words.map((word) => `'${word}'`).join(" ");
      const code = `compdef() { : }; compadd() { shift; print -l -- "$@" }; _files() { print FILES }
        source ${file}; words=(${line}); CURRENT=${words.length}; _cryogem`;
      const { stdout, stderr } = spawnSync("zsh", ["-f", "-c", code], { encoding: "utf8" });
      expect(stderr).toBe("");
      return stdout.trim();
    };
    expect(zsh("cryogem", "").split("\n")).toEqual(bash("cryogem", "").words);
    expect(zsh("cryogem", "pick", "").split("\n")).toEqual(bash("cryogem", "pick", "").words);
    expect(zsh("cryogem", "pick", "run", "--").split("\n")).toEqual(
      bash("cryogem", "pick", "run", "--").words,
    );
    expect(zsh("cryogem", "train", "--device", "").split("\n")).toEqual(["cpu", "webgpu", "cuda", "auto"]);
    expect(zsh("cryogem", "info", "")).toBe("FILES");
  });
});

describe("man page", () => {
  const page = readFileSync(new URL("../../docs/reference/cryogem.1", import.meta.url), "utf8");

  test("docs/reference/cryogem.1 is as the declarations have it: `npm run docs` writes it", () => {
    expect(page).toBe(manPage(entries));
  });

  test.skipIf(!has("man", "--version"))(
    "man shows every command and option without a complaint (needs man)",
    () => {
      const file = join(dir, "cryogem.1");
      writeFileSync(file, page);
      const env = { ...process.env, MANWIDTH: "200", MAN_KEEP_FORMATTING: "", LC_ALL: "C" };
      const args = ["--warnings", "-P", "cat", "-l", file];
      const { stdout, stderr } = spawnSync("man", args, { encoding: "utf8", env });
      expect(stderr).toBe("");
      for (const { name, options } of specs) {
        expect(stdout).toContain(`cryogem ${name}\n`);
        for (const [each, { positional }] of Object.entries(options)) {
          if (!positional) expect(stdout).toContain(flagName(each));
        }
      }
    },
  );
});
