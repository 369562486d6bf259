import type { Files } from "../../core/ports.js";
import { inside } from "../../dataset/layout.js";
import { readMicrographCtfs } from "../../io/particles/micrograph-ctf.js";
import { micrographStem } from "../../io/picks/pick.js";
import { parseEstimates } from "../estimate/records.js";
import { ESTIMATES } from "../estimate/run.js";
import type { ProjectFiles } from "../project/data.js";
import type { Project } from "../project/file.js";
import type { DatasetContext } from "../shared/context.js";
import { tellMicrographRemarks } from "../shared/micrographs/header-remarks.js";
import { namedByStem } from "../shared/micrographs/stems.js";
import { micrographCtfDoubt } from "../shared/particles/ctf-doubt.js";
import { startProgress } from "../shared/progress.js";
import { judgeCtfs, judgeEstimates, judgeTable } from "./ctf.js";
import { glanceAt } from "./glance.js";
import { judgeAlone, judgeMicrographs, judgeVersions } from "./judge.js";
import { CHECK, type CheckedMicrograph, type CheckResult, type Finding, groupFindings } from "./records.js";
import { judgeStructure } from "./structure.js";

/**
 * Looks at the data of a project: every micrograph to learn from, those held out, the structure, and what they say of each other.
 * On the way to a map all other micrographs are read too. What was looked at before is not looked at again.
 *
 * @param fits what is known of the project's own CTF fits
 */
export async function checkProject(
  project: Project,
  { learned, all, heldOut, structure, ctf }: ProjectFiles,
  context: DatasetContext,
  fits: readonly Finding[] = [],
): Promise<CheckResult> {
  const { files, report, signal, workers, program } = context;
  const { pixelSize, particleDiameter, map, goal } = project.settings;
  const dir = inside(project.folder, CHECK.folder);
  const inputs = namedByStem([...learned, ...heldOut]);
  const advance = startProgress(report, { stage: "check", total: inputs.length, unit: "micrographs" });
  const checked: CheckedMicrograph[] = await workers.map("check-micrograph", inputs, {
    signal,
    shared: { dir, pixelSize, particleDiameter, program },
    onResult: () => advance(),
  });
  signal.throwIfAborted();
  const micrographs = checked.slice(0, learned.length);
  const looked = new Set([...learned, ...heldOut]);
  // picking leaves out what it cannot read, the stages from picks to a map stop at it
  const others =
    goal === "map"
      ? await glanceAt(
          all.filter((path) => !looked.has(path)),
          dir,
          context,
        )
      : [];
  await tellMicrographRemarks(goal === "map" ? all : [...learned, ...heldOut], context);
  const ctfs = ctf === undefined ? undefined : readMicrographCtfs(await files.read(ctf), ctf);
  const doubt = ctfs && micrographCtfDoubt(ctfs, ctf!);
  if (doubt) report.warn(doubt);
  const findings = [
    ...(await judgeStructure(
      structure,
      map === undefined ? "model" : "map",
      particleDiameter,
      files,
      project.sections.potential,
    )),
    ...judgeVersions([...new Set([...all, ...heldOut])]),
    ...judgeMicrographs(micrographs, { pixelSize }),
    ...judgeAlone([...checked.slice(learned.length), ...others], { pixelSize }),
    ...(ctfs ? judgeTable(goal === "map" ? all : learned, ctfs, project.settings, ctf!) : []),
    ...(ctfs ? judgeCtfs(goal === "map" ? [...checked, ...others] : micrographs, ctfs) : []),
    ...fits,
  ];
  const text = JSON.stringify({ format: "cryogem-check", formatVersion: 1, program, findings }, null, 1);
  await files.write(inside(dir, CHECK.record), `${text}\n`);
  return { micrographs: checked, findings };
}

/** What the CTF fits of a project's own estimates say. */
export interface OwnFits {
  readonly findings: readonly Finding[];
  /** Stems of the micrographs that could not be fitted, where others could. */
  readonly unfitted: ReadonlySet<string>;
}

/** Judges the project's last estimates; nothing is found where another program made the fits, or none were made yet. */
export async function judgeOwnFits(
  { folder }: Project,
  { learned, ctf }: Pick<ProjectFiles, "learned" | "ctf">,
  files: Files,
): Promise<OwnFits> {
  const path = inside(folder, `estimates/${ESTIMATES.record}`);
  if (ctf !== undefined || !(await files.exists(path))) return { findings: [], unfitted: new Set() };
  const estimates = parseEstimates(new TextDecoder().decode(await files.read(path)), path);
  const findings = judgeEstimates(estimates, learned);
  return { findings, unfitted: new Set([...setAside(findings)].map(micrographStem)) };
}

/** The micrographs that the findings set aside. */
export const setAside = (findings: readonly Finding[]): ReadonlySet<string> =>
  new Set(findings.filter(({ kind }) => kind === "set aside").map(({ about }) => about));

/** Files that a line for a terminal names. */
const NAMED = 3;

/** Findings for a terminal, a line each. */
export const findingLines = (findings: readonly Finding[]): readonly string[] =>
  groupFindings(findings, NAMED).map(
    ({ kind, about, found, advice }) => `${kind}: ${about}: ${found}. ${advice}`,
  );
