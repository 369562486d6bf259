import type { Files } from "../../core/ports.js";
import { isPacked } from "../../io/bytes/unpack.js";
import { MRC_HEADER_BYTES, type MrcHeader, type MrcStatistics, parseMrcHeader } from "../../io/mrc/header.js";
import { decodeMrcSections, isRectangular } from "../../io/mrc/read.js";
import { unpackImages } from "../../io/mrc/unpack.js";
import { measureMrc, mergeMrcStatistics } from "../../io/mrc/write.js";
import { isPixelSize, PIXEL_SIZES } from "../../io/pixel-size.js";
import { type Description, format } from "./format.js";

/** Describes an image, a stack or a volume. @throws FileError, FormatError */
export async function describeMrc(files: Files, path: string): Promise<Description> {
  const file = await openMrc(files, path);
  const { header } = file;
  const [sections, rows, columns] = header.shape;
  const size = `${columns} x ${rows}`;
  const what = {
    image: `image of ${size} pixels`,
    stack: `stack of ${sections} images of ${size} pixels`,
    volume: `volume of ${size} x ${sections} voxels (x, y, z)`,
  }[header.kind];
  const voxel = header.voxelSize.map((value) => Number(value.toPrecision(6)));
  return {
    what: `MRC, ${what}`,
    samples: `${header.mode}, ${header.littleEndian ? "little" : "big"} endian`,
    "voxel size": voxel[0]! > 0 ? `${voxel.join(" x ")} A${voxelDoubt(header)}` : "not given",
    ...(await mrcValues(file, path)),
    ...(header.axes.join() !== "1,2,3" && { "axis order": header.axes.join(" ") }),
    ...(header.origin.some((value) => value !== 0) && { origin: header.origin.map(format).join(" ") }),
    "space group": header.spaceGroup,
    ...(header.labels.length > 0 && { labels: header.labels.join(" | ") }),
    ...(header.remarks.length > 0 && { remarks: header.remarks.join("; ") }),
  };
}

/** What to say of a voxel size that can hardly be meant. */
function voxelDoubt({ voxelSize: [x, y, z], kind, cellAngles }: MrcHeader): string {
  const sides = kind === "volume" ? [x, y, z] : [x, y];
  const doubts = [
    ...(sides.every(isPixelSize) ? [] : [`expected ${PIXEL_SIZES}`]),
    // a header of 1 angstrom is that of a program that does not know
    ...(sides.every((side) => side === 1) ? ["as programs also write that do not know it"] : []),
    ...(kind === "volume" && !isRectangular(cellAngles)
      ? [`cell angles ${cellAngles.join(", ")} degrees`]
      : []),
  ];
  return doubts.length > 0 ? ` (${doubts.join("; ")})` : "";
}

interface OpenMrc {
  readonly header: MrcHeader;
  /** Bytes [start, end) of the file, unpacked. */
  readonly range: (start: number, end: number) => Promise<Uint8Array>;
}

/** A bare file's header is read alone, however large the file. */
async function openMrc(files: Files, path: string): Promise<OpenMrc> {
  const head = await files.readRange(path, 0, MRC_HEADER_BYTES);
  if (!isPacked(head)) {
    const header = parseMrcHeader(head, await files.size(path), path);
    return { header, range: (start, end) => files.readRange(path, start, end) };
  }
  const file = unpackImages(await files.read(path), path);
  const header = parseMrcHeader(file, file.length, path);
  return { header, range: async (start, end) => file.subarray(start, end) };
}

/** Bytes up to which statistics that a header lacks are measured, and bytes read at a time for it. */
const MOST_MEASURED = 2 ** 30;
const PIECE = 2 ** 24;

/** Extremes, mean and standard deviation by the header, or measured where it has none. */
async function mrcValues({ header, range }: OpenMrc, path: string): Promise<Description> {
  const { sectionBytes, dataOffset, statistics } = header;
  const { min, max, mean, rms } = statistics;
  // writers that measured nothing leave zeros, or min above max as MRC2014 asks
  if (min < max && mean >= min && mean <= max) return valueLines(statistics, rms > 0, "");
  if (sectionBytes * header.storedShape[0] > MOST_MEASURED) return { values: "not in the header" };
  const each = Math.max(1, Math.floor(PIECE / sectionBytes));
  let all: MrcStatistics | undefined;
  for (let first = 0; first < header.storedShape[0]; first += each) {
    const last = Math.min(header.storedShape[0], first + each);
    const bytes = await range(dataOffset + first * sectionBytes, dataOffset + last * sectionBytes);
    const own = measureMrc(decodeMrcSections(bytes, header, path));
    all = all ? mergeMrcStatistics(all, own, [first, last - first]) : own;
  }
  return valueLines(all!, true, " (measured: not in the header)");
}

const valueLines = (
  { min, max, mean, rms }: MrcStatistics,
  hasDeviation: boolean,
  remark: string,
): Description => ({
  values: `${format(min)} to ${format(max)}, mean ${format(mean)}${remark}`,
  ...(hasDeviation && { "standard deviation": format(rms) }),
});
