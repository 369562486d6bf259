import type { Image } from "../array/image.js";
import type { ContentCounts } from "../evaluate/realism/content.js";
import type { RealismResult } from "../evaluate/realism/realism.js";
import type { ControlRecord } from "../jobs/control/records.js";
import type { MicrographEstimate } from "../jobs/estimate/records.js";
import type { PickRecord } from "../jobs/pick-run/records.js";
import type { LabelAverages } from "../jobs/shared/micrographs/label-averages.js";
import type { TrainingStep } from "../jobs/train/metrics.js";
import type { Mark } from "../plot/image-panel.js";

/** A finished figure for the report. */
export type ReportFigure =
  | { readonly kind: "svg"; readonly markup: string; readonly caption: string }
  | { readonly kind: "png"; readonly bytes: Uint8Array; readonly caption: string };

/** One micrograph to show beside others. All pictures of a report have the same pixel size. */
export interface ReportPicture {
  /** As "real", "physics", "synthetic". */
  readonly name: string;
  readonly image: Image;
  /** Angstrom. */
  readonly pixelSize: number;
  /** Labelled particles; none for images without labels. */
  readonly marks?: readonly Mark[];
  /** Pixels. */
  readonly markRadius?: number;
}

/** What the check of the data found, as its page shows it. */
export interface ReportFinding {
  readonly about: string;
  readonly found: string;
  readonly advice: string;
  readonly figures: readonly ReportFigure[];
}

/** Scores, and which of them the report puts first. */
export interface ReportRealism {
  readonly result: RealismResult;
  /** Name of the set that the report is about. */
  readonly subject: string;
  /** Names of the sets that it has to beat. */
  readonly baselines: readonly string[];
}

/** The average particle of the synthetic micrographs beside that of the clean simulation, cut at the same labels. */
export interface ReportParticles extends LabelAverages {
  readonly counts: ContentCounts;
  /** Angstrom. */
  readonly pixelSize: number;
}

/** What was estimated on the real micrographs. */
export interface ReportEstimates {
  readonly micrographs: readonly MicrographEstimate[];
  /** CTF fits drawn over their spectra, previews of ice gradients, by micrograph. */
  readonly figures: readonly { readonly name: string; readonly figures: readonly ReportFigure[] }[];
  /** Curves of the whole set, as the noise spectrum. */
  readonly overall: readonly ReportFigure[];
}

/** Picks on real micrographs, for a person to judge. */
export interface ReportPicks {
  readonly record: PickRecord;
  /** Of every peak, also those below the threshold. */
  readonly scores: readonly number[];
  /** Micrographs with their picks drawn in. */
  readonly pictures: readonly ReportFigure[];
}

/** A resolution, as a curve gives it. */
export interface ReportResolution {
  /** As "half maps, unmasked, 0.143". */
  readonly of: string;
  /** Angstrom: where the curve falls below, between shells; Infinity if the first shell lies below already. */
  readonly resolution: number;
  /** Angstrom: of the last shell before, as RELION counts. */
  readonly lastShell: number;
}

/** Sections through one map, and what it is. */
export interface ReportSlices {
  readonly name: string;
  /** In the order of the heights. */
  readonly images: readonly Image[];
}

/** Particles, refinement and map of a project that goes that far. */
export interface ReportMap {
  readonly particles: number;
  /** Angstrom, of the particle images and the map. */
  readonly pixelSize: number;
  /** Some of the particle images. */
  readonly images: readonly Image[];
  /** Averages by views, where they were made. */
  readonly averages?: ReportFigure;
  /** The training of the network from whose poses the refinement began, where there was one. */
  readonly encoder?: ReportFigure;
  readonly refinement: {
    readonly symmetry: string;
    /** Angstrom. */
    readonly initialLowPass: number;
    readonly iterations: number;
    readonly hasConverged: boolean;
    /** Correlation of the halves by iteration, change of orientations, their distribution. */
    readonly figures: readonly ReportFigure[];
  };
  /** Curves of the half maps, and of the map against the given structure. */
  readonly curves: readonly ReportFigure[];
  readonly resolutions: readonly ReportResolution[];
  /** What the map was compared with, as "2za7.pdb". */
  readonly structure: string;
  /** Angstrom above the centre, of the sections. */
  readonly heights: readonly number[];
  readonly slices: readonly ReportSlices[];
}

/** A command that repeats a stage by hand. */
export interface ReportCommand {
  readonly stage: string;
  readonly line: string;
}

/** Something to do next: in words, and as a command where there is one. */
export interface ReportStep {
  readonly text: string;
  readonly line?: string;
}

/** Where data or a method comes from. */
export interface ReportCitation {
  readonly name: string;
  readonly text: string;
  readonly url?: string;
}

/** Everything that report.html shows. A section whose data are absent or empty is left out. */
export interface ReportData {
  readonly title: string;
  /** As "cryogem 0.1.0". */
  readonly program: string;
  readonly seed: number;
  /** Paragraphs at the top: which data, on what machine. */
  readonly introduction: readonly string[];
  /** Micrographs that were set aside, and doubts. */
  readonly findings?: readonly ReportFinding[];
  /** In the order to show them, from left to right. */
  readonly pictures: readonly ReportPicture[];
  readonly realism?: ReportRealism;
  readonly particles?: ReportParticles;
  /** Every step of metrics.jsonl. */
  readonly training?: readonly TrainingStep[];
  /** Pictures that the training wrote, in order. */
  readonly trainingSamples?: readonly ReportFigure[];
  readonly estimates?: ReportEstimates;
  readonly picks?: ReportPicks;
  readonly map?: ReportMap;
  /** The same loop on micrographs without particles. */
  readonly control?: ControlRecord;
  /** What a person may do with the results. */
  readonly next?: readonly ReportStep[];
  readonly timings: readonly { readonly stage: string; readonly seconds: number }[];
  readonly commands: readonly ReportCommand[];
  readonly citations: readonly ReportCitation[];
}
