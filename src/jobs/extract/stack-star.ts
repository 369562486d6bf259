import type { MicrographCtf } from "../../io/particles/micrograph-ctf.js";
import { CTF_COLUMNS, LABEL, LABEL_30, OF_CORRECTED_IMAGES, starColumns } from "../../io/star/names.js";
import { groupPixelSizes } from "../../io/star/pixel-sizes.js";
import type { StarTable } from "../../io/star/table.js";
import { type StarBlock, type StarColumnInput, writeStar } from "../../io/star/write.js";
import { pixelSizesDiffer } from "../shared/micrographs/pixel-size.js";
import type { CoordinateTable, Extracted } from "./coordinates.js";
import { MICROSCOPE } from "./micrograph-ctfs.js";

/** What a stack's STAR file is made of. */
export interface ExtractedStack {
  /** The stack's name as the STAR file shall give it. */
  readonly name: string;
  readonly table: CoordinateTable;
  readonly kept: readonly Extracted[];
  /** Pixels of the micrograph, a side. */
  readonly box: number;
  /** Pixels of the images, a side. */
  readonly image: number;
  /** By the micrographs' names, where the table has no CTFs of its own. */
  readonly ctfs?: ReadonlyMap<string, MicrographCtf> | undefined;
}

/** What to say where the earlier images were corrected for their CTF, which those of the stack are not; undefined where they were not. */
export function earlierImagesDoubt({ file, optics, particles }: CoordinateTable): string | undefined {
  const said = [...OF_CORRECTED_IMAGES].filter((label) =>
    [optics, particles].some(
      (table) => table?.has(label) && table.numbers(label).some((value) => value !== 0),
    ),
  );
  if (said.length === 0) return undefined;
  return `${file.path}: ${said.join(", ")} is left out: the images are cut out of the micrographs, without their CTF applied`;
}

/**
 * The STAR file of a stack: the labels of the coordinates, coordinates as whole numbers with their fractions in rlnOrigin,
 * the images' names, and the CTFs joined to them.
 */
export function stackStar(stack: ExtractedStack): string {
  const { name, table, kept } = stack;
  const columns: Record<string, StarColumnInput> = {
    [LABEL.image]: kept.map((_, i) => `${String(i + 1).padStart(6, "0")}@${name}`),
  };
  for (const label of table.particles.labels) {
    if (label !== LABEL.image && !OF_CORRECTED_IMAGES.has(label))
      columns[label] = pick(table.particles, label, kept);
  }
  columns[LABEL.x] = kept.map(({ x }) => x);
  columns[LABEL.y] = kept.map(({ y }) => y);
  const inPixels = table.origins.unit === "pixels";
  const { originX, originY } = inPixels ? LABEL_30 : LABEL;
  // a table may have both, and only one of them is written anew
  for (const label of [LABEL_30.originX, LABEL_30.originY]) delete columns[label];
  const unit = (each: Extracted): number => (inPixels ? imagePixel(stack, each) : 1);
  columns[originX] = kept.map((each) => each.originX / unit(each));
  columns[originY] = kept.map((each) => each.originY / unit(each));
  if (kept.some((each) => isOtherPixel(table, each.row, imagePixel(stack, each)))) {
    const sizes = kept.map((each) => imagePixel(stack, each));
    Object.assign(columns, pixelsOf30(table.particles, sizes));
  }
  const { optics, ofParticles } = opticsOf(stack);
  Object.assign(columns, ctfColumns(stack), ofParticles);
  return writeStar([...optics, { name: ofParticles ? "particles" : table.particles.name, columns }]);
}

/** Angstrom, of a particle's image. */
const imagePixel = ({ box, image }: ExtractedStack, { pixelSize }: Extracted): number =>
  (pixelSize * box) / image;

/** Whether the images have another pixel size than those that the particles had before. */
function isOtherPixel(table: CoordinateTable, row: number, size: number): boolean {
  const { image, micrograph } = table.pixelSizes[row]!;
  return Math.abs((image ?? micrograph ?? size) / size - 1) >= 1e-4;
}

/** RELION 3.0's words for the pixel size of the new images: a magnification of 10,000 makes micrometres angstroms. */
function pixelsOf30(particles: StarTable, sizes: readonly number[]): Record<string, StarColumnInput> {
  return {
    ...(particles.has(LABEL_30.pixelSize) && { [LABEL_30.pixelSize]: sizes }),
    ...(particles.has(LABEL_30.detectorPixelSize) && {
      [LABEL_30.detectorPixelSize]: sizes,
      [LABEL_30.magnification]: sizes.map(() => 10_000),
    }),
  };
}

