import type { Image } from "../../array/image.js";
import type { Coherence } from "../optics/envelope.js";
import type { Defocus, Optics } from "../optics/optics.js";
import type { Projector } from "../projection/projector.js";
import type { Contaminant, ContaminantMatter } from "../specimen/contaminants.js";
import type { PlacedParticle } from "../specimen/specimen.js";

/** All that decides a micrograph without noise. */
export interface MicrographInputs {
  readonly shape: readonly [rows: number, columns: number];
  readonly optics: Optics;
  /** At depth 0. */
  readonly defocus: Defocus;
  /** Envelope exp(-B k² / 4), angstrom squared; absent = none. */
  readonly bFactor?: number;
  /** Absent: a coherent beam. */
  readonly coherence?: Coherence;
  /** One a structure, each with the optics' pixel size. */
  readonly projectors: readonly Projector[];
  readonly particles: readonly PlacedParticle[];
  /** Ice gradient W over the field of view, (0, 1], of any size; absent = 1. */
  readonly ice?: Image;
  /** Absent: none. */
  readonly contaminants?: { readonly lumps: readonly Contaminant[]; readonly matter: ContaminantMatter };
}

/** A micrograph, and of each particle the pixel of its centre, which fractions of it are visible and under others. */
export interface Imaged {
  readonly clean: Image;
  readonly mask: Image;
  readonly placed: readonly {
    readonly x: number;
    readonly y: number;
    readonly visible: number;
    readonly overlap: number;
  }[];
}
