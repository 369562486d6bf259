import { OptionError } from "../../core/errors.js";
import { fscArea, GOLD_STANDARD, lastGoodShell } from "../../evaluate/maps/fsc.js";
import type { HalfMapCurves } from "../../evaluate/maps/half-maps.js";
import { type Postprocessed, type PostprocessOptions, postprocess } from "../../evaluate/maps/postprocess.js";
import { fscXml } from "../../io/fsc-xml.js";
import type { DatasetContext } from "../shared/context.js";
import { writeMapFile } from "../shared/maps/map-files.js";
import { beyondNyquist } from "../shared/options/beyond-nyquist.js";
import { resolveOptions } from "../shared/options/check.js";
import { curvesUnder } from "./draws.js";
import { directionsOf, localResolutionOf, orientationsOf } from "./extras.js";
import { fscFigure, guinierFigure } from "./figures.js";
import { type PostprocessJobOptions, type PostprocessPlan, postprocessOptions } from "./options.js";
import { type PostprocessInputs, readInputs } from "./read.js";
import type { PostprocessResult } from "./result.js";
import { fscCsv, starOf } from "./tables.js";
import { tellOfResult } from "./text.js";

/**
 * Resolution of two half maps and their sharpened mean, with everything that a deposition asks for.
 *
 * @throws OptionError for an option; FileError, FormatError for an input; ShapeError, DomainError, UsageError for maps that do not fit
 *   together
 */
export async function postprocessMaps(
  given: PostprocessJobOptions,
  context: DatasetContext,
): Promise<PostprocessResult> {
  const plan = resolveOptions(postprocessOptions, given);
  if (plan.fitTo !== undefined && plan.fitTo >= plan.fitFrom) {
    const expected = `less than the ${plan.fitFrom} of \`fitFrom\`: the finer end of the fit`;
    throw new OptionError("fitTo", `found ${plan.fitTo} angstrom, expected ${expected}`);
  }
  const { files, report, signal } = context;
  const inputs = await readInputs(plan, context);
  const { halves, frame, mask } = inputs;
  const lowPass = typeof plan.lowPass === "number" ? plan.lowPass : undefined;
  const doubt = beyondNyquist("lowPass", lowPass, halves[0].voxelSize);
  if (doubt) report.warn(doubt);
  const curves = mask && (await curvesUnder(mask, halves, plan, context));
  signal.throwIfAborted();
  const found = postprocess(halves, postprocessOptionsOf(plan, inputs), curves);
  tellOfResult(found, plan, report);
  const written: string[] = [];
  const name = (end: string): string => {
    written.push(`${plan.out}${end}`);
    return `${plan.out}${end}`;
  };
  await writeMapFile(files, name(".mrc"), found.map, frame);
  if (found.maskedMap) await writeMapFile(files, name("_masked.mrc"), found.maskedMap, frame);
  await writeMapFile(files, name("_half1_unfil.mrc"), halves[0], frame);
  await writeMapFile(files, name("_half2_unfil.mrc"), halves[1], frame);
  await files.write(name(".star"), starOf(found, plan, inputs));
  await files.write(name("_fsc.xml"), fscXml(xmlTitle[found.masking], found.fsc));
  await files.write(name("_fsc.csv"), fscCsv(found));
  await files.write(name("_fsc.svg"), fscFigure(found));
  await files.write(name("_guinier.svg"), guinierFigure(found));
  return {
    ...{ written, resolution: found.resolution, interpolated: found.interpolated.resolution },
    ...(curves && { byDraw: rangeByDraw(curves) }),
    ...{ masking: found.masking, area: fscArea(found.fsc), bFactor: found.bFactor },
    ...(plan.localResolution && {
      local: await localResolutionOf(found.map, plan, inputs, { context, name }),
    }),
    ...(plan.anisotropy && { areaRatio: await directionsOf(inputs, { context, name }) }),
    ...(plan.particles !== undefined && {
      particles: await orientationsOf(plan.particles, { context, name }),
    }),
  };
}

const xmlTitle: Readonly<Record<Postprocessed["masking"], string>> = {
  used: "FSC of masked half maps, corrected by random phases",
  "no mask": "FSC of half maps without mask",
  "mask reaches less far": "FSC of half maps without mask",
};

/** The plan as the numbers need it. */
function postprocessOptionsOf(plan: PostprocessPlan, { mask, mtf }: PostprocessInputs): PostprocessOptions {
  const { fitFrom, fitTo = 0, mtfPixelSize, lowPass, bFactor, weighting, forceMask } = plan;
  return {
    ...{ bFactor: bFactor as number | "fit", weighting, forceMask, fitRange: [fitFrom, fitTo] },
    ...(mask && { mask }),
    ...(mtf && { mtf }),
    ...(mtfPixelSize !== undefined && { mtfPixelSize }),
    ...(lowPass !== undefined && { lowPass: lowPass as number | "resolution" }),
  };
}

/** Finest and coarsest resolution, angstrom, of the curves corrected by single draws. */
function rangeByDraw({ correctedByDraw, frequencies }: HalfMapCurves): readonly [number, number] {
  const shells = correctedByDraw.map((curve) => lastGoodShell(curve, GOLD_STANDARD));
  return [1 / frequencies[Math.max(...shells)]!, 1 / frequencies[Math.min(...shells)]!];
}
