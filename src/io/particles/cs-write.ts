import { DomainError } from "../../core/errors.js";
import { eulerToMatrix } from "../../core/rotation.js";
import { encodeNpyHeader, encodeNpyRows, type NpyColumn, type NpyTable, writeNpyTable } from "../npy/read.js";
import type { OpticsGroup, Particle, ParticleSet } from "./particle.js";
import { matrixToRotationVector, transpose } from "./rotation-vector.js";

const DEGREES = 180 / Math.PI;

/**
 * Particles as a cryoSPARC .cs file: CTF, and where every particle has them blobs, alignments3D and locations. Images are
 * taken to have white protein (blob/sign 1). uid counts from 1.
 * @param shapeOf rows and columns of a micrograph, which cryoSPARC needs for coordinates; absent: no locations
 * @throws DomainError for particles with neither images nor places, or an optics group without image size
 */
export function writeParticlesCs(set: ParticleSet, shapeOf?: ShapeOf): Uint8Array {
  return writeNpyTable(particlesTable(set, shapeOf, { before: 0, longestName: 0 }));
}

/**
 * The same file in pieces, a piece for each set, so that its size is not bound by memory. All sets have the same optics groups.
 * @param total particles of all sets
 * @param longestName bytes of the longest name of a micrograph
 */
export async function* particlesCsPieces(
  sets: AsyncIterable<ParticleSet>,
  shapeOf: ShapeOf,
  { total, longestName }: { readonly total: number; readonly longestName: number },
): AsyncGenerator<Uint8Array> {
  let before = 0;
  for await (const set of sets) {
    if (set.particles.length === 0) continue;
    const table = particlesTable(set, shapeOf, { before, longestName });
    if (before === 0) yield encodeNpyHeader(table, total);
    yield encodeNpyRows(table);
    before += table.rows;
  }
  if (before === 0) yield writeParticlesCs({ optics: [], particles: [] }, shapeOf);
}

/** Rows and columns of a micrograph, where a caller knows them. */
export type ShapeOf = (micrograph: string) => readonly [rows: number, columns: number];

/** @param place particles written before, and bytes that every name has at least */
function particlesTable(
  set: ParticleSet,
  shapeOf: ShapeOf | undefined,
  { before, longestName }: { readonly before: number; readonly longestName: number },
): NpyTable {
  const { optics, particles } = set;
  const groups = particles.map(({ opticsGroup }) => optics[opticsGroup]!);
  const columns = new Map<string, NpyColumn>();
  const add = (
    name: string,
    dtype: string,
    values: readonly number[],
    shape: readonly number[] = [],
  ): void => {
    columns.set(name, { dtype, shape, values: Float64Array.from(values) });
  };
  const text = (name: string, values: readonly string[]): void => {
    const dtype = `|S${name === "location/micrograph_path" ? longestName : 0}`;
    columns.set(name, { dtype, shape: [], values });
  };
  columns.set("uid", {
    dtype: "<u8",
    shape: [],
    values: BigUint64Array.from(particles, (_, i) => BigInt(before + i + 1)),
  });
  if (particles.every(({ image }) => image)) addBlobs(particles, groups, add, text);
  else if (!shapeOf || !particles.every(hasPlace)) {
    throw new DomainError("image of a particle", "none", "a section of a stack, or a place in a micrograph");
  }
  addCtf(set, groups, add, text);
  if (particles.every(({ angles, origin }) => angles && origin)) addAlignments(particles, groups, add);
  if (shapeOf && particles.every(hasPlace)) addLocations(set, shapeOf, add, text);
  return { rows: particles.length, columns };
}

const hasPlace = ({ x, y, micrograph }: Particle): boolean =>
  x !== undefined && y !== undefined && micrograph !== undefined;

function addLocations({ optics, particles }: ParticleSet, shapeOf: ShapeOf, add: Add, text: AddText): void {
  const shapes = particles.map(({ micrograph }) => shapeOf(micrograph!));
  text(
    "location/micrograph_path",
    particles.map(({ micrograph }) => micrograph!),
  );
  add(
    "location/micrograph_shape",
    "<u4",
    shapes.flatMap((shape) => [...shape]),
    [2],
  );
  add(
    "location/micrograph_psize_A",
    "<f4",
    particles.map(({ opticsGroup }) => {
      const { micrographPixelSize, pixelSize } = optics[opticsGroup]!;
      return micrographPixelSize ?? pixelSize;
    }),
  );
  add(
    "location/center_x_frac",
    "<f4",
    particles.map(({ x }, i) => x! / shapes[i]![1]),
  );
  add(
    "location/center_y_frac",
    "<f4",
    particles.map(({ y }, i) => y! / shapes[i]![0]),
  );
}

