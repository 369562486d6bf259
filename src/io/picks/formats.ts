import { unpackedName } from "../bytes/unpack.js";
import { readBox } from "./box.js";
import { readCbox } from "./cbox.js";
import { readCoco } from "./coco.js";
import { pointsNameMicrographs, readPointsCsv } from "./csv.js";
import { readEmanInfo } from "./eman-info.js";
import { type Pick, refuseShares } from "./pick.js";
import { readTopaz } from "./topaz.js";

/** A format of picks and nothing else; STAR and .cs files hold particles too. */
export interface PickFormat {
  /** Of the files' names, lower case; .gz or .bz2 may follow. */
  readonly endings: readonly string[];
  readonly what: string;
  /** Whether a file says which micrograph its picks lie on: else all lie on the one that the file is named after. */
  readonly namesMicrographs: (bytes: Uint8Array, path: string) => boolean;
  /** @param stem the micrograph, of files that do not name it; @throws FormatError */
  readonly read: (bytes: Uint8Array, path: string, stem: string) => readonly Pick[];
}

const always = (): boolean => true;
const never = (): boolean => false;

const FORMATS: readonly PickFormat[] = [
  {
    ...{ endings: [".txt", ".tsv"], what: "Topaz table", namesMicrographs: always },
    read: (bytes, path) => readTopaz(bytes, path),
  },
  { endings: [".box"], what: "EMAN boxes", namesMicrographs: never, read: readBox },
  { endings: [".cbox"], what: "crYOLO boxes", namesMicrographs: never, read: readCbox },
  // before COCO's, whose ending theirs ends in
  { endings: ["_info.json"], what: "EMAN2 boxes", namesMicrographs: never, read: readEmanInfo },
  {
    ...{ endings: [".json"], what: "COCO boxes", namesMicrographs: always },
    read: (bytes, path) => readCoco(bytes, path).picks,
  },
  {
    ...{ endings: [".csv"], what: "comma-separated points", namesMicrographs: pointsNameMicrographs },
    read: readPointsCsv,
  },
];

export const PICK_FORMATS: readonly PickFormat[] = FORMATS.map((format) => ({
  ...format,
  read: (bytes, path, stem) => refuseShares(format.read(bytes, path, stem), path),
}));

/** The format that a file's name tells; undefined of others. */
export function pickFormatOf(path: string): PickFormat | undefined {
  const name = unpackedName(path).toLowerCase();
  return PICK_FORMATS.find(({ endings }) => endings.some((ending) => name.endsWith(ending)));
}
