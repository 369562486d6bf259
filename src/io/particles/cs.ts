import { FormatError } from "../../core/errors.js";
import { matrixToEuler } from "../../core/rotation.js";
import { LIMITS } from "../limits.js";
import { readNpyTable } from "../npy/read.js";
import type { CoordinatePick } from "../picks/pick.js";
import { CsColumns } from "./cs-columns.js";
import type { CsFile } from "./cs-join.js";
import { assembleParticles, type OpticsGroup, type ParticleColumns, type ParticleSet } from "./particle.js";
import { rotationVectorToMatrix, transpose } from "./rotation-vector.js";
import { areUneven } from "./strengths.js";
import { microscopeOfCs, refuseBeyondInCs, refuseMicrometresInCs } from "./units.js";

const DEGREES = 180 / Math.PI;

/** By how much a refinement found each particle stronger or weaker than the map. */
const STRENGTH = "alignments3D/alpha";

/** How well a place fits a picker's template or blob; the higher, the surer. */
const SCORE = "pick_stats/ncc_score";

/**
 * Reads particles of a cryoSPARC .cs file in RELION's conventions: the pose is the rotation vector of the transposed matrix,
 * shifts in pixels of alignments3D/psize_A become origins in angstrom, angles of the CTF become degrees. In-plane poses of
 * 2D classification are left out, and so are its shifts: programs that read them disagree on their order and sign.
 *
 * @throws FormatError for a damaged file, a missing optics column, a value that is no finite number or that its column cannot mean
 */
export const readParticlesCs = (bytes: Uint8Array, path: string): ParticleSet =>
  particlesOfCs(readCsFile(bytes, path));

/** A .cs file as its table. @throws FormatError for a damaged file */
export const readCsFile = (bytes: Uint8Array, path: string): CsFile => ({
  path,
  table: readNpyTable(bytes, path),
});

/** The particles of a .cs file, as readParticlesCs. */
export function particlesOfCs(file: CsFile): ParticleSet {
  const table = new CsColumns(file.table, file.path);
  const { optics, groupOf } = readOptics(table);
  const particles = assembleParticles(groupOf, readColumns(table));
  const unused = unusedColumns(table);
  return { optics, particles, ...(unused.length > 0 && { unused }) };
}

/** Of a 2D classification, pixels: they matter where nothing later says where the particle lies. */
const SHIFT_2D = "alignments2D/shift";

/** Of a heterogeneous refinement: a pose for each class, where none says which class is the particle's. */
const POSES_OF_CLASSES = "alignments3D_multi/pose";
/** Which filament a particle is a segment of. */
const FILAMENT = "filament/filament_uid";

const unusedColumns = (table: CsColumns): string[] => [
  ...(table.has(FILAMENT) ? [FILAMENT] : []),
  ...(table.has(POSES_OF_CLASSES) && !table.has("alignments3D/pose") ? [POSES_OF_CLASSES] : []),
  ...(table.has(SHIFT_2D) &&
  !table.has("alignments3D/shift") &&
  table.numbers(SHIFT_2D, 2).some((value) => value !== 0)
    ? [SHIFT_2D]
    : []),
  ...(table.has(STRENGTH) && areUneven(table.numbers(STRENGTH)) ? [STRENGTH] : []),
];

/** Whether a .cs file is of micrographs, with their CTFs or without, and not of particles. */
export const isExposures = ({ table: { columns } }: CsFile): boolean =>
  columns.has("micrograph_blob/path") && !columns.has("location/micrograph_path");

/** Whether a .cs file has the optics that particles need. */
export const hasOptics = (file: CsFile): boolean =>
  file.table.columns.has("ctf/accel_kv") && !isExposures(file);

/** Whether a .cs file says where its particles lie. */
export const hasPlaces = ({ table: { columns } }: CsFile): boolean =>
  columns.has("location/micrograph_path") && columns.has("location/center_x_frac");

/**
 * The places of a .cs file's particles, which need the columns location/… only; with their shifts where they have been
 * aligned, and the pickers' scores.
 *
 * @throws FormatError for a file without places
 */
