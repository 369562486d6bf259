import { existsSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { inClaimedFolder } from "../../../src/jobs/shared/claim-folder.js";
import { nodeFiles } from "../../../src/runtime/files.js";
import { scratchFolder } from "../../helpers/scratch.js";

const dir = scratchFolder();
const CLAIM = { holds: "estimates", marks: ["estimates.json"] };
const inFolder = (name: string, work: () => Promise<unknown>, claim = CLAIM) =>
  inClaimedFolder(nodeFiles, join(dir, name), claim, work);
const write = (name: string) => nodeFiles.write(join(dir, name), "x");

test("a finished folder holds the results alone, and may be worked in again", async () => {
  await inFolder("fresh", () => write("fresh/estimates.json"));
  expect(readdirSync(join(dir, "fresh"))).toEqual(["estimates.json"]);
  await inFolder("fresh", () => write("fresh/more.json"));
  expect(readdirSync(join(dir, "fresh"))).toEqual(["estimates.json", "more.json"]);
});

test("work that stopped after any first file goes on; another kind of job is refused with both names", async () => {
  const stop = async () => {
    await write("stopped/ctf/first.png");
    throw new Error("killed");
  };
  await expect(inFolder("stopped", stop)).rejects.toThrow("killed");
  await expect(inFolder("stopped", async () => {}, { holds: "picks", marks: [] })).rejects.toThrow(
    "stopped: found unfinished estimates, expected a new or empty folder, or picks to continue",
  );
  await inFolder("stopped", () => write("stopped/estimates.json"));
  expect(readdirSync(join(dir, "stopped"))).toEqual(["ctf", "estimates.json"]);
});

test("a folder into which nothing was written is given up again, and goes if it is new", async () => {
  mkdirSync(join(dir, "empty"));
  await expect(inFolder("empty", () => Promise.reject(new Error("no such map")))).rejects.toThrow(
    "no such map",
  );
  expect(readdirSync(join(dir, "empty"))).toEqual([]);
  await expect(inFolder("none", () => Promise.reject(new Error("no such map")))).rejects.toThrow(
    "no such map",
  );
  expect(existsSync(join(dir, "none"))).toBe(false);
});

test("files of others are left alone", async () => {
  mkdirSync(join(dir, "thesis"));
  writeFileSync(join(dir, "thesis/chapter-1.tex"), "");
  await expect(inFolder("thesis", () => write("thesis/estimates.json"))).rejects.toThrow(
    "thesis: found a folder with other files (chapter-1.tex), expected a new or empty folder, or estimates to continue",
  );
  expect(readdirSync(join(dir, "thesis"))).toEqual(["chapter-1.tex"]);
});

test("what a killed process had written aside does not block the folder, and goes", async () => {
  mkdirSync(join(dir, "killed/ctf"), { recursive: true });
  writeFileSync(join(dir, "killed/.cryogem-claim"), "estimates\n");
  writeFileSync(join(dir, "killed/.estimates.json.12.0.partial"), "");
  writeFileSync(join(dir, "killed/ctf/.a.png.12.0.partial"), "");
  await inFolder("killed", () => write("killed/estimates.json"));
  expect(readdirSync(join(dir, "killed"), { recursive: true }).sort()).toEqual(["ctf", "estimates.json"]);
});

test("two at once: the second names the first and writes nothing", async () => {
  let finish = (): void => {};
  let begun = (): void => {};
  const hasBegun = new Promise<void>((resolve) => {
    begun = resolve;
  });
  const first = inFolder("two", () => {
    begun();
    return new Promise<void>((resolve) => {
      finish = resolve;
    });
  });
  await hasBegun;
  await expect(inFolder("two", () => write("two/estimates.json"))).rejects.toThrow(
    new RegExp(`two: found process ${process.pid} of .* at work in it`),
  );
  finish();
  await first;
  expect(existsSync(join(dir, "two"))).toBe(false);
});
