import { gzip } from "../../../src/io/bytes/gunzip.js";
import { decodeText } from "../../../src/io/bytes/text.js";
import { unpack } from "../../../src/io/bytes/unpack.js";
import { fscXml } from "../../../src/io/fsc-xml.js";
import { withEmanHdf } from "../../../src/io/hdf5/eman.js";
import type { MrcWriteMode } from "../../../src/io/mrc/modes.js";
import { readMrc, readVolume } from "../../../src/io/mrc/read.js";
import { writeMrc } from "../../../src/io/mrc/write.js";
import { readNpyTable } from "../../../src/io/npy/read.js";
import { readParticlesCs } from "../../../src/io/particles/cs.js";
import { readParticlesStar } from "../../../src/io/particles/star.js";
import { readBox, writeBox } from "../../../src/io/picks/box.js";
import { readCbox, writeCbox } from "../../../src/io/picks/cbox.js";
import { readCoco, writeCoco } from "../../../src/io/picks/coco.js";
import { readPointsCsv } from "../../../src/io/picks/csv.js";
import { readEmanInfo } from "../../../src/io/picks/eman-info.js";
import { readPicksStar } from "../../../src/io/picks/star.js";
import { readTopaz, writeTopaz } from "../../../src/io/picks/topaz.js";
import { readPngChunks, writePngChunks } from "../../../src/io/png/chunks.js";
import { decodePng } from "../../../src/io/png/read.js";
import { readFsc } from "../../../src/io/read-fsc.js";
import { readImage } from "../../../src/io/read-image.js";
import { readPixels } from "../../../src/io/read-pixels.js";
import { readSafetensors, writeSafetensors } from "../../../src/io/safetensors.js";
import { parseStar } from "../../../src/io/star/parse.js";
import { toRelion30, toRelion31 } from "../../../src/io/star/versions.js";
import { readMmcif } from "../../../src/io/structure/mmcif.js";
import { readPdb } from "../../../src/io/structure/pdb.js";
import { readStructure } from "../../../src/io/structure/read.js";
import { applyAssembly } from "../../../src/io/structure/structure.js";
import { readTiff } from "../../../src/io/tiff/read.js";
import { readTransferCurve } from "../../../src/io/transfer-curve.js";
import { mrcFixture } from "../mrc/fixture.js";
import { fixture } from "../picture.js";
import { hasSharedData, sharedBytes } from "../shared-data.js";
import { DATASET_FILES } from "./dataset-files.js";
import type { Mutation } from "./mutations.js";
import type { Specimen } from "./specimen.js";
import { CIF, PARTICLES, PDB } from "./texts.js";

const FSC = { frequencies: Float64Array.of(0, 0.01, 0.02), correlation: Float64Array.of(1, 0.7, 0.1) };
const encode = (text: string): Uint8Array => new TextEncoder().encode(text);
const data = Float32Array.from({ length: 60 }, (_, i) => (i * 7) % 100);

const mrc = (mode: MrcWriteMode, kind: "image" | "stack" | "volume" = "volume") =>
  writeMrc({ data, shape: kind === "image" ? [1, 12, 5] : [3, 4, 5], voxelSize: 1.5, mode, kind });

const nibbles = mrcFixture({ counts: [3, 2, 1], mode: 101, samples: [0x21, 0xf3, 0x54, 0x06] });
const permuted = mrcFixture({
  counts: [2, 3, 4],
  mode: 0,
  samples: Array(24).fill(1),
  ints: { 17: 3, 18: 1, 19: 2 },
  extended: 80,
});

const picks = [0, 1, 2].map((i) => ({ micrograph: "m", x: 10 * i + 0.5, y: 20, score: 0.5, boxSize: 30 }));

const SAFETENSORS = writeSafetensors(
  [
    ["a", { dtype: "F32", shape: [2, 3], data: new Float32Array(6) }],
    ["b", { dtype: "I32", shape: [2], data: new Int32Array(2) }],
    ["c", { dtype: "BOOL", shape: [3], data: new Uint8Array(3) }],
  ],
  { step: "7" },
);

