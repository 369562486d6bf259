import { execFile } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { describe, expect, test } from "vitest";
import { readMrc } from "../../../src/io/mrc/read.js";
import { exportMap } from "../../../src/jobs/view/export.js";
import type { ExportedView } from "../../../src/jobs/view/records.js";
import { nodeFiles } from "../../../src/runtime/files.js";
import { commandOf, type Knobs } from "../../../viewer/make/knobs.js";
import { Model } from "../../../viewer/make/model.js";
import { MAIN } from "../../cli/program.js";
import { scratchFolder } from "../../helpers/scratch.js";
import { writeToyMap } from "../../helpers/toys/map.js";

const dir = scratchFolder();
const map = writeToyMap(join(dir, "toy.mrc"));

const KNOBS: Knobs = {
  map,
  ...{ pixelSize: 4, particles: 40, collapseRatio: 1, clustering: 0, defocus: 15_000, depth: 0, bFactor: 0 },
  ...{
    iceGradient: 0,
    isPreferred: false,
    rot: 0,
    tilt: 0,
    halfAngle: 20,
    noise: "white",
    snr: 0.1,
    dose: 40,
    model: "",
    signal: 1,
    seed: 1,
  },
};

test.each<readonly [string, Partial<Knobs>]>([
  ["as they are at first", {}],
  [
    "all of them turned",
    {
      ...{
        pixelSize: 5,
        particles: 30,
        collapseRatio: 0.7,
        clustering: 0.5,
        defocus: 22_250,
        depth: 600,
        bFactor: 90,
      },
      ...{
        iceGradient: 0.4,
        isPreferred: true,
        rot: 30,
        tilt: 75,
        halfAngle: 15,
        noise: "poisson",
        snr: 0.25,
        dose: 30,
      },
      seed: 7,
    },
  ],
  ["without noise", { noise: "none" }],
])("the command that a page writes makes the page's picture: knobs %s", async (_, turned) => {
  const knobs = { ...KNOBS, ...turned };
  const model = await Model.of(readFileSync(map), "toy.mrc");
  const made = model.make(knobs);
  const [program, ...args] = commandOf(knobs, model).split(" ");
  expect(program).toBe("cryogem");
  const out = join(dir, `out-${knobs.seed}-${knobs.noise}`);
  const more = args.map((arg) => (arg === "simulated" ? out : arg));
  await promisify(execFile)(process.execPath, [MAIN, ...more, "--mode", "float32", "--workers", "1"]);
  const { data } = readMrc(readFileSync(join(out, "micrographs/000001.mrc")), "made");
  expect(made.data.length).toBe(512 * 512);
  expect(made.data).toEqual(data);
  expect(made.x.length).toBeGreaterThan(20);
});

test("a map's name stands in the command as a shell takes it", async () => {
  const of = (name: string): string => commandOf({ ...KNOBS, map: name }, { voxelSize: 4 });
  expect(of("a b'c.mrc")).toContain(`--map 'a b'\\''c.mrc' --out`);
  expect(of("maps/a-1.mrc")).toContain("--map maps/a-1.mrc --out");
});

describe("an exported page", () => {
  const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
  const pages = {
    pages: new Map([
      ["index.html", bytes('<body><div id="view"></div></body>')],
      ["view.js", bytes("1")],
      ["learned.js", bytes("2")],
    ]),
    learned: ["learned.js"],
  };

  const markup = (about: ExportedView): string =>
    JSON.stringify(about).replaceAll(">", "&gt;").replaceAll("<", "&lt;").replaceAll('"', "&quot;");

  test("is the pages, the map as it is, and a name that is no markup", async () => {
    const out = join(dir, "page");
    const named = writeToyMap(join(dir, 'a"><b>.mrc'));
    const written = await exportMap([named], out, pages, nodeFiles);
    expect(written).toEqual(["view.js", "map.mrc", "index.html"].map((name) => join(out, name)));
    expect(readFileSync(join(out, "map.mrc"))).toEqual(readFileSync(named));
    expect(readFileSync(join(out, "index.html"), "utf8")).toBe(
      `<body><div id="view" data-exported="${markup({ map: "map.mrc", name: 'a"><b>.mrc', translators: [] })}"></div></body>`,
    );
  });

  test("needs one map", async () => {
    const out = join(dir, "none");
    await expect(exportMap([map, map], out, pages, nodeFiles)).rejects.toThrow(
      /found 2 files and folders that are no models, expected one/,
    );
    await expect(exportMap([MAIN], out, pages, nodeFiles)).rejects.toThrow(/main\.js/);
    expect(existsSync(out)).toBe(false);
  });
});
