import { execFile, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { beforeAll, describe, expect, test } from "vitest";
import { HOW_TO_ADD } from "../src/runtime/onnx/library.js";
import { compile, input, neg } from "../src/tensor/index.js";
import { scratchFolder } from "./helpers/scratch.js";
import { writeToyMap } from "./helpers/toys/map.js";

const root = fileURLToPath(new URL("..", import.meta.url));
const dir = scratchFolder();
const home = join(dir, "elsewhere");

/** What npm tells its scripts of the project that it runs for; an installation elsewhere must not see it. */
const env = Object.fromEntries(
  Object.entries(process.env).filter(([name]) => !/^npm_(package|lifecycle|config_local_prefix)/.test(name)),
);

/** Loaded by every node process of an installation: a script that a package runs when it is installed gets no connection. */
const GUARD = `
if (/^(pre|post)?install$/.test(process.env.npm_lifecycle_event ?? "")) {
  require("node:net").Socket.prototype.connect = () => {
    console.error("an install script wanted a connection");
    process.exit(1);
  };
}
`;

interface Output {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

const run = (program: string, args: readonly string[], more: object = {}): Promise<Output> =>
  new Promise((resolve) => {
    execFile(program, args, { cwd: home, env: { ...env, ...more } }, (error, stdout, stderr) =>
      resolve({ status: error ? Number(error.code ?? 1) : 0, stdout, stderr }),
    );
  });

const hasRegistry =
  spawnSync("npm", ["view", "fflate", "version", "--fetch-retries=0", "--fetch-timeout=10000"], {
    env,
    timeout: 20_000,
  }).status === 0;

/** Folders above the temporary one in which node would find a package, up to the root of the disk. */
const above = (folder: string): readonly string[] =>
  folder === dirname(folder) ? [folder] : [folder, ...above(dirname(folder))];
const isAlone = above(dir).every((folder) => !existsSync(join(folder, "node_modules/onnxruntime-node")));

describe.skipIf(!hasRegistry)("the package, installed elsewhere (needs a package registry)", () => {
  let installed: Output;

  beforeAll(async () => {
    mkdirSync(home);
    // else npm would look for a project in the folders above
    writeFileSync(join(home, "package.json"), "{}");
    // dist/ is built already, and other tests run it: it is not built again
    const packed = await run("npm", ["pack", "--ignore-scripts", "--pack-destination", dir, root]);
    expect(packed.status, packed.stderr).toBe(0);
    const [tarball] = readdirSync(dir).filter((name) => name.endsWith(".tgz"));
    const guard = join(dir, "guard.cjs");
    writeFileSync(guard, GUARD);
    installed = await run("npm", ["install", "--prefer-offline", join(dir, tarball!)], {
      NODE_OPTIONS: `--require=${guard}`,
    });
  }, 300_000);

  const cryogem = (...args: readonly string[]): Promise<Output> =>
    run(join(home, "node_modules/.bin/cryogem"), args);

  test("npm installs it, no script wants a download, and no setting is unknown to npm", async () => {
    expect(installed.status, installed.stderr).toBe(0);
    expect(installed.stderr).not.toMatch(/unknown/i);
    expect(existsSync(join(home, "node_modules/onnxruntime-node"))).toBe(false);
  });

  test("--help and a simulation run", async () => {
    expect((await cryogem("--help")).stdout).toMatch(/^Usage: cryogem/);
    const map = writeToyMap(join(dir, "map.mrc"));
    const small = ["--map", map, "--size", "96", "--particles", "3", "--count", "2", "--out", "made"];
    const { status, stderr } = await cryogem("simulate", ...small);
    expect(status, stderr).toBe(0);
    expect((await cryogem("info", "made/micrographs/000001.mrc")).stdout).toMatch(/96/);
  });

  test("the pages that help texts name are in the package, where --help says", async () => {
    const { stdout } = await cryogem("--help");
    const [, pages] = /The pages docs\/… that help texts name lie in (.+)/.exec(stdout) ?? [];
    expect(pages).toBe(join(home, "node_modules/cryogem/docs"));
    const { stdout: mask } = await cryogem("mask", "--help");
    const [, page] = /docs\/(guide\/maps\.md)/.exec(mask) ?? [];
    expect(existsSync(join(pages!, page!))).toBe(true);
  });

  test("view has its pages in the package, and serves them", async () => {
    const { execPath } = process;
    const program = `
      import { spawn } from "node:child_process";
      const view = spawn(${JSON.stringify(join(home, "node_modules/.bin/cryogem"))}, ["view", "made"]);
      const ended = new Promise((resolve) => view.on("exit", resolve));
      let said = "";
      for await (const part of view.stderr) {
        said += part;
        const [url] = /http:\\S+/.exec(said) ?? [];
        if (url === undefined || !said.includes("Ctrl-C")) continue;
        const page = await fetch(url);
        const cookie = page.headers.get("set-cookie").split(";")[0];
        const script = await fetch(new URL("/view.js", url), { headers: { cookie } });
        console.log(JSON.stringify([page.status, script.status, (await script.text()).length]));
        view.kill("SIGTERM");
      }
      console.log(await ended);`;
    writeFileSync(join(home, "view.mjs"), program);
    const { stdout, stderr } = await run(execPath, ["view.mjs"]);
    const [answers, status] = stdout.trim().split("\n");
    expect(JSON.parse(answers ?? stderr)).toEqual([200, 200, expect.any(Number)]);
    expect(JSON.parse(answers!)[2]).toBeGreaterThan(50_000);
    expect(status).toBe("0");
  });

  const alone = "(needs a temporary folder without onnxruntime-node above it)";
  test.skipIf(!isAlone)(
    `a program finds the library, and ONNX Runtime in the package itself ${alone}`,
    async () => {
      writeFileSync(join(home, "negative.onnx"), compile({ y: neg(input("x", [1])) }).model);
      writeFileSync(
        join(home, "program.mjs"),
        `import { readFileSync } from "node:fs";
       import { electronWavelength } from "cryogem";
       import { openDevice } from "cryogem/node";
       const runtime = await openDevice({ device: "cpu", threads: 1 }, () => {});
       const session = await runtime.load(readFileSync("negative.onnx"));
       const { y } = await session.run({ x: { dtype: "float32", dims: [1], data: Float32Array.of(3) } });
       const { data } = await runtime.toHost(y);
       const native = process.report.getReport().sharedObjects.filter((path) => /onnxruntime_binding/.test(path));
       console.log(JSON.stringify({ wavelength: electronWavelength(300), y: [...data], native }));`,
      );
      const { status, stdout, stderr } = await run(process.execPath, ["program.mjs"]);
      expect(status, stderr).toBe(0);
      const { wavelength, y, native } = JSON.parse(stdout);
      expect(wavelength).toBeCloseTo(0.0197, 4);
      expect(y).toEqual([-3]);
      expect(native).toEqual([expect.stringContaining("node_modules/cryogem/dist/onnxruntime-node/bin/")]);
    },
  );

  test.skipIf(!isAlone)(`CUDA is refused with the package that brings it ${alone}`, async () => {
    writeFileSync(
      join(home, "cuda.mjs"),
      `import { openDevice } from "cryogem/node";
       await openDevice({ device: "cuda" }, () => {}).catch((error) => console.log(error.message));`,
    );
    const { stdout } = await run(process.execPath, ["cuda.mjs"]);
    expect(stdout).toContain(
      process.platform === "linux" && process.arch === "x64" ? HOW_TO_ADD : "for linux x64 only",
    );
  });

  test("licenses of what it brings along are in it", () => {
    const folder = join(home, "node_modules/cryogem/dist/onnxruntime-node");
    expect(readFileSync(join(folder, "LICENSE"), "utf8")).toMatch(/MIT License\s+Copyright \(c\) Microsoft/);
    expect(readFileSync(join(folder, "ThirdPartyNotices.txt"), "utf8").length).toBeGreaterThan(100_000);
  });
});

const read = (path: string) => JSON.parse(readFileSync(join(root, path), "utf8"));

test("the package that is named for more platforms and CUDA has the version of the one brought along", () => {
  const { version } = read("node_modules/onnxruntime-node/package.json");
  expect(HOW_TO_ADD).toContain(`onnxruntime-node@${version} `);
  expect(read("dist/onnxruntime-node/package.json").version).toBe(version);
});

test("a clone installs without the download too: npm is not told of onnxruntime-node's install script", () => {
  // npm 10 runs the scripts of packages with this mark alone; npm 11 has `allowScripts` in package.json
  const entry = read("package-lock.json").packages["node_modules/onnxruntime-node"];
  expect(entry.hasInstallScript).toBeUndefined();
  expect(read("package.json").allowScripts).toMatchObject({ "onnxruntime-node": false });
});