/** Damages the content of one chunk, named by its type, and gives it its right checksum. */
const damageChunk =
  (damaged: string) =>
  (bytes: Uint8Array, mutate: Mutation): Uint8Array =>
    writePngChunks(
      readPngChunks(bytes, "specimen.png").map(({ type, data: content }) => ({
        type,
        data: type === damaged ? mutate(content) : content,
      })),
    );

const readAllEman = (bytes: Uint8Array, path: string): Promise<unknown> =>
  withEmanHdf(bytes, path, (file) => Array.from({ length: Math.min(file.count, 3) }, (_, i) => file.read(i)));

const assemble = (structure: Parameters<typeof applyAssembly>[0]): unknown => applyAssembly(structure);

const star = (bytes: Uint8Array, path: string): unknown => {
  const { tables } = parseStar(decodeText(bytes, path), path);
  return tables.map((table) => table.labels.map((label) => table.strings(label)));
};

/** Both ways between RELION's versions, written out. */
const convert = (bytes: Uint8Array, path: string): unknown => {
  const file = parseStar(decodeText(bytes, path), path);
  return [toRelion31(file), toRelion30(file)];
};

export const CORPUS: readonly Specimen[] = [
  ...(["float32", "float16", "int16", "int8", "uint16"] as const).map((mode) => ({
    name: "map.mrc",
    bytes: mrc(mode),
    read: readMrc,
  })),
  { name: "nibbles.mrc", bytes: nibbles, read: readMrc },
  { name: "permuted.map", bytes: permuted, read: readVolume },
  { name: "stack.mrcs", bytes: mrc("float32", "stack"), read: readMrc },
  { name: "image.mrc", bytes: mrc("int16", "image"), read: readImage },
  { name: "image.mrc.gz", bytes: gzip(mrc("float32", "image")), read: readImage },
  ...["grey1.png", "grey8.png", "grey16.png", "rgb8.png", "palette.png", "interlaced1.png"].flatMap(
    (name) => [
      { name, bytes: fixture(`png/${name}`), read: decodePng },
      ...["IHDR", "IDAT"].map((type) => ({
        name,
        bytes: fixture(`png/${name}`),
        read: decodePng,
        damage: damageChunk(type),
      })),
    ],
  ),
  ...[
    "raw8.tif",
    "packbits8.tif",
    "lzw16.tif",
    "lzw16-predictor.tif",
    "deflate-float.tif",
    "tiled-big.tif",
  ].map((name) => ({
    name,
    bytes: fixture(`tiff/${name}`),
    read: readTiff,
  })),
  { name: "eman.hdf", bytes: fixture("hdf5/eman.hdf"), read: readAllEman },
  { name: "eman-latest.hdf", bytes: fixture("hdf5/eman-latest.hdf"), read: readAllEman },
  { name: "packed.gz", bytes: fixture("bytes/packed.gz"), read: unpack },
  ...DATASET_FILES,
  { name: "image.mrc.bz2", bytes: fixture("bytes/image.mrc.bz2"), read: readImage },
  { name: "short.bz2", bytes: bzip2Fixture(), read: unpack },
  { name: "p.star", bytes: encode(PARTICLES), read: readParticlesStar },
  { name: "p.star", bytes: encode(PARTICLES), read: star },
  { name: "p.star", bytes: encode(PARTICLES), read: convert },
  {
    name: "mtf.star",
    bytes: encode("data_mtf\nloop_\n_rlnResolutionInversePixel\n_rlnMtfValue\n0 1\n0.25 0.7\n0.5 0.4\n"),
    read: readTransferCurve,
  },
  { name: "stack.mrcs", bytes: mrc("float16", "stack"), read: readPixels },
  { name: "p.star", bytes: encode(PARTICLES), read: (bytes, path) => readPicksStar(bytes, path, "m") },
  { name: "p.cs", bytes: fixture("particles/particles.cs"), read: readParticlesCs },
  { name: "p.cs", bytes: fixture("particles/particles.cs"), read: readNpyTable },
  { name: "x.pdb", bytes: encode(PDB), read: (bytes, path) => assemble(readPdb(bytes, path)) },
  { name: "x.cif", bytes: encode(CIF), read: (bytes, path) => assemble(readMmcif(bytes, path)) },
  { name: "x.ent", bytes: encode(CIF), read: readStructure },
  { name: "m.safetensors", bytes: SAFETENSORS, read: readSafetensors },
  { name: "fsc.xml", bytes: encode(fscXml("", FSC)), read: readFsc },
  {
    name: "fsc.csv",
    bytes: encode("frequency_per_angstrom,fsc\n0,1\n0.01,0.9\n0.02,0.4\n0.03,-0.1\n"),
    read: readFsc,
  },
  { name: "p.txt", bytes: encode(writeTopaz(picks)), read: readTopaz },
  { name: "p.box", bytes: encode(writeBox(picks, 30)), read: (bytes, path) => readBox(bytes, path, "m") },
  { name: "p.cbox", bytes: encode(writeCbox(picks, 30)), read: (bytes, path) => readCbox(bytes, path, "m") },
  { name: "p.json", bytes: encode(writeCoco([{ fileName: "m", shape: [9, 9] }], picks, 30)), read: readCoco },
  {
    name: "p_info.json",
    bytes: encode('{"boxes": [[12, 30, "manual"], [51.5, 8, "auto_ref", 1.25]], "quality": 5}'),
    read: (bytes, path) => readEmanInfo(bytes, path, "m"),
  },
  {
    name: "p.csv",
    bytes: encode("x,y,score\n1,2,0.5\n3,4,1e-3\n"),
    read: (bytes, path) => readPointsCsv(bytes, path, "m"),
  },
];