function addBlobs(
  particles: readonly Particle[],
  groups: readonly OpticsGroup[],
  add: Add,
  text: AddText,
): void {
  text(
    "blob/path",
    particles.map((particle) => imageOf(particle).stack),
  );
  add(
    "blob/idx",
    "<u4",
    particles.map((particle) => imageOf(particle).index - 1),
  );
  add(
    "blob/shape",
    "<u4",
    groups.flatMap((group) => [imageSizeOf(group), imageSizeOf(group)]),
    [2],
  );
  add(
    "blob/psize_A",
    "<f4",
    groups.map(({ pixelSize }) => pixelSize),
  );
  add(
    "blob/sign",
    "<f4",
    groups.map(({ isDark }) => (isDark ? -1 : 1)),
  );
}

function imageOf(particle: Particle): NonNullable<Particle["image"]> {
  if (!particle.image) throw new DomainError("image of a particle", "none", "a section of a stack");
  return particle.image;
}

function imageSizeOf({ imageSize, name }: OpticsGroup): number {
  if (imageSize === undefined) throw new DomainError(`image size of ${name}`, "none", "pixels");
  return imageSize;
}

type AddText = (name: string, values: readonly string[]) => void;
type Add = (name: string, dtype: string, values: readonly number[], shape?: readonly number[]) => void;

function addCtf({ particles }: ParticleSet, groups: readonly OpticsGroup[], add: Add, text: AddText): void {
  text(
    "ctf/type",
    particles.map(() => "imported"),
  );
  add(
    "ctf/exp_group_id",
    "<u4",
    particles.map(({ opticsGroup }) => opticsGroup),
  );
  add(
    "ctf/accel_kv",
    "<f4",
    groups.map(({ voltage }) => voltage),
  );
  add(
    "ctf/cs_mm",
    "<f4",
    groups.map(({ sphericalAberration }) => sphericalAberration),
  );
  add(
    "ctf/amp_contrast",
    "<f4",
    groups.map(({ amplitudeContrast }) => amplitudeContrast),
  );
  if (!particles.every(({ defocus }) => defocus)) return;
  add(
    "ctf/df1_A",
    "<f4",
    particles.map(({ defocus }) => defocus!.defocusU),
  );
  add(
    "ctf/df2_A",
    "<f4",
    particles.map(({ defocus }) => defocus!.defocusV),
  );
  add(
    "ctf/df_angle_rad",
    "<f4",
    particles.map(({ defocus }) => defocus!.defocusAngle / DEGREES),
  );
  add(
    "ctf/phase_shift_rad",
    "<f4",
    particles.map(({ defocus }) => defocus!.phaseShift / DEGREES),
  );
  add(
    "ctf/scale",
    "<f4",
    particles.map(({ defocus }) => defocus!.scale ?? 1),
  );
  add(
    "ctf/bfactor",
    "<f4",
    particles.map(({ defocus }) => defocus!.bFactor ?? 0),
  );
  add(
    "ctf/scale_const",
    "<f4",
    particles.map(() => 0),
  );
}

function addAlignments(particles: readonly Particle[], groups: readonly OpticsGroup[], add: Add): void {
  add(
    "alignments3D/split",
    "<u4",
    particles.map(({ halfSet = 1 }) => halfSet - 1),
  );
  const shift = particles.flatMap(({ origin }, i) => [
    origin!.x / groups[i]!.pixelSize,
    origin!.y / groups[i]!.pixelSize,
  ]);
  add("alignments3D/shift", "<f4", shift, [2]);
  const pose = particles.flatMap(({ angles }) => matrixToRotationVector(transpose(eulerToMatrix(angles!))));
  add("alignments3D/pose", "<f4", pose, [3]);
  add(
    "alignments3D/psize_A",
    "<f4",
    groups.map(({ pixelSize }) => pixelSize),
  );
}
