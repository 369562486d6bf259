import { execFile } from "node:child_process";
import { cpSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { beforeAll, describe, expect, test } from "vitest";
import { scratchFolder } from "../helpers/scratch.js";

const root = fileURLToPath(new URL("../..", import.meta.url));
const at = scratchFolder();
const run = promisify(execFile);

/** The programs of docs/reference/library.md, in their order. */
const programs = [
  ...readFileSync(join(root, "docs/reference/library.md"), "utf8").matchAll(/^```ts\n(.*?)^```$/gms),
].map(([, text]) => text!);

/** What each of them says, as far as it is known beforehand. */
const SAYS = [
  /^\d+ atoms, 135 angstrom across$/m,
  /^$/,
  /^(-?\d+ -?\d+( -?\d+\.\d+){3}\n){8,16}$/,
  /^2 micrographs\n([12] \d+ \d+\n){10,}$/,
  /^standard deviation 1\.0\d$/m,
  /^AUPRC 0\.\d+, \d+ of \d+ found$/m,
  /^\d+ particles, first tilt \d+\.\d+$/m,
  /^\d+\.\d+ angstrom at 0\.143$/m,
  /^60 100 0 0\n160 100 0 0\n260 100 -0\.75 0\n$/,
];

/** A project of a stranger: the built package, its types, and nothing of the sources. */
beforeAll(async () => {
  cpSync(join(root, "examples/apoferritin-10146"), at, { recursive: true });
  mkdirSync(join(at, "node_modules/@types"), { recursive: true });
  symlinkSync(root, join(at, "node_modules/cryogem"));
  symlinkSync(join(root, "node_modules/@types/node"), join(at, "node_modules/@types/node"));
  writeFileSync(join(at, "package.json"), JSON.stringify({ type: "module" }));
  writeFileSync(
    join(at, "tsconfig.json"),
    JSON.stringify({
      compilerOptions: {
        strict: true,
        module: "NodeNext",
        target: "ES2022",
        types: ["node"],
        skipLibCheck: true,
        noUnusedLocals: true,
      },
    }),
  );
  programs.forEach((text, i) => {
    writeFileSync(join(at, `program-${i + 1}.ts`), text);
  });
  const compiler = join(root, "node_modules/typescript/bin/tsc");
  // the compiler's complaints stand in its output
  await run(process.execPath, [compiler, "-p", at]).catch(({ stdout }) => expect(stdout).toBe(""));
}, 300_000);

describe("the programs of docs/reference/library.md compile against the built package and run", () => {
  test.each(SAYS.map((says, i) => [i + 1, says] as const))("program %i", async (number, says) => {
    const { stdout } = await run(process.execPath, [`program-${number}.js`], { cwd: at });
    expect(stdout).toMatch(says);
  });

  test("there are no others", () => {
    expect(programs.length).toBe(SAYS.length);
  });
});
