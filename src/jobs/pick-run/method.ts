import { OptionError } from "../../core/errors.js";
import type { Files, JobContext } from "../../core/ports.js";
import { inside } from "../../dataset/layout.js";
import { micrographStem } from "../../io/picks/pick.js";
import type { Defocus, Optics } from "../../physics/optics/optics.js";
import type { PickerModel } from "../../pick/model.js";
import { prepareTemplates } from "../../pick/template/images.js";
import { parseEstimates } from "../estimate/records.js";
import { coarsen, readDensityMap } from "../shared/maps/density-map.js";
import { modelFile, readPicker } from "../shared/models/model-files.js";
import type { ClassicalTarget } from "./micrograph.js";
import type { PickRunPlan } from "./plan.js";

/** What `estimate` or the user says of the micrographs. */
export interface KnownOptics {
  readonly optics: Optics | undefined;
  /** By the micrographs' names without folder and ending. */
  readonly defocus: ReadonlyMap<string, Defocus>;
}

/** @throws FileError, FormatError for a folder that is none of estimates; OptionError for one of another pixel size */
export async function readKnownOptics(plan: PickRunPlan, files: Files): Promise<KnownOptics> {
  const { estimates: dir, pixelSize } = plan;
  if (dir === undefined) {
    return { optics: plan.optics && { pixelSize, ...plan.optics }, defocus: new Map() };
  }
  const path = inside(dir, "estimates.json");
  const { optics, micrographs } = parseEstimates(new TextDecoder().decode(await files.read(path)), path);
  if (Math.abs(optics.pixelSize / pixelSize - 1) > 0.01) {
    throw new OptionError(
      "pixelSize",
      `found ${pixelSize} angstrom, expected ${optics.pixelSize}, as in ${path}`,
    );
  }
  const defocus = micrographs.map(({ file, defocusU, defocusV, defocusAngle, phaseShift }) => {
    return [micrographStem(file), { defocusU, defocusV, defocusAngle, phaseShift }] as const;
  });
  return { optics, defocus: new Map(defocus) };
}

/** A picker ready to be used on every micrograph. */
export interface OpenMethod {
  /** Angstrom. */
  readonly diameter: number;
  /** What decides its answers, for the record and for the keys of the parts. */
  readonly record: { readonly kind: "log" | "template" | "model" } & Readonly<Record<string, unknown>>;
  readonly classical?: ClassicalTarget["scorer"];
  readonly model?: PickerModel;
}

/** @throws FileError, FormatError for a map or a model that cannot be used; DomainError for a diameter that cannot */
export async function openMethod(
  { method, pixelSize, particleDiameter }: PickRunPlan,
  known: KnownOptics,
  context: Pick<JobContext, "files" | "report">,
): Promise<OpenMethod> {
  const { files } = context;
  if (method.kind === "model") {
    const path = modelFile(method.path);
    const model = await readPicker(files, method.path);
    const diameter = particleDiameter ?? model.record.particleDiameter;
    return { diameter, model, record: { kind: "model", model: path, sha256: await files.sha256(path) } };
  }
  // planPickRun has refused a run of these without
  const diameter = particleDiameter!;
  if (method.kind === "log") return { diameter, classical: method, record: { ...method } };
  const { map, symmetry, step, ctf } = method;
  const volume = await readDensityMap(context, map);
  // by a power of two, which a transform of any even size can do exactly; the projector does the rest
  const times = Math.floor(Math.log2(Math.max(1, diameter / 32 / volume.voxelSize)));
  const templates = prepareTemplates(coarsen(volume, volume.voxelSize * 2 ** times), {
    ...{ pixelSize, diameter, step, symmetry },
  });
  return {
    diameter,
    classical: { kind: "template", templates, optics: ctf ? known.optics : undefined },
    record: {
      ...method,
      sha256: await files.sha256(map),
      templates: templates.count,
      optics: known.optics ?? null,
    },
  };
}
