import { execFileSync } from "node:child_process";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { FileError } from "../../src/core/errors.js";
import { nodeFiles } from "../../src/runtime/files.js";
import { existingFile, expandInputs, isFolder } from "../../src/runtime/inputs.js";
import { scratchFolder } from "../helpers/scratch.js";

const dir = scratchFolder();
const at = (...parts: string[]): string => join(dir, ...parts);

test("write makes parent folders, leaves only the file, and replaces an older one", async () => {
  await nodeFiles.write(at("a/b/c.txt"), "first");
  await nodeFiles.write(at("a/b/c.txt"), Uint8Array.of(111, 107));
  expect(readdirSync(at("a/b"))).toEqual(["c.txt"]);
  expect(readFileSync(at("a/b/c.txt"), "utf8")).toBe("ok");
});

test("a write that fails half way leaves the old file and nothing aside", async () => {
  await nodeFiles.write(at("whole/data.bin"), "old");
  async function* pieces(): AsyncGenerator<Uint8Array> {
    yield Uint8Array.of(1, 2, 3);
    throw new Error("the source broke");
  }
  await expect(nodeFiles.write(at("whole/data.bin"), pieces())).rejects.toThrow("the source broke");
  expect(readdirSync(at("whole"))).toEqual(["data.bin"]);
  expect(readFileSync(at("whole/data.bin"), "utf8")).toBe("old");
});

test("write takes pieces as they come, append adds, readRange cuts at the end of the file", async () => {
  async function* pieces(): AsyncGenerator<Uint8Array> {
    yield Uint8Array.of(97, 98);
    yield Uint8Array.of(99);
  }
  await nodeFiles.write(at("abc.txt"), pieces());
  await nodeFiles.append(at("abc.txt"), "def");
  expect(await nodeFiles.size(at("abc.txt"))).toBe(6);
  expect(new TextDecoder().decode(await nodeFiles.readRange(at("abc.txt"), 1, 4))).toBe("bcd");
  expect(new TextDecoder().decode(await nodeFiles.readRange(at("abc.txt"), 4, 99))).toBe("ef");
});

test("sha256 is that of FIPS 180-2's example", async () => {
  await nodeFiles.write(at("fips.txt"), "abc");
  expect(await nodeFiles.sha256(at("fips.txt"))).toBe(
    "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
  );
});

test("the version of a file changes with its content, even where size and time of writing are as before", async () => {
  const path = at("version.txt");
  await nodeFiles.write(path, "abc");
  const before = await nodeFiles.version(path);
  expect(await nodeFiles.version(path)).toBe(before);
  const { atime, mtime } = statSync(path);
  writeFileSync(path, "abd");
  utimesSync(path, atime, mtime);
  expect(await nodeFiles.version(path)).not.toBe(before);
});

test.each([
  ["read", () => nodeFiles.read(at("none.mrc")), "none.mrc: found nothing there, expected a readable file"],
  ["size", () => nodeFiles.size(at("none.mrc")), "none.mrc: found nothing there, expected a readable file"],
  ["read a folder", () => nodeFiles.read(dir), "found a folder, expected a readable file"],
  ["size of a folder", () => nodeFiles.size(dir), "found a folder, expected a readable file"],
  ["list nothing", () => nodeFiles.list(at("none")), "none: found nothing there, expected a folder"],
  [
    "sha256",
    () => nodeFiles.sha256(at("none.mrc")),
    "none.mrc: found nothing there, expected a readable file",
  ],
])("%s: a refusal is a FileError that names the path", async (_name, action, message) => {
  await expect(action()).rejects.toThrow(FileError);
  await expect(action()).rejects.toThrow(message);
});

test("a file where a folder should be is said so, for reading and for writing", async () => {
  writeFileSync(at("plain"), "");
  await expect(nodeFiles.list(at("plain"))).rejects.toThrow("found a file where a folder should be");
  await expect(nodeFiles.write(at("plain/x.txt"), "")).rejects.toThrow(
    "found a file where a folder should be, expected a writable place",
  );
});

test.skipIf(process.getuid?.() === 0)("no permission is said so (needs another user than root)", async () => {
  mkdirSync(at("closed"));
  chmodSync(at("closed"), 0o500);
  await expect(nodeFiles.write(at("closed/x"), "")).rejects.toThrow("found no permission");
  expect(existsSync(at("closed/x"))).toBe(false);
});

test("a pipe or a device is refused, in place of waiting for it or reading without end", async () => {
  execFileSync("mkfifo", [at("pipe")]);
  for (const [path, what] of [
    [at("pipe"), "pipe"],
    ["/dev/zero", "/dev/zero"],
  ] as const) {
    for (const action of [
      () => nodeFiles.read(path),
      () => nodeFiles.readRange(path, 0, 10),
      () => nodeFiles.size(path),
      () => nodeFiles.sha256(path),
      () => expandInputs([path], kind),
      () => existingFile(path, "density map"),
    ]) {
      await expect(action()).rejects.toThrow(`${what}: found a pipe or a device, expected a `);
    }
  }
}, 5_000);

const kind = { what: "micrograph", extensions: [".mrc", ".png"] };

