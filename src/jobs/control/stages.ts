import { PICKS } from "../pick-run/records.js";
import type { Project } from "../project/file.js";
import { at, type ProjectData, pickedFiles, type Stage } from "../project/stage.js";
import type { MicrographKind } from "./kinds.js";
import { CONTROL } from "./records.js";

/** A file or folder of one kind's loop. */
export const controlPath = (project: Project, kind: MicrographKind, name: string): string =>
  at(project, `${CONTROL.folder}/${kind}/${name}`);

const TITLES: Readonly<Record<MicrographKind, string>> = {
  "random-phases": "micrographs of random phases",
  "matched-noise": "noise of the micrographs' spectra",
  "background-noise": "noise of the spectra between their particles",
};

/** Micrographs without particles, and what the picker finds in them at the threshold at which it picked the real ones. */
export function pickingStages(
  project: Project,
  data: ProjectData,
  own: ReadonlyMap<string, Stage>,
  {
    kind,
    threshold,
    seed,
  }: { readonly kind: MicrographKind; readonly threshold: number; readonly seed: number },
): readonly Stage[] {
  const out = controlPath(project, kind, "micrographs");
  const { pixelSize, particleDiameter } = project.settings;
  const made: Stage = {
    ...{ name: `${kind}-micrographs`, title: `Control: make ${TITLES[kind]}`, command: "control", out },
    options: {
      ...{ kind, micrographs: pickedFiles(project, data), pixelSize, seed, out },
      ...(kind === "background-noise" && { particleDiameter }),
    },
    ...{ inputs: data.all, needs: [] },
  };
  return [made, pickStage(project, own, kind, { name: "picks", threshold, title: "Control: pick them" })];
}

function pickStage(
  project: Project,
  own: ReadonlyMap<string, Stage>,
  kind: MicrographKind,
  { name, threshold, title }: { readonly name: string; readonly threshold: number; readonly title: string },
): Stage {
  const out = controlPath(project, kind, name);
  const micrographs = [controlPath(project, kind, "micrographs")];
  return {
    ...{ name: `${kind}-${name}`, title, command: "pick run", out },
    options: { ...own.get("pick-run")!.options, micrographs, threshold, out },
    ...{ inputs: [], needs: ["pick-train", `${kind}-micrographs`] },
  };
}

/** The best peaks, cut out and refined as the project's own picks were, but from no poses of a network. */
export function refiningStages(
  project: Project,
  own: ReadonlyMap<string, Stage>,
  kind: MicrographKind,
  threshold: number,
): readonly Stage[] {
  const [extract, { poses: _, ...refine }] = [own.get("extract")!, own.get("refine")!.options];
  const particles = controlPath(project, kind, "particles/stack");
  const title = "Control: take the best peaks, as many as there are picks";
  return [
    pickStage(project, own, kind, { name: "best-peaks", threshold, title }),
    {
      ...{ ...extract, name: `${kind}-extract`, title: "Control: cut them out" },
      options: {
        ...extract.options,
        particles: `${controlPath(project, kind, "best-peaks")}/${PICKS.star}`,
        out: `${particles}.mrcs`,
      },
      ...{ out: controlPath(project, kind, "particles"), needs: [`${kind}-best-peaks`, ...ctfOf(own)] },
    },
    {
      ...own.get("refine")!,
      ...{ name: `${kind}-refine`, title: "Control: refine them against the same map" },
      options: { ...refine, particles: `${particles}.star`, out: controlPath(project, kind, "refined") },
      ...{ out: controlPath(project, kind, "refined"), needs: [`${kind}-extract`] },
    },
  ];
}

const ctfOf = (own: ReadonlyMap<string, Stage>): readonly string[] => (own.has("ctf") ? ["ctf"] : []);