export function placesOfCs(file: CsFile): CoordinatePick[] {
  const table = new CsColumns(file.table, file.path);
  if (isExposures(file))
    throw new FormatError(file.path, "columns", "micrograph_blob/path, of micrographs", "those of particles");
  const micrographs = table.text("location/micrograph_path");
  const [x, y] = placeColumns(table);
  const score = table.has(SCORE) ? table.numbers(SCORE) : undefined;
  const { origin } = alignmentColumns(table);
  const optional = (name: string): Float64Array | undefined =>
    table.has(name) ? table.sizes(name) : undefined;
  const [micrograph, image] = [optional("location/micrograph_psize_A"), optional("blob/psize_A")];
  return micrographs.map((name, row) => {
    const shift = origin?.(row);
    const isMoved = shift && (shift.x !== 0 || shift.y !== 0);
    const pixelSizes = { micrograph: micrograph?.[row], original: undefined, image: image?.[row] };
    return {
      micrograph: name.replace(/^>/, ""),
      ...{ x: x(row), y: y(row) },
      ...(score && { score: score[row]! }),
      ...(isMoved && { origin: shift, pixelSizes }),
    };
  });
}

function readOptics(table: CsColumns): { optics: OpticsGroup[]; groupOf: Float64Array } {
  // particles that have only been picked have no images yet
  const pixelSize = table.sizes(
    table.has("blob/psize_A") || !table.has("location/micrograph_psize_A")
      ? "blob/psize_A"
      : "location/micrograph_psize_A",
  );
  const {
    voltage,
    sphericalAberration: cs,
    amplitudeContrast: contrast,
  } = microscopeOfCs((name) => table.numbers(name), table.path);
  const exposureGroup = table.has("ctf/exp_group_id")
    ? table.numbers("ctf/exp_group_id")
    : new Float64Array(table.rows);
  const size = table.has("blob/shape") ? table.numbers("blob/shape", 2) : undefined;
  const micrographPixelSize = table.has("location/micrograph_psize_A")
    ? table.sizes("location/micrograph_psize_A")
    : undefined;
  const sign = table.has("blob/sign") ? table.numbers("blob/sign") : undefined;
  if (sign) refuseBeyondInCs(sign, "blob/sign", LIMITS.sign, table.path);
  const further = table.furtherOptics();
  const optics: OpticsGroup[] = [];
  const places = new Map<string, number>();
  const groupOf = new Float64Array(table.rows);
  for (let row = 0; row < table.rows; row++) {
    const group: OpticsGroup = {
      name: `exposureGroup${exposureGroup[row]!}`,
      pixelSize: pixelSize[row]!,
      ...(micrographPixelSize ? { micrographPixelSize: micrographPixelSize[row]! } : {}),
      voltage: voltage[row]!,
      sphericalAberration: cs[row]!,
      amplitudeContrast: contrast[row]!,
      ...(size ? { imageSize: size[2 * row + 1]! } : {}),
      ...(sign && sign[row]! < 0 && { isDark: true }),
      ...(further.length > 0 && { further }),
    };
    const key = Object.values(group).join();
    const known = places.get(key);
    groupOf[row] = known ?? optics.length;
    if (known !== undefined) continue;
    places.set(key, optics.length);
    optics.push(group);
  }
  return { optics, groupOf };
}

function readColumns(table: CsColumns): ParticleColumns {
  const stacks = table.has("blob/path") ? table.text("blob/path") : undefined;
  const sections = stacks && table.integers("blob/idx", 0, 2 ** 31);
  const micrographs = table.has("location/micrograph_path")
    ? table.text("location/micrograph_path")
    : undefined;
  return {
    // A leading > marks a link in cryoSPARC's own folder.
    image:
      stacks && sections && ((row) => ({ index: sections[row]! + 1, stack: stacks[row]!.replace(/^>/, "") })),
    micrograph: micrographs && ((row) => micrographs[row]!.replace(/^>/, "")),
    ...locationColumns(table),
    defocus: defocusColumn(table),
    ...alignmentColumns(table),
  };
}

function locationColumns(table: CsColumns): ParticleColumns {
  if (!table.has("location/center_x_frac")) return {};
  const [x, y] = placeColumns(table);
  return { x, y };
}

/** Sides of the micrograph from its middle: a place beyond is no share of the side, but pixels or a damaged file. */
const FARTHEST = 1;

