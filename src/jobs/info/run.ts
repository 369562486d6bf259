import { UnsupportedError } from "../../core/errors.js";
import type { Files } from "../../core/ports.js";
import { DATASET, inside } from "../../dataset/layout.js";
import { readDataset } from "../../dataset/reader.js";
import { unpackedName } from "../../io/bytes/unpack.js";
import { isHdf5, withEmanHdf } from "../../io/hdf5/eman.js";
import { MRC_HEADER_BYTES } from "../../io/mrc/header.js";
import { unpackImages } from "../../io/mrc/unpack.js";
import { measureMrc } from "../../io/mrc/write.js";
import { pickFormatOf } from "../../io/picks/formats.js";
import { decodePng } from "../../io/png/read.js";
import { isMrc } from "../../io/read-image.js";
import { readSafetensors } from "../../io/safetensors.js";
import { readStructure } from "../../io/structure/read.js";
import { applyAssembly, atomsOf, unknownElements } from "../../io/structure/structure.js";
import { readTiffDirectory } from "../../io/tiff/directory.js";
import { readTiff } from "../../io/tiff/read.js";
import { modelDiameter } from "../../physics/potential/potential.js";
import { someNames } from "../shared/some-names.js";
import { type Description, format } from "./format.js";
import { describeCs, describePicks, describeStar } from "./labels.js";
import { describeMrc } from "./mrc.js";
import { describeOnnx } from "./onnx.js";

/**
 * Describes a file by its name's ending, or its first bytes.
 *
 * @throws FileError, FormatError for a damaged file, UnsupportedError for a format that is not known
 */
export async function describeFile(files: Files, path: string): Promise<Description> {
  const describe =
    FORMATS.find(([endings]) => endings.test(unpackedName(path)))?.[1] ??
    (pickFormatOf(path) && describePicks) ??
    (await describeByContent(files, path));
  if (!describe) {
    throw new UnsupportedError(
      `${path}: not a known format: mrc, mrcs, map, st, rec, star, cs, png, tif, hdf, pdb, cif, box, cbox, txt ` +
        "(Topaz), csv, json (COCO), safetensors, onnx",
    );
  }
  return describe(files, path);
}

/**
 * Describes a folder: a dataset, or what kinds of file there are.
 *
 * @throws FileError, FormatError for a damaged dataset.json
 */
export async function describeFolder(files: Files, path: string): Promise<Description> {
  const names = await files.list(path);
  if (names.includes(DATASET.manifest)) return describeDataset(files, path);
  if (await files.exists(inside(path, DATASET.job))) {
    const parts = await files.list(inside(path, DATASET.parts));
    return { what: "unfinished cryogem dataset", "micrographs made": parts.length - 1 };
  }
  const counts: Record<string, number> = {};
  for (const name of names) {
    const ending = name.includes(".") ? name.slice(name.lastIndexOf(".")) : "without ending";
    counts[ending] = (counts[ending] ?? 0) + 1;
  }
  return { what: "folder", names: names.length, ...counts };
}

type Describe = (files: Files, path: string) => Promise<Description>;

/** Images and maps are known by their first bytes as well, whatever their names. */
async function describeByContent(files: Files, path: string): Promise<Describe | undefined> {
  const head = await files.readRange(path, 0, MRC_HEADER_BYTES);
  if (isHdf5(head)) return describeHdf;
  return isMrc(head, path) ? describeMrc : undefined;
}

const FORMATS: readonly (readonly [RegExp, Describe])[] = [
  [/\.(mrcs?|map|ctf|st|rec)$/i, describeMrc],
  [/\.star$/i, describeStar],
  [/\.png$/i, describePng],
  [/\.(pdb\d*|ent|cif|mmcif)$/i, describeModel],
  [/\.cs$/i, describeCs],
  [/\.tiff?$/i, describeTiff],
  [/\.safetensors$/i, describeSafetensors],
  [/\.(hdf5?|h5)$/i, describeHdf],
  [/\.onnx$/i, describeOnnx],
];

async function describePng(files: Files, path: string): Promise<Description> {
  const { shape, channels, bitDepth } = decodePng(unpackImages(await files.read(path), path), path);
  const kind = ["", "grey", "grey with transparency", "colour", "colour with transparency"][channels]!;
  return {
    ...{ what: `PNG, ${shape[1]} x ${shape[0]} pixels`, samples: `${kind}, ${bitDepth} bits` },
    ...(channels > 1 && { refused: "every command expects a grey picture, and none makes grey of colours" }),
  };
}

