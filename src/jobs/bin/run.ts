import { inside } from "../../dataset/layout.js";
import { inClaimedFolder } from "../shared/claim-folder.js";
import type { DatasetContext } from "../shared/context.js";
import { PixelSizeWatch } from "../shared/micrographs/pixel-size.js";
import type { BinPlan } from "./plan.js";
import { BINNED, type BinnedRecord } from "./records.js";

/**
 * Bins micrographs into a folder; those binned before from the same contents are not binned again.
 *
 * @throws OptionError where a pixel size is not known, FormatError for a micrograph, UsageError for a folder with something else
 */
export async function binMicrographs(plan: BinPlan, context: DatasetContext): Promise<BinnedRecord> {
  const claim = { holds: "binned micrographs", marks: [BINNED.record] };
  return inClaimedFolder(context.files, plan.out, claim, () => binAll(plan, context));
}

async function binAll(plan: BinPlan, context: DatasetContext): Promise<BinnedRecord> {
  const { files, report, signal, workers, program } = context;
  const total = plan.micrographs.length;
  let done = 0;
  const tell = (): void => report.progress({ stage: "bin", done, total, unit: "micrographs" });
  tell();
  const watch = new PixelSizeWatch(plan.pixelSize, report);
  const results = await workers.map("bin-micrograph", plan.micrographs, {
    signal,
    shared: { dir: plan.out, pixelSize: plan.pixelSize, to: plan.to },
    onResult: ({ micrograph, headerPixelSize }) => {
      done++;
      tell();
      watch.see(micrograph.file, headerPixelSize);
    },
  });
  watch.close();
  signal.throwIfAborted();
  const record: BinnedRecord = {
    format: "cryogem-binned",
    formatVersion: 1,
    program,
    micrographs: results.map(({ micrograph }) => micrograph),
  };
  await files.write(inside(plan.out, BINNED.record), `${JSON.stringify(record, null, 1)}\n`);
  return record;
}
