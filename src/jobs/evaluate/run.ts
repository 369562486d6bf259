import { OptionError } from "../../core/errors.js";
import { inside } from "../../dataset/layout.js";
import { type RealismProtocol, realismProtocol } from "../../evaluate/realism/profile.js";
import { CEILING, type ProfiledSet, type RealismResult, realism } from "../../evaluate/realism/realism.js";
import { protocolText, realismCsv, spectraCsv, textTable } from "../../evaluate/realism/table.js";
import type { DatasetContext } from "../shared/context.js";
import { tellMicrographRemarks } from "../shared/micrographs/header-remarks.js";
import { readImageHeader } from "../shared/micrographs/image-header.js";
import {
  commonPixelSize,
  PixelSizeWatch,
  type SaidPixelSize,
  saidPixelSize,
} from "../shared/micrographs/pixel-size.js";
import { localChart, scoreChart, spectrumChart } from "./figures.js";
import type { ProfileInput } from "./micrograph.js";
import { REALISM_FILES, type RealismPlan } from "./plan.js";
import { encodeRealism } from "./records.js";
import { type InputSet, realInputs, syntheticInputs } from "./sets.js";

/**
 * Scores sets of micrographs against real ones by the realism protocol and writes the result: realism.json, tables as
 * text and CSV, figures as SVG.
 *
 * @throws FileError, FormatError for an input; UsageError for micrographs of different pixel sizes; DomainError for micrographs
 *   that are too small; OptionError where the pixel size is not known
 */
export async function evaluateRealism(plan: RealismPlan, context: DatasetContext): Promise<RealismResult> {
  const { files } = context;
  const sets = [realInputs(plan)];
  for (const source of plan.synthetic) sets.push(await syntheticInputs(source, plan, files));
  const protocol = await protocolOf(plan, sets, context);
  const [real, ...candidates] = await profileSets(sets, protocol, context);
  const noise = real!.profiles.map(({ shape }, index) => ({ shape, seed: plan.seed, index }));
  const [ceiling] = await profileSets([{ name: CEILING, inputs: noise }], protocol, context);
  const result = realism(real!.profiles, candidates, ceiling!.profiles, { protocol, seed: plan.seed });
  await writeRealism(result, plan.out, context);
  return result;
}

/** The protocol at the pixel size of the micrographs, once that is known to be one. */
async function protocolOf(
  plan: RealismPlan,
  sets: readonly InputSet[],
  { files, report }: DatasetContext,
): Promise<RealismProtocol> {
  const headers = new Map<string, number | undefined>();
  const said: SaidPixelSize[] = [];
  for (const { inputs, dataset } of sets) {
    if (dataset) said.push(dataset);
    for (const { path } of inputs) {
      const header = headers.get(path) ?? (await readImageHeader(files, path)).pixelSize;
      headers.set(path, header);
      said.push({ path, said: saidPixelSize(header) });
    }
  }
  // headers may be wrong, which is why a user says the pixel size; what a dataset was made with is known
  const known = sets.flatMap(({ dataset }) => (dataset ? [dataset] : []));
  const common = commonPixelSize(
    plan.pixelSize === undefined ? said : [{ path: "`pixelSize`", said: plan.pixelSize }, ...known],
  );
  const pixelSize = plan.pixelSize ?? common ?? [...headers.values()].find((header) => header !== undefined);
  if (pixelSize === undefined) {
    throw new OptionError(
      "pixelSize",
      `found none in the header of ${plan.real[0]}, expected the pixel size`,
    );
  }
  const watch = new PixelSizeWatch(pixelSize, report);
  for (const [path, header] of headers) watch.see(path, header);
  watch.close();
  await tellMicrographRemarks([...headers.keys()], { files, report });
  if (plan.pixelSize === undefined && common === undefined) {
    report.warn(
      `${plan.real[0]}: its header says ${pixelSize} angstrom per pixel, a value that programs also write ` +
        "where they do not know it; it is used",
    );
  }
  const { patch, tile } = plan;
  return realismProtocol({
    pixelSize,
    ...(patch !== undefined && { patch }),
    ...(tile !== undefined && { tile }),
  });
}

async function profileSets(
  sets: readonly InputSet<ProfileInput>[],
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
