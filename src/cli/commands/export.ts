import type { Command } from "commander";
import type { ExportOptions } from "../../jobs/export/run.js";
import { integerIn, numberIn, oneOf, sizeIn } from "../options.js";
import { jobCommand, runJob } from "../undeclared.js";

type Options = Omit<ExportOptions, "inputs"> & { readonly json?: boolean };

/** `cryogem export`. */
export function exportCommand(): Command {
  return jobCommand("export", "Convert particles, picks, images and maps from one format into another.")
    .argument("<inputs...>", "files, folders or globs: all of labels, or all of images")
    .requiredOption("--out <path>", "file to write; a folder for several images or box files")
    .option(
      "--to <format>",
      "labels: star (RELION 3.1 to 5), star30 (RELION 3.0), cs, topaz, box, cbox, coco, csv; images: mrc, mrcs, map, tif, png (default: by the ending of --out)",
      oneOf(
        "star",
        "star30",
        "cs",
        "topaz",
        "box",
        "cbox",
        "coco",
        "csv",
        "mrc",
        "mrcs",
        "map",
        "tif",
        "png",
      ),
    )
    .option(
      "--flip-y <rows>",
      "labels: rows of the micrographs, 1 to 100000; y becomes rows - 1 - y (default: y stays)",
      integerIn(1, 100_000),
    )
    .option(
      "--box <pixels>",
      "labels: box size where the input has none, 1 to 10000 (default: none)",
      numberIn("pixels", 1, 1e4),
    )
    .option("--micrographs <dir>", "labels: folder of the micrographs, for their full names and sizes")
    .option(
      "--micrograph-size <pixels>",
      "labels: N or WIDTHxHEIGHT, for coco and cs (default: read from the micrographs)",
      sizeIn(1, 100_000),
    )
    .option(
      "--mode <type>",
      "images: float32, float16, int16, uint16, int8, uint8 (MRC: less 128) or uint4 (default: float32; PNG: uint8)",
      oneOf("float32", "float16", "int16", "uint16", "int8", "uint8", "uint4"),
    )
    .option(
      "--stretch",
      "images: fit the values into whole numbers, the outer 0.2 % clipped (default: only PNG without --mode)",
    )
    .option(
      "--compression <how>",
      "images: of TIFF, none, lzw or deflate (default: none)",
      oneOf("none", "lzw", "deflate"),
    )
    .option(
      "--section <n>",
      "images: one section of a stack or map, from 1 (default: all)",
      integerIn(1, 1e6),
    )
    .option(
      "--pixel-size <A>",
      "images: where the file gives none, 0.1 to 50 angstrom",
      numberIn("angstrom", 0.1, 50),
    )
    .addHelpText("after", NOTES)
    .action(async (inputs: readonly string[], options: Options) =>
      runJob(options, async (context) => {
        const [{ exportFiles }, { expandInputs }] = await Promise.all([
          import("../../jobs/export/run.js"),
          import("../../runtime/inputs.js"),
        ]);
        const files = await expandInputs(inputs, { what: "file to convert", extensions: READ });
        const written = await exportFiles({ ...options, inputs: files }, context);
        const more = written.length > 1 ? ` and ${written.length - 1} more` : "";
        context.report.note(`${written[0]}${more} written`);
        return { written };
      }),
    );
}

const READ = [
  ...[".star", ".cs", ".txt", ".tsv", ".box", ".cbox", ".json", ".csv"],
  ...[".mrc", ".mrcs", ".map", ".st", ".rec", ".tif", ".tiff", ".png", ".hdf", ".gz", ".bz2"],
];

const NOTES = `
A name that ends in .gz is packed; .bz2 is read, not written. TIFF rows run upward in the file and are turned over, as RELION does, both ways.
From STAR to STAR every label is kept; origins become pixels or angstroms. Only y of coordinates is flipped.
Examples:
  cryogem export picks/*.box --flip-y 4096 --out picks.star
  cryogem export particles.star --to star30 --out old.star
  cryogem export simulated/particles.star --out labels/coco.json --box 160
  cryogem export micrographs/*.tif --to mrc --pixel-size 1.5 --out mrc`;
