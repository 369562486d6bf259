/** What the server and the pages of `view` say to each other. Places: see places.ts. */

/** What a file is by its name's ending; what it holds is known once it is opened. */
export type EntryKind = "folder" | "image" | "table" | "picture" | "page" | "other";

export interface ViewEntry {
  readonly name: string;
  readonly place: string;
  readonly kind: EntryKind;
}

/** The first answer: who is there and what may be done. */
export interface StartView {
  readonly program: string;
  /** Whether picks can be saved. */
  readonly edit: boolean;
  readonly roots: readonly ViewEntry[];
}

export interface FolderView {
  readonly place: string;
  /** Folders above it and itself, the root first. */
  readonly trail: readonly { readonly name: string; readonly place: string }[];
  /** Changes when something is added or goes. */
  readonly version: string;
  /** Absent where the browser has this version already. */
  readonly entries?: readonly ViewEntry[];
}

/** A folder of micrographs. */
export interface ImageSet {
  readonly name: string;
  readonly place: string;
  /** Places of its images. */
  readonly images: readonly string[];
}

/** A trained translator among the files, as the page that simulates offers it. */
export interface TranslatorView {
  /** To show: of its folder or file. */
  readonly name: string;
  /** As a command takes it where `view` was started. */
  readonly path: string;
  /** Of its model.safetensors: a place, or an address beside an exported page. */
  readonly place: string;
  /** Angstrom, for which it was trained. */
  readonly pixelSize: number;
}

export interface TranslatorsView {
  readonly translators: readonly TranslatorView[];
  /** Model files that could not be read, in words. */
  readonly problems: readonly string[];
}

/** What an exported page knows of the files beside it. */
export interface ExportedView {
  /** File of the map. */
  readonly map: string;
  /** The name that it had. */
  readonly name: string;
  readonly translators: readonly TranslatorView[];
}

/** Names and values in the order to show them. */
export type Facts = Readonly<Record<string, string | number>>;

/** A grey image, in levels of which each has half the samples of the one before along either side. */
export interface ImageView {
  readonly what: "image";
  readonly shape: readonly [rows: number, columns: number];
  /** Angstrom. */
  readonly pixelSize?: number;
  readonly levels: readonly (readonly [rows: number, columns: number])[];
  /** A sample of value v is sent as the whole number (v - low) / step, 0 to 65535. */
  readonly low: number;
  readonly step: number;
}

export interface StackView {
  readonly what: "stack";
  readonly count: number;
  readonly shape: readonly [rows: number, columns: number];
  readonly pixelSize?: number;
}

export interface VolumeView {
  readonly what: "volume";
  readonly shape: readonly [sections: number, rows: number, columns: number];
  readonly voxelSize?: number;
  /** As of an image. */
  readonly low: number;
  readonly step: number;
  /** Voxels along each edge of a cube of which one is sent where the whole volume is asked for; 1 for a small volume. */
  readonly binning: number;
}

export interface TableBlock {
  readonly name: string;
  readonly rows: number;
  readonly columns: readonly { readonly name: string; readonly type: "number" | "text" }[];
  /** Whether its rows have images in stacks: particles, class averages. */
  readonly hasImages: boolean;
}

export interface TableView {
  readonly what: "table";
  readonly version: string;
  readonly blocks: readonly TableBlock[];
}

export type OpenedView = (
  | ImageView
  | StackView
  | VolumeView
  | TableView
  | { readonly what: "picture" }
  | { readonly what: "page" }
  | { readonly what: "text"; readonly text: string }
  | { readonly what: "facts"; readonly facts: Facts }
) & { readonly name: string; readonly place: string };

/** A file of labels that has some of a micrograph. */
export interface OverlayView {
  readonly place: string;
  readonly name: string;
  /** On this micrograph. */
  readonly count: number;
  readonly hasScores: boolean;
  /** How many of them lie outside the image: then they may be of a binned or an unbinned one. */
  readonly outside: number;
  /** Whether it means this image, not another of the same name or another size. */
  readonly isSure: boolean;
}

/** Where particles lie on one micrograph, pixels from the centre of its first. */
export interface PicksView {
  readonly x: readonly number[];
  readonly y: readonly number[];
  readonly score?: readonly number[];
  /** Pixels across, where a file or its folder says so. */
  readonly diameter?: number;
}

/** Another image of the same field, or one to compare it with. */
export interface LayerView {
  readonly name: string;
  readonly place: string;
}

/** A micrograph's CTF and where it comes from. Angstrom, degrees, kV, mm. */
export interface CtfView {
  readonly source: string;
  readonly defocusU: number;
  readonly defocusV: number;
  readonly defocusAngle: number;
  readonly phaseShift: number;
  readonly voltage?: number;
  readonly sphericalAberration?: number;
  readonly amplitudeContrast?: number;
  readonly pixelSize?: number;
}

/** What goes with an image. */
export interface CompanyView {
  /** Files nearby that could not be read, in words. */
  readonly problems: readonly string[];
  readonly overlays: readonly OverlayView[];
  readonly layers: readonly LayerView[];
  readonly ctfs: readonly CtfView[];
}

/** Picks of one micrograph as they shall be. */
export interface PicksToSave {
  /** File of labels that they correct; absent: they are new. */
  readonly labels?: string;
  readonly image: string;
  readonly x: readonly number[];
  readonly y: readonly number[];
  /** null: picked by hand. */
  readonly score: readonly (number | null)[];
}

export interface SavedPicks {
  readonly place: string;
  readonly name: string;
  /** Name under which an older file of that name was kept. */
  readonly kept?: string;
}

export interface Refusal {
  readonly error: string;
}
