import { z } from "zod";
import { eulerToMatrix } from "../core/rotation.js";
import { LIMITS, type Limit } from "../io/limits.js";
import { NEAR_FOCUS } from "../io/particles/units.js";
import { parseJson } from "./check.js";
import type { DatasetJob, DatasetManifest, MicrographPart, ParticleRecord } from "./records.js";

const finite = z.number();
const count = z.int().min(0);
const fraction = z.number().min(0).max(1);
const size = z.int().min(1);

const contaminant = z.object({
  x: finite,
  y: finite,
  radius: z.number().positive(),
  thickness: z.number().positive(),
  lobes: count,
  depth: fraction,
  angle: finite,
});

/** A number within what such a quantity can be. */
const within = ({ fits, expected }: Limit) => z.number().refine(fits, { message: `expected ${expected}` });

const defocus = {
  defocusU: within(LIMITS.defocus),
  defocusV: within(LIMITS.defocus),
  defocusAngle: within(LIMITS.degrees),
  phaseShift: within(LIMITS.degrees),
};

const micrograph = z
  .object({
    index: size,
    path: z.string().min(1),
    shape: z.tuple([size, size]),
    iceMean: fraction,
    particles: count,
    ...defocus,
    contaminants: z.array(contaminant).optional(),
  })
  .refine(
    ({ defocusU, defocusV }) =>
      Math.max(Math.abs(defocusU), Math.abs(defocusV)) >= NEAR_FOCUS || defocusU === 0,
    {
      path: ["defocusU"],
      message: "expected angstrom, as 21000, not micrometre",
    },
  );

const draft = z.object({
  micrograph: size,
  x: z.int(),
  y: z.int(),
  originX: finite,
  originY: finite,
  rot: finite,
  tilt: finite,
  psi: finite,
  matrix: z.array(finite).length(9),
  depth: finite,
  ...defocus,
  structure: count,
  strength: z.number().positive().optional(),
  visibleFraction: fraction,
  overlap: fraction,
});

/** Entries of a rotation matrix that differ by less are the same: 0.001 is less than a tenth of a degree. */
const SAME = 1e-3;

/** Angles and matrix say the same twice: where they differ, nobody knows which of the two was edited. */
function checkMatrix(
  given: z.infer<typeof draft>,
  { addIssue }: { readonly addIssue: (issue: z.core.$ZodRawIssue) => void },
): void {
  const expected = eulerToMatrix(given);
  if (expected.every((entry, i) => Math.abs(entry - given.matrix[i]!) < SAME)) return;
  const { rot, tilt, psi } = given;
  const entries = expected.map((entry) => Number(entry.toFixed(4))).join(", ");
  const message = `[${entries}], the matrix of rot ${rot}, tilt ${tilt}, psi ${psi}`;
  addIssue({ code: "custom", input: given.matrix, path: ["matrix"], message });
}

const particle = draft.extend({ id: size, halfSet: z.literal([1, 2]) }).superRefine(checkMatrix);

const job = z.object({
  program: z.string().min(1),
  command: z.string().min(1),
  options: z.record(z.string(), z.unknown()),
  seed: z.int(),
  inputs: z.array(z.object({ path: z.string(), sha256: z.string().regex(/^[0-9a-f]{64}$/) })),
  optics: z.object({
    pixelSize: within(LIMITS.pixelSize),
    voltage: z.number().min(60).max(1000),
    sphericalAberration: z.number().min(0).max(10),
    amplitudeContrast: fraction,
  }),
  particleDiameter: z.number().positive(),
  bFactor: z.number().min(0).optional(),
  mtf: z.object({ path: z.string().min(1), pixelSize: z.number().positive() }).optional(),
});

const manifest = z.object({
  format: z.literal("cryogem-dataset"),
  formatVersion: z.literal(1),
  ...job.shape,
  micrographs: z.array(micrograph),
  particles: count,
});

const unfinished = job.extend({ count: size });
const part = z.object({ micrograph, particles: z.array(draft.superRefine(checkMatrix)) });

/** The text of dataset.json. @throws FormatError naming the field, found and expected */
export const parseManifest = (text: string, path: string): DatasetManifest =>
  parseJson<DatasetManifest>(manifest, text, path);

/** The text of parts/job.json. @throws FormatError */
export const parseJob = (text: string, path: string): DatasetJob =>
  parseJson<DatasetJob>(unfinished, text, path);

/** The text of parts/000001.json. @throws FormatError */
export const parsePart = (text: string, path: string): MicrographPart =>
  parseJson<MicrographPart>(part, text, path);

/** Line `line` (from 1) of truth.jsonl. @throws FormatError */
export const parseParticle = (text: string, path: string, line: number): ParticleRecord =>
  parseJson<ParticleRecord>(particle, text, path, `line ${line}`);
