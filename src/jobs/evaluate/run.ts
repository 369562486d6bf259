import { DomainError, OptionError } from "../../core/errors.js";
import type { Files } from "../../core/ports.js";
import { imagePath, inside } from "../../dataset/layout.js";
import { readDataset } from "../../dataset/reader.js";
import { type RealismProtocol, realismProtocol } from "../../evaluate/realism/profile.js";
import { CEILING, type ProfiledSet, type RealismResult, realism } from "../../evaluate/realism/realism.js";
import { protocolText, realismCsv, spectraCsv, textTable } from "../../evaluate/realism/table.js";
import { readImage } from "../../io/read-image.js";
import type { DatasetContext } from "../shared/context.js";
import { localChart, scoreChart, spectrumChart } from "./figures.js";
import type { ProfileInput } from "./micrograph.js";
import { type MicrographSource, REALISM_FILES, type RealismPlan } from "./plan.js";
import { encodeRealism } from "./records.js";

/**
 * Scores sets of micrographs against real ones by the realism protocol and writes the result: realism.json, tables as
 * text and CSV, figures as SVG.
 *
 * @throws FileError, FormatError for an input; DomainError for sets of different pixel size or micrographs that are
 *   too small; OptionError for a request without sets
 */
export async function evaluateRealism(plan: RealismPlan, context: DatasetContext): Promise<RealismResult> {
  const { files } = context;
  if (plan.synthetic.length === 0)
    throw new OptionError("synthetic", "found none, expected at least one set");
  const protocol = await protocolOf(plan, files);
  const sets = [realInputs(plan)];
  for (const source of plan.synthetic) sets.push(await syntheticInputs(source, plan, protocol, files));
  const [real, ...candidates] = await profileSets(sets, protocol, context);
  const noise = real!.profiles.map(({ shape }, index) => ({ shape, seed: plan.seed, index }));
  const [ceiling] = await profileSets([{ name: CEILING, inputs: noise }], protocol, context);
  const result = realism(real!.profiles, candidates, ceiling!.profiles, { protocol, seed: plan.seed });
  await writeRealism(result, plan.out, context);
  return result;
}

interface InputSet {
  readonly name: string;
  readonly inputs: readonly ProfileInput[];
}

async function protocolOf(plan: RealismPlan, files: Files): Promise<RealismProtocol> {
  const first = plan.real[0];
  if (first === undefined) throw new OptionError("real", "found no micrographs, expected at least one");
  const pixelSize = plan.pixelSize ?? (await readImage(await files.read(first), first)).pixelSize;
  if (pixelSize === undefined)
    throw new OptionError("pixelSize", `found none in the header of ${first}, expected the pixel size`);
  const { patch, tile } = plan;
  return realismProtocol({
    pixelSize,
    ...(patch !== undefined && { patch }),
    ...(tile !== undefined && { tile }),
  });
}

/** The real micrographs; a single one as its halves, as the floor needs two sides. */
function realInputs({ real, realMasks }: RealismPlan): InputSet {
  const inputs = real.map((path) => ({
    path,
    ...(realMasks !== undefined && { mask: maskFor(path, realMasks) }),
  }));
  const [only] = inputs;
  if (inputs.length > 1 || !only) return { name: "real", inputs };
  return { name: "real", inputs: ([0, 1] as const).map((half) => ({ ...only, half })) };
}

const maskFor = (path: string, folder: string): string => {
  const name = path.slice(path.lastIndexOf("/") + 1);
  return inside(folder, `${name.replace(/\.[^.]+$/, "")}.png`);
};

async function syntheticInputs(
  source: MicrographSource,
  plan: RealismPlan,
  protocol: RealismProtocol,
  files: Files,
): Promise<InputSet> {
  const { name } = source;
  if ("paths" in source) return { name, inputs: source.paths.map((path) => ({ path })) };
  const { manifest } = await readDataset(files, source.dataset);
  const found = manifest.optics.pixelSize;
  if (Math.abs(found - protocol.pixelSize) > 0.01 * protocol.pixelSize) {
    throw new DomainError(
      `${source.dataset}: pixel size`,
      `${found} angstrom`,
      `${protocol.pixelSize} angstrom, as the real micrographs`,
    );
  }
  const inputs = manifest.micrographs.map(({ path, index }) => ({
    path: inside(source.dataset, path),
    ...(plan.realMasks !== undefined && { mask: inside(source.dataset, imagePath("masks", index)) }),
  }));
  return { name, inputs };
}

async function profileSets(
  sets: readonly InputSet[],
  protocol: RealismProtocol,
  { workers, report, signal }: DatasetContext,
): Promise<ProfiledSet[]> {
  const all = sets.flatMap((set) => set.inputs);
  let done = 0;
  const profiles = await workers.map("profile-micrograph", all, {
    signal,
    shared: protocol,
    onResult: () =>
      report.progress({ stage: "measure", done: ++done, total: all.length, unit: "micrographs" }),
  });
  let start = 0;
  return sets.map(({ name, inputs }) => {
    start += inputs.length;
    return { name, profiles: profiles.slice(start - inputs.length, start) };
  });
}

async function writeRealism(
  result: RealismResult,
  out: string,
  { files, program }: DatasetContext,
): Promise<void> {
  const { figures } = REALISM_FILES;
  const texts: Readonly<Record<string, string>> = {
    [REALISM_FILES.scores]: realismCsv(result),
    [REALISM_FILES.spectra]: spectraCsv(result),
    [REALISM_FILES.table]: `${textTable(result)}\n${protocolText(result)}\n`,
    [figures.scores]: scoreChart(result),
    [figures.spectra]: spectrumChart(result),
    [figures.mean]: localChart(result, "mean"),
    [figures.variance]: localChart(result, "variance"),
    [figures.skewness]: localChart(result, "skewness"),
    [figures.kurtosis]: localChart(result, "kurtosis"),
    [REALISM_FILES.result]: encodeRealism(program, result),
  };
  for (const [name, text] of Object.entries(texts)) await files.write(inside(out, name), text);
}
