import { inside } from "../../dataset/layout.js";
import { inClaimedFolder } from "../shared/claim-folder.js";
import type { DatasetContext } from "../shared/context.js";
import { tellMicrographRemarks } from "../shared/micrographs/header-remarks.js";
import { PixelSizeWatch } from "../shared/micrographs/pixel-size.js";
import { startProgress } from "../shared/progress.js";
import { ofShare, refuseMissing, requireTables, type ShardDone } from "../shared/share.js";
import type { BinPlan } from "./plan.js";
import { BINNED, type BinnedMicrograph, type BinnedRecord } from "./records.js";

/**
 * Bins micrographs into a folder; those binned before from the same contents are not binned again. With `shard` join it only writes
 * the record of what was binned.
 *
 * @throws OptionError where a pixel size is not known, FormatError for a damaged micrograph, FileError for micrographs
 *   that are not binned when they are to be joined, UsageError for a folder with something else
 */
export async function binMicrographs(plan: BinPlan, context: DatasetContext): Promise<BinnedRecord> {
  requireTables(plan.assignment, "binShard");
  return inBinnedFolder(plan, context, async () => {
    const record: BinnedRecord = {
      format: "cryogem-binned",
      formatVersion: 1,
      program: context.program,
      micrographs: [...(await binShare(plan, context))],
    };
    await context.files.write(inside(plan.out, BINNED.record), `${JSON.stringify(record, null, 1)}\n`);
    return record;
  });
}

/** Bins the micrographs of one share. @throws as `binMicrographs` */
export async function binShard(plan: BinPlan, context: DatasetContext): Promise<ShardDone> {
  return inBinnedFolder(plan, context, async () => {
    const binned = await binShare(plan, context);
    return { out: plan.out, micrographs: binned.length };
  });
}

const inBinnedFolder = <T>(
  { out, assignment }: BinPlan,
  { files }: DatasetContext,
  work: () => Promise<T>,
): Promise<T> =>
  inClaimedFolder(
    files,
    out,
    { holds: "binned micrographs", marks: [BINNED.record, BINNED.parts], assignment },
    work,
  );

/** The micrographs of the share, those binned before among them. */
async function binShare(plan: BinPlan, context: DatasetContext): Promise<readonly BinnedMicrograph[]> {
  const { report, signal, workers } = context;
  const { share } = plan.assignment;
  const micrographs = ofShare(plan.micrographs, share);
  const total = micrographs.length;
  const advance = startProgress(report, { stage: "bin", total, unit: "micrographs" });
  if (share.kind !== "join")
    await tellMicrographRemarks(
      micrographs.map(({ path }) => path),
      context,
    );
  const watch = new PixelSizeWatch(plan.pixelSize, report);
  const results = await workers.map("bin-micrograph", micrographs, {
    signal,
    shared: { dir: plan.out, pixelSize: plan.pixelSize, to: plan.to, joins: share.kind === "join" },
    onResult: (result) => {
      advance();
      if (result) watch.see(result.micrograph.file, result.headerPixelSize);
    },
  });
  watch.close();
  signal.throwIfAborted();
  const missing = micrographs.filter((_, i) => !results[i]).map(({ stem }) => stem);
  refuseMissing(plan.out, missing, { total });
  return results.flatMap((result) => (result ? [result.micrograph] : []));
}
