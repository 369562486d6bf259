import { OptionError, UsageError } from "../../core/errors.js";
import type { JobContext } from "../../core/ports.js";
import { unpackedName } from "../../io/bytes/unpack.js";
import { micrographStem } from "../../io/picks/pick.js";
import { isImageName } from "../../io/read-image.js";
import { openMicrographs } from "../shared/micrographs/micrograph-index.js";
import { resolveOptions } from "../shared/options/check.js";
import { refuseUnwritable } from "../shared/output-name.js";
import {
  isLabelFile,
  LABEL_ENDINGS,
  type LabelSource,
  labelStem,
  openLabelFiles,
} from "../shared/particles/labels.js";
import { exportImage, readyImage } from "./images.js";
import { exportLabels } from "./labels.js";
import {
  type ExportFormat,
  type ExportOptions,
  exportOptions,
  IMAGE_FORMATS,
  type ImageFormat,
  LABEL_FORMATS,
  type LabelFormat,
} from "./options.js";

export type { ExportOptions } from "./options.js";

const FORMATS = Object.keys({ ...LABEL_FORMATS, ...IMAGE_FORMATS }) as ExportFormat[];
/** Formats by ending; others have the format's own name. */
const BY_ENDING: Readonly<Record<string, ExportFormat>> = {
  ...{ txt: "topaz", tsv: "topaz", json: "coco", tiff: "tif" },
};

/**
 * Converts labels (RELION STAR, cryoSPARC .cs, Topaz, EMAN .box, crYOLO .cbox, COCO, CSV) or images, stacks and volumes (MRC,
 * TIFF, PNG, and from HDF5 of EMAN2) into another format.
 *
 * @returns the files written
 * @throws OptionError for an option, UsageError for a conversion that cannot be, FileError and FormatError for the inputs
 */
export async function exportFiles(given: ExportOptions, context: JobContext): Promise<string[]> {
  const options = resolveOptions(exportOptions, given);
  const { inputs } = options;
  refuseUnwritable(options.out);
  const format = options.to ?? formatOf(options.out);
  const areLabels = inputs.map((path) => isLabelFile(path));
  const labels = areLabels.every((is) => is);
  if (!labels && areLabels.some((is) => is)) {
    throw new OptionError("inputs", "found labels and images, expected files of one kind");
  }
  if (labels !== isLabelFormat(format)) {
    const found = labels ? "labels" : isImageName(inputs[0]!) ? "an image" : "a name with another ending";
    const expected = labels ? "images" : "labels";
    const endings = labels ? "" : `: ${LABEL_ENDINGS.join(" ")}`;
    throw new UsageError(`${inputs[0]}: found ${found}, expected ${expected} to write ${format}${endings}`);
  }
  refuseIdle(options, labels);
  return isLabelFormat(format)
    ? exportLabelFiles(options, format, context)
    : exportImageFiles(options, format, context);
}

/** A path as it is built here: without ./ before it. */
const plain = (path: string): string => path.replace(/^(\.\/+)+/, "");

const isLabelFormat = (format: ExportFormat): format is LabelFormat => Object.hasOwn(LABEL_FORMATS, format);

function formatOf(out: string): ExportFormat {
  const ending = /\.([a-z0-9]+)$/i.exec(unpackedName(out))?.[1]?.toLowerCase() ?? "";
  const format = BY_ENDING[ending] ?? FORMATS.find((each) => each === ending);
  if (format) return format;
  throw new OptionError("out", `found "${out}", expected a name whose ending says the format, or \`to\``);
}

/** Refuses options that would do nothing. */
function refuseIdle(o: ExportOptions, labels: boolean): void {
  const idle = labels
    ? (["mode", "stretch", "compression", "section"] as const)
    : (["flipY", "box", "micrographs", "micrographSize"] as const);
  const found = idle.find((name) => o[name] !== undefined);
  if (found)
    throw new OptionError(found, `found ${labels ? "labels" : "images"}, which it does not apply to`);
}

async function exportImageFiles(
  options: ExportOptions,
  format: ImageFormat,
  context: JobContext,
): Promise<string[]> {
  const { inputs, out } = options;
  if (inputs.length === 1) {
    await exportImage(inputs[0]!, out, format, options, context);
    return [out];
  }
  const paths = new Map<string, string>();
  const folder = out === "." ? "" : `${plain(out).replace(/\/$/, "")}/`;
  for (const input of inputs) {
    const path = `${folder}${micrographStem(unpackedName(input))}.${format}`;
    const other = paths.get(path);
    if (other !== undefined) {
      throw new OptionError(
        "out",
        `found two inputs for ${path} (${other}, ${input}), expected different names`,
      );
    }
    paths.set(path, input);
  }
  const over = inputs.find((input) => paths.has(plain(input)));
  if (over !== undefined)
    throw new OptionError("out", `found the folder of ${over}, which would be written over`);
  // all are looked at before the first is written: half a conversion would be left otherwise
  const tell = (stage: string, done: number): void =>
    context.report.progress({ stage, done, total: inputs.length, unit: "images" });
  for (const [i, input] of inputs.entries()) {
    context.signal.throwIfAborted();
    await readyImage(input, format, options, context.files);
    tell("look", i + 1);
  }
  for (const [i, [path, input]] of [...paths].entries()) {
    context.signal.throwIfAborted();
    await exportImage(input, path, format, options, context);
    tell("export", i + 1);
  }
  return [...paths.keys()];
}

async function exportLabelFiles(
  options: ExportOptions,
  format: LabelFormat,
  { files, report }: JobContext,
): Promise<string[]> {
  const sources = await openLabelFiles(files, options.inputs);
  refuseSameNames(sources);
  const micrographs = await openMicrographs(
    files,
    options.inputs[0]!,
    options.micrographs,
    options.micrographSize,
  );
  return exportLabels(joined(sources), options.out, format, options, {
    ...{ files, micrographs },
    warn: (line) => report.warn(line),
  });
}

/** Refuses files of one name in several folders that do not say which micrograph they belong to. */
function refuseSameNames(sources: readonly LabelSource[]): void {
  if (sources.length === 1) return;
  const seen = new Map<string, string>();
  for (const { path, hasPlaces, picks } of sources) {
    const stem = labelStem(path);
    if (!hasPlaces || !picks().some(({ micrograph }) => micrograph === stem)) continue;
    const other = seen.get(stem);
    if (other !== undefined)
      throw new OptionError("inputs", `found ${other} and ${path}, expected different names`);
    seen.set(stem, path);
  }
}

/** Several files become one list of picks; one stays what it is. */
function joined(sources: readonly LabelSource[]): LabelSource {
  if (sources.length === 1) return sources[0]!;
  return {
    path: `${sources[0]!.path} and ${sources.length - 1} more`,
    hasPlaces: sources.every((source) => source.hasPlaces),
    namesMicrographs: true,
    picks: () => sources.flatMap((source) => source.picks()),
  };
}