/** Coordinates in pixels: cryoSPARC's are fractions of the micrograph's sides. */
function placeColumns(table: CsColumns): readonly [x: (row: number) => number, y: (row: number) => number] {
  const [x, y] = [table.numbers("location/center_x_frac"), table.numbers("location/center_y_frac")];
  const shape = table.numbers("location/micrograph_shape", 2);
  const empty = shape.findIndex((side) => side < 1);
  if (empty >= 0) {
    const at = `location/micrograph_shape, row ${Math.floor(empty / 2) + 1}`;
    throw new FormatError(
      table.path,
      at,
      shape[empty],
      "pixels of the micrograph, which places are shares of",
    );
  }
  for (const [name, shares] of [
    ["location/center_x_frac", x],
    ["location/center_y_frac", y],
  ] as const) {
    const row = shares.findIndex((share) => Math.abs(share - 0.5) > FARTHEST);
    if (row < 0) continue;
    const expected = "a share of the micrograph's side, 0 to 1";
    throw new FormatError(table.path, `${name}, row ${row + 1}`, shares[row], expected);
  }
  return [(row) => x[row]! * shape[2 * row + 1]!, (row) => y[row]! * shape[2 * row]!];
}

function defocusColumn(table: CsColumns): ParticleColumns["defocus"] {
  if (!table.has("ctf/df1_A")) return undefined;
  const [u, v] = [table.numbers("ctf/df1_A"), table.numbers("ctf/df2_A")];
  refuseMicrometresInCs(u, v, table.path);
  const radians = (name: string): Float64Array => {
    const angles = table.numbers(name);
    refuseBeyondInCs(angles, name, LIMITS.radians, table.path);
    return angles;
  };
  const [angle, phase] = [radians("ctf/df_angle_rad"), radians("ctf/phase_shift_rad")];
  const optional = (name: string): Float64Array | undefined =>
    table.has(name) ? table.numbers(name) : undefined;
  const [bFactor, scale] = [optional("ctf/bfactor"), optional("ctf/scale")];
  if (scale) refuseBeyondInCs(scale, "ctf/scale", LIMITS.scale, table.path);
  return (row) => ({
    defocusU: u[row]!,
    defocusV: v[row]!,
    defocusAngle: angle[row]! * DEGREES,
    phaseShift: phase[row]! * DEGREES,
    ...(bFactor && bFactor[row] !== 0 && { bFactor: bFactor[row]! }),
    ...(scale && scale[row] !== 1 && { scale: scale[row]! }),
  });
}

function alignmentColumns(table: CsColumns): ParticleColumns {
  if (!table.has("alignments3D/pose")) return {};
  const pose = table.numbers("alignments3D/pose", 3);
  const shift = table.numbers("alignments3D/shift", 2);
  const pixelSize = table.sizes("alignments3D/psize_A");
  refuseLongTurns(pose, table.path);
  const classes = table.has("alignments3D/class") ? table.numbers("alignments3D/class") : undefined;
  const split = table.has("alignments3D/split") ? table.integers("alignments3D/split", 0, 1) : undefined;
  return {
    angles: (row) =>
      matrixToEuler(
        transpose(rotationVectorToMatrix([pose[3 * row]!, pose[3 * row + 1]!, pose[3 * row + 2]!])),
      ),
    origin: (row) => ({ x: shift[2 * row]! * pixelSize[row]!, y: shift[2 * row + 1]! * pixelSize[row]! }),
    halfSet: split && ((row) => (split[row] === 0 ? 1 : 2)),
    classNumber: classes && ((row) => classes[row]! + 1),
  };
}

/** A turn is at most pi long, two pi where a program let it run on: longer ones are degrees, or no rotation vectors. */
function refuseLongTurns(pose: Float64Array, path: string): void {
  for (let row = 0; 3 * row < pose.length; row++) {
    const vector = pose.subarray(3 * row, 3 * row + 3);
    if (LIMITS.radians.fits(Math.hypot(...vector))) continue;
    const expected = "a rotation vector, whose length is an angle in radians";
    throw new FormatError(path, `alignments3D/pose, row ${row + 1}`, [...vector], expected);
  }
}
