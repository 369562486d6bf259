import { IMAGE_EXTENSIONS } from "../../../io/read-image.js";
import type { pickTrainOptions } from "../../../jobs/pick-train/options.js";
import { planPickTraining } from "../../../jobs/pick-train/plan.js";
import { trainPickerModel } from "../../../jobs/pick-train/run.js";
import { readPicker } from "../../../jobs/shared/models/model-files.js";
import { LABEL_ENDINGS } from "../../../jobs/shared/particles/labels.js";
import { expandInputs } from "../../../runtime/inputs.js";
import { openDevice } from "../../../runtime/onnx/device.js";
import type { Run } from "../../command.js";

const LABELS = {
  what: "coordinate file",
  extensions: LABEL_ENDINGS,
};
const images = (what: string) => ({ what, extensions: IMAGE_EXTENSIONS });

/** The work of `cryogem pick train`. */
export const run: Run<typeof pickTrainOptions> = async (options, context) => {
  const from = options.from === undefined ? undefined : await readPicker(context.files, options.from);
  const files = (paths: readonly string[] | undefined, kind: Parameters<typeof expandInputs>[1]) =>
    paths && expandInputs(paths, kind);
  const plan = planPickTraining(
    {
      ...options,
      micrographs: await files(options.micrographs, images("micrograph")),
      coordinates: await files(options.coordinates, LABELS),
      negatives: await files(options.negatives, images("image")),
    },
    from,
  );
  const { validation, step } = await trainPickerModel(plan, {
    ...context,
    runtime: () => openDevice(options, context.report.note),
  });
  const score = validation
    ? `, validation F1 ${validation.f1.toFixed(3)} at score ${validation.threshold.toFixed(2)}`
    : "";
  context.report.note(`${plan.out}: ${plan.options.network} picker trained${score}`);
  return { out: plan.out, steps: step, ...(validation && { validation }) };
};