test("inputs: folders in order of their numbers, globs, files by name, each once", async () => {
  for (const name of [
    "m10.mrc",
    "m2.mrc",
    "m1.MRC",
    "notes.txt",
    ".m0.mrc",
    "sub/m3.png",
    "sub/deep/m4.mrc",
  ]) {
    await nodeFiles.write(at("in", name), "");
  }
  const names = async (...patterns: string[]): Promise<string[]> =>
    (
      await expandInputs(
        patterns.map((pattern) => at("in", pattern)),
        kind,
      )
    ).map((path) => path.slice(dir.length + 4));
  expect(await names("")).toEqual(["m1.MRC", "m2.mrc", "m10.mrc"]);
  expect(await names("m?.mrc", "m10.mrc", "m2.mrc")).toEqual(["m2.mrc", "m10.mrc"]);
  expect(await names("m[13-9]*")).toEqual(["m1.MRC", "m10.mrc"]);
  expect(await names("**/*.mrc")).toEqual(["m2.mrc", "m10.mrc", "sub/deep/m4.mrc"]);
  expect(await names("s*/m3.png", "notes.txt")).toEqual(["sub/m3.png", "notes.txt"]);
});

test("inputs: a glob takes linked files, each once, and is not led around by a link to a folder above", async () => {
  await nodeFiles.write(at("linked/real/m1.mrc"), "");
  await nodeFiles.write(at("linked/real/m2.mrc"), "");
  await nodeFiles.write(at("elsewhere/m3.mrc"), "");
  symlinkSync("..", at("linked/real/up"));
  symlinkSync("../elsewhere/m3.mrc", at("linked/m3.mrc"));
  symlinkSync("itself.mrc", at("linked/itself.mrc"));
  const found = async (pattern: string): Promise<string[]> =>
    (await expandInputs([at("linked", pattern)], kind)).map((path) => path.slice(at("linked").length + 1));
  expect(await found("**/*.mrc")).toEqual(["m3.mrc", "real/m1.mrc", "real/m2.mrc"]);
  expect(await found("*.mrc")).toEqual(["m3.mrc"]);
  expect(await found("real/m{2,7}.mrc")).toEqual(["real/m2.mrc"]);
});

test("a link that leads back to itself is said to be one, wherever it is met", async () => {
  const path = at("linked/itself.mrc");
  for (const action of [
    () => nodeFiles.read(path),
    () => nodeFiles.size(path),
    () => nodeFiles.exists(path),
    () => nodeFiles.write(`${path}/a`, ""),
    () => expandInputs([path], kind),
    () => existingFile(path, "density map"),
    () => isFolder(path),
  ]) {
    await expect(action()).rejects.toThrow(FileError);
    await expect(action()).rejects.toThrow(
      /itself\.mrc(\/a)?: found a link that leads back to itself, expected a /,
    );
  }
});

test("inputs: nothing there, an empty folder and a glob without a match are refused, naming what was sought", async () => {
  mkdirSync(at("empty"));
  await expect(expandInputs([at("gone.mrc")], kind)).rejects.toThrow(
    "gone.mrc: found nothing there, expected a micrograph, a folder or a glob",
  );
  await expect(expandInputs([at("empty")], kind)).rejects.toThrow(
    "empty: found a folder with none, expected at least one micrograph (.mrc, .png)",
  );
  await expect(expandInputs([at("empty/*.mrc")], kind)).rejects.toThrow(
    "*.mrc: found no match, expected at least one micrograph",
  );
  await expect(existingFile(at("empty"), "density map")).rejects.toThrow(
    "empty: found a folder, expected a density map",
  );
  await expect(existingFile(at("gone"), "density map")).rejects.toThrow("found nothing there");
  expect(await isFolder(at("empty"))).toBe(true);
});

test("a folder that is a link to nothing is said to be one", async () => {
  symlinkSync("nowhere", at("dangling"));
  for (const action of [
    () => nodeFiles.write(at("dangling/x"), "text"),
    () => nodeFiles.append(at("dangling/y/x"), "text"),
    () => nodeFiles.lock(at("dangling/.lock")),
    () => nodeFiles.tryWriting(at("dangling/x")),
  ]) {
    await expect(action()).rejects.toThrow(/dangling: found a link to nothing, expected a writable place$/);
  }
});

test("a place where the system makes no folder is refused at once", async () => {
  // Node's recursive mkdir never comes back from here
  await expect(nodeFiles.write("/proc/cryogem/x/file", "text")).rejects.toThrow(FileError);
  await expect(nodeFiles.lock("/proc/cryogem/.lock")).rejects.toThrow(FileError);
}, 5_000);

test("folders are made by several writers at once, and a file in the way is said", async () => {
  const paths = Array.from({ length: 20 }, (_, i) => at("many/deep/er/still", `${i}.txt`));
  await Promise.all(paths.map((path) => nodeFiles.write(path, "text")));
  expect(readdirSync(at("many/deep/er/still"))).toHaveLength(20);
  await nodeFiles.write(at("in-the-way"), "a file");
  await expect(nodeFiles.write(at("in-the-way/x/y"), "text")).rejects.toThrow(
    /a file where a folder should be/,
  );
});