async function describeTiff(files: Files, path: string): Promise<Description> {
  const bytes = unpackImages(await files.read(path), path);
  const { bitsPerSample, sampleFormat, compression, isTiled } = readTiffDirectory(bytes, path);
  const { image, pixelSize } = readTiff(bytes, path);
  const { min, max, mean } = measureMrc(image.data);
  const packing = { 1: "not compressed", 5: "LZW", 32773: "PackBits" }[compression] ?? "deflate";
  const kind = ["", "unsigned", "signed", "float"][sampleFormat]!;
  return {
    what: `TIFF, ${image.shape[1]} x ${image.shape[0]} pixels`,
    samples: `${kind}, ${bitsPerSample} bits, ${packing}, ${isTiled ? "tiles" : "strips"}`,
    "pixel size": pixelSize === undefined ? "not given" : `${format(pixelSize)} A`,
    values: `${format(min)} to ${format(max)}, mean ${format(mean)}`,
  };
}

async function describeHdf(files: Files, path: string): Promise<Description> {
  const bytes = unpackImages(await files.read(path), path);
  const { count, shape, pixelSize } = await withEmanHdf(bytes, path, (file) => ({
    count: file.count,
    ...file.read(0),
  }));
  const [sections, rows, columns] = shape;
  const each = sections === 1 ? `${columns} x ${rows} pixels` : `${columns} x ${rows} x ${sections} voxels`;
  return {
    what: `HDF5 of EMAN2, ${count} ${count === 1 ? "image" : "images"} of ${each}`,
    "pixel size": pixelSize === undefined ? "not given" : `${format(pixelSize)} A`,
  };
}

async function describeModel(files: Files, path: string): Promise<Description> {
  const structure = readStructure(await files.read(path), path);
  const atoms = atomsOf(structure);
  const unknown = unknownElements(structure.atoms);
  const models = new Set(structure.atoms.map(({ model }) => model)).size;
  const assembled = applyAssembly(structure, atoms);
  return {
    what: "atomic model",
    atoms: `${atoms.length} without water, of ${structure.atoms.length}`,
    chains: [...new Set(atoms.map(({ chain }) => chain))].join(" "),
    ...(unknown && { "no element": unknown }),
    ...(models > 1 && { models: `${models}, of which model ${atoms[0]!.model} is described` }),
    assemblies:
      structure.assemblies.length === 0 ? "none" : structure.assemblies.map(({ id }) => id).join(" "),
    "first assembly": `${assembled.length} atoms, diameter ${modelDiameter(assembled).toFixed(0)} A`,
  };
}

async function describeSafetensors(files: Files, path: string): Promise<Description> {
  const { tensors, metadata } = readSafetensors(await files.read(path), path);
  const arrays = [...tensors.values()];
  const numbers = arrays.reduce((sum, { data }) => sum + data.length, 0);
  const brief = Object.entries(metadata).map(([key, value]) => [
    key,
    value.length > 70 ? `${value.slice(0, 70)}…` : value,
  ]);
  return { what: "safetensors", tensors: arrays.length, numbers, ...Object.fromEntries(brief.slice(0, 12)) };
}

async function describeDataset(files: Files, path: string): Promise<Description> {
  const { manifest } = await readDataset(files, path);
  const { optics, micrographs } = manifest;
  const defocus = micrographs.map(({ defocusU, defocusV }) => (defocusU + defocusV) / 2);
  const shapes = new Set(micrographs.map(({ shape }) => `${shape[1]} x ${shape[0]}`));
  return {
    what: "cryogem dataset",
    "written by": `${manifest.program}, ${manifest.command}, seed ${manifest.seed}`,
    micrographs: `${micrographs.length} of ${[...shapes].join(", ")} pixels`,
    particles: `${manifest.particles}, diameter ${format(manifest.particleDiameter)} A`,
    "pixel size": `${optics.pixelSize} A`,
    optics: `${optics.voltage} kV, Cs ${optics.sphericalAberration} mm, amplitude contrast ${optics.amplitudeContrast}`,
    defocus: `${format(Math.min(...defocus))} to ${format(Math.max(...defocus))} A`,
    inputs: someNames(manifest.inputs.map(({ path: input }) => input)),
    options: JSON.stringify(manifest.options),
  };
}
