import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { writeSafetensors } from "../../../src/io/safetensors.js";
import { writeArrays } from "../../../src/jobs/shared/models/model-files.js";
import { exportMap } from "../../../src/jobs/view/export.js";
import type { TranslatorsView } from "../../../src/jobs/view/records.js";
import { nodeFiles } from "../../../src/runtime/files.js";
import { resolveDiffusion } from "../../../src/translate/diffusion/options.js";
import { encodeModel, type ModelDescription } from "../../../src/translate/model.js";
import { scratchFolder } from "../../helpers/scratch.js";
import { writeToyMap } from "../../helpers/toys/map.js";
import { type Served, serve } from "../../helpers/view/server.js";

const dir = scratchFolder();
const at = (name: string): string => join(dir, name);
let served: Served;

async function writeModel(path: string, more: Partial<ModelDescription> = {}): Promise<void> {
  const record: ModelDescription = {
    ...{ program: "cryogem 9.9.9", translator: "gaussian", pixelSize: 3, dose: 40, step: 0 },
    ...{ contrast: { mean: 0, deviation: 1 }, ...more },
  };
  const noise = { deviation: 2, cleanDeviation: 1 };
  await writeArrays(nodeFiles, at(path), encodeModel({ record, noise, parameters: new Map() }));
}

function write(path: string, content: string | Uint8Array): void {
  mkdirSync(dirname(at(path)), { recursive: true });
  writeFileSync(at(path), content);
}

const picker = writeSafetensors([], {
  cryogem: JSON.stringify({ format: "cryogem-picker", formatVersion: 1 }),
});

beforeAll(async () => {
  await writeModel("project/models/one/model.safetensors");
  await writeModel("project/models/two/model.safetensors", { pixelSize: 1.5 });
  await writeModel("project/models/deep/down/model.safetensors");
  await writeModel("alone.safetensors");
  const diffusion = resolveDiffusion("fast", 1, {});
  await writeModel("project/slow/model.safetensors", { translator: "cyclediffusion", diffusion });
  write("project/picker/model.safetensors", picker);
  write("project/others/model.safetensors", writeSafetensors([]));
  write("project/damaged/model.safetensors", "no model");
  served = await serve([at("project"), at("alone.safetensors")]);
});

afterAll(() => served.end());

test("translators among the files are offered, in folders down to two below; other models are not, a damaged one is named", async () => {
  const { translators, problems } = await served.json<TranslatorsView>("translators");
  expect(translators).toEqual([
    {
      name: "project/models/one",
      path: at("project/models/one"),
      place: "0/models/one/model.safetensors",
      pixelSize: 3,
    },
    {
      name: "project/models/two",
      path: at("project/models/two"),
      place: "0/models/two/model.safetensors",
      pixelSize: 1.5,
    },
    { name: "alone.safetensors", path: at("alone.safetensors"), place: "1", pixelSize: 3 },
  ]);
  expect(problems).toEqual([
    expect.stringMatching(/damaged\/model\.safetensors: first 8 bytes \(header length\): found/),
  ]);
});

test("a model's bytes are sent as they are", async () => {
  const { status, body } = await served.ask("bytes", { place: "1" });
  expect(status).toBe(200);
  expect(body.equals(readFileSync(at("alone.safetensors")))).toBe(true);
});

describe("an exported page", () => {
  const pages = {
    pages: new Map([["index.html", new TextEncoder().encode('<div id="view"></div>')]]),
    learned: [],
  };
  const exportWith = (model: string): Promise<readonly string[]> =>
    exportMap([writeToyMap(at("map.mrc")), at(model)], at("page"), pages, nodeFiles);

  test("has the models beside it, under names of its own", async () => {
    const written = await exportWith("project/models/two");
    expect(written).toEqual(
      ["map.mrc", "model-1.safetensors", "index.html"].map((name) => at(`page/${name}`)),
    );
    const [, text] = /data-exported="([^"]*)"/.exec(readFileSync(at("page/index.html"), "utf8"))!;
    expect(JSON.parse(text!.replaceAll("&quot;", '"'))).toEqual({
      ...{ map: "map.mrc", name: "map.mrc" },
      translators: [{ name: "two", path: "two", place: "model-1.safetensors", pixelSize: 1.5 }],
    });
  });

  test.each([
    ["project/slow", "cyclediffusion"],
    ["project/picker", "a model that gives no noise"],
  ])("refuses %s", async (model, found) => {
    await expect(exportWith(model)).rejects.toThrow(`${at(model)}: found ${found}, expected a translator`);
  });
});