function ctfColumns({ table, kept, ctfs }: ExtractedStack): Readonly<Record<string, StarColumnInput>> {
  if (!ctfs) return {};
  const own = kept.map(({ row }) => ctfs.get(table.micrographs[row]!)!);
  return starColumns(own, CTF_COLUMNS);
}

/** The table's optics; else those of the CTFs, an optics group for each microscope and pixel size; else none, as of RELION 3.0. */
function opticsOf(stack: ExtractedStack): {
  readonly optics: readonly StarBlock[];
  /** Columns that name the particles' groups, where the table has none. */
  readonly ofParticles?: Readonly<Record<string, StarColumnInput>>;
} {
  const { table, kept, image, ctfs } = stack;
  const isOneGroup = !ctfs && !table.particles.has(LABEL.voltage);
  if (table.optics || isOneGroup) refuseMixedSizes(table, kept);
  if (table.optics) return { optics: [opticsWithSize(table.optics, stack)] };
  if (!ctfs || table.particles.has(LABEL.voltage)) return { optics: [] };
  const of = (each: Extracted) => ({ ...ctfs.get(table.micrographs[each.row]!)!, each });
  const keyOf = (group: ReturnType<typeof of>): string =>
    JSON.stringify([...MICROSCOPE.map((name) => group[name]), group.each.pixelSize]);
  const groups = new Map<string, ReturnType<typeof of> & { readonly id: number }>();
  const ids = kept.map((each) => {
    const group = of(each);
    const key = keyOf(group);
    if (!groups.has(key)) groups.set(key, { ...group, id: groups.size + 1 });
    return groups.get(key)!.id;
  });
  const columns = starColumns([...groups.values()], {
    opticsGroupName: ({ id }) => `opticsGroup${id}`,
    opticsGroup: ({ id }) => id,
    micrographPixelSize: ({ each }) => each.pixelSize,
    voltage: ({ voltage }) => voltage,
    sphericalAberration: ({ sphericalAberration }) => sphericalAberration,
    amplitudeContrast: ({ amplitudeContrast }) => amplitudeContrast,
    imagePixelSize: ({ each }) => imagePixel(stack, each),
    imageSize: () => image,
    imageDimensions: () => 2,
  });
  return {
    optics: [{ name: "optics", columns }],
    ofParticles: starColumns(ids, { opticsGroup: (id) => id }),
  };
}

/**
 * A group has one pixel size. Where the table does not say it, micrographs of other pixel sizes may have come into one group.
 * @throws FormatError
 */
function refuseMixedSizes({ particles, micrographs }: CoordinateTable, kept: readonly Extracted[]): void {
  const groups = particles.has(LABEL.opticsGroup) ? particles.integers(LABEL.opticsGroup) : undefined;
  const first = new Map<number | undefined, Extracted>();
  for (const each of kept) {
    const group = groups?.[each.row];
    const other = first.get(group) ?? each;
    first.set(group, other);
    if (!pixelSizesDiffer(each.pixelSize, other.pixelSize)) continue;
    throw particles.wrong(
      LABEL.micrograph,
      each.row,
      `${micrographs[each.row]}, of ${each.pixelSize} angstrom`,
      `${other.pixelSize}, as of ${micrographs[other.row]}: one pixel size in an optics group`,
    );
  }
}

/** data_optics with the pixel size of each group's images, from that of its micrographs, and their side in pixels. */
function opticsWithSize(optics: StarTable, { table, kept, box, image }: ExtractedStack): StarBlock {
  const rows = Array.from({ length: optics.rows }, (_, row) => ({ row }));
  const columns: Record<string, StarColumnInput> = {};
  for (const label of optics.labels)
    if (!OF_CORRECTED_IMAGES.has(label)) columns[label] = pick(optics, label, rows);
  const groupOf = table.particles.has(LABEL.opticsGroup)
    ? table.particles.integers(LABEL.opticsGroup)
    : undefined;
  const ofGroup = new Map<number | undefined, number>();
  for (const { row, pixelSize } of kept) {
    const group = groupOf?.[row];
    if (!ofGroup.has(group)) ofGroup.set(group, pixelSize);
  }
  const said = groupPixelSizes(optics);
  columns[LABEL.imagePixelSize] = Array.from(
    optics.integers(LABEL.opticsGroup),
    (id, row) =>
      ((ofGroup.get(groupOf && id) ?? said[row]!.micrograph ?? said[row]!.image ?? kept[0]!.pixelSize) *
        box) /
      image,
  );
  columns[LABEL.imageSize] = rows.map(() => image);
  columns[LABEL.imageDimensions] = rows.map(() => 2);
  return { name: "optics", columns };
}

function pick(table: StarTable, label: string, rows: readonly { readonly row: number }[]): StarColumnInput {
  const values = table.carried(label);
  return rows.map(({ row }) => values[row]!);
}