/** A hundred bytes or so of bzip2, where the large fixture would make every case slow. */
function bzip2Fixture(): Uint8Array {
  const text =
    "QlpoOTFBWSZTWUIaRDEAABBTgMAAQAABACri0CAACCAAUKYAACpU0A2p6TTGIZhtdcCqh8i/LhWoZvzSN4W/F3JFOFCQQhpEMQ==";
  return Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
}

/** Real files, where there are any. */
export const REAL_CORPUS: readonly Specimen[] = hasSharedData
  ? [
      { name: "EMD-3197.map", bytes: sharedBytes("maps/EMD-3197.map"), read: readMrc },
      {
        name: "061.png",
        bytes: sharedBytes("ribosome-10028/masks/061.png"),
        read: decodePng,
        damage: damageChunk("IHDR"),
      },
      {
        name: "J2.cs",
        bytes: sharedBytes("star/cryodrgn_cryosparc_J2_particles_exported.cs"),
        read: readParticlesCs,
      },
      {
        name: "relion30.star",
        bytes: sharedBytes("star/aspire_sample_particles_relion30.star"),
        read: readParticlesStar,
      },
      {
        name: "relion31.star",
        bytes: sharedBytes("star/aspire_sample_particles_relion31.star"),
        read: readParticlesStar,
      },
      {
        name: "relion30.star",
        bytes: sharedBytes("star/aspire_sample_particles_relion30.star"),
        read: convert,
      },
      { name: "relion5.star", bytes: sharedBytes("star/cryodrgn_relion5.star"), read: readParticlesStar },
      { name: "model.star", bytes: sharedBytes("star/aspire_sample_data_model.star"), read: star },
      {
        name: "ferritin.pdb",
        bytes: sharedBytes("maps/2za7_L_ferritin.pdb").slice(0, 81 * 900),
        read: readPdb,
      },
      { name: "KLH.tif", bytes: sharedBytes("misc/KLH_xmipp_760x844.tif"), read: readTiff },
    ]
  : [];
