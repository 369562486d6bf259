import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { type Browser, chromium } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import * as library from "../../src/index.js";
import { chromiumPath } from "../helpers/machine/chromium.js";

const file = (path: string): string => fileURLToPath(new URL(`../../${path}`, import.meta.url));

/** A chain of the bundled model, without the operators of its shell. */
const model = readFileSync(file("examples/apoferritin-10146/2za7.pdb"), "utf8")
  .split("\n")
  .filter((line) => line.startsWith("ATOM"))
  .join("\n");

/** A small micrograph of a model's text, by the library that is handed over: what it is made of, in numbers. */
function simulate(cryogem: typeof library, pdb: string) {
  const atoms = cryogem.selectAtoms(cryogem.readPdb(pdb, "model.pdb").atoms);
  const map = cryogem.potentialMap(atoms, { voxelSize: 4, box: 32, resolution: 9 });
  const random = cryogem.Random.of(1, "browser");
  const shape = [120, 160] as const;
  const diameter = cryogem.mapDiameter(map);
  const specimen = cryogem.drawSpecimen(
    { shape, pixelSize: 4, count: { mean: 12, standardDeviation: 0 }, structures: [{ diameter }] },
    random,
  );
  const { clean, mask, particles } = cryogem.simulateMicrograph({
    ...{ shape, particles: specimen.particles, projectors: [cryogem.prepareProjector(map)] },
    optics: { pixelSize: 4, voltage: 300, sphericalAberration: 2.7, amplitudeContrast: 0.1 },
    defocus: { defocusU: 15_000, defocusV: 14_500, defocusAngle: 20, phaseShift: 0 },
  });
  const noisy = cryogem.addNoise(clean, { kind: "gaussian", snr: 0.1 }, random);
  return {
    atoms: atoms.length,
    places: particles.map(({ x, y }) => [x, y]),
    statistics: [
      ...[clean, noisy, mask].flatMap(({ data }) => [cryogem.mean(data), cryogem.standardDeviation(data)]),
      diameter,
      cryogem.quantile(noisy.data, 0.01),
      cryogem.quantile(noisy.data, 0.99),
    ],
  };
}

const bundle = await build({
  entryPoints: [file("src/index.ts")],
  ...{ bundle: true, platform: "browser", format: "iife", globalName: "cryogem" },
  ...{ write: false, metafile: true, logLevel: "silent" },
});

test("a bundle for browsers holds no module of Node.js and nothing native", () => {
  // esbuild refuses modules of Node.js for this platform: getting here is most of the test
  const inputs = Object.keys(bundle.metafile.inputs);
  expect(inputs.filter((path) => /node:|onnxruntime|src\/(runtime|cli)\//.test(path))).toEqual([]);
  expect(inputs).toContain("src/physics/micrograph/micrograph.ts");
});

describe.skipIf(!chromiumPath)("in headless Chromium (needs Debian's package chromium)", () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await chromium.launch({ executablePath: chromiumPath!, args: ["--no-sandbox"] });
  }, 120_000);
  afterAll(() => browser?.close());

  test("a micrograph of a PDB text has the places and the statistics that it has in Node.js", async () => {
    const page = await browser.newPage();
    const complaints: string[] = [];
    page.on("pageerror", (error) => complaints.push(error.message));
    page.on("console", (message) => complaints.push(message.text()));
    await page.addScriptTag({ content: bundle.outputFiles[0]!.text });
    const there = (await page.evaluate(
      `(${simulate.toString()})(cryogem, ${JSON.stringify(model)})`,
    )) as ReturnType<typeof simulate>;
    const here = simulate(library, model);
    expect(complaints).toEqual([]);
    expect(there.atoms).toBe(here.atoms);
    expect(there.places).toEqual(here.places);
    expect(there.statistics).toEqual(here.statistics);
    expect(here.places.length).toBe(12);
  });
});
