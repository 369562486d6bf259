import type { Files } from "../core/ports.js";
import { inside } from "../dataset/layout.js";
import { CHECK, type CheckResult, type Finding } from "../jobs/check/records.js";
import type { Project } from "../jobs/project/file.js";
import { escapeText } from "../plot/svg.js";
import { htmlFigure, htmlPage, htmlRow, paragraph, type ReportSection } from "./html.js";

const TITLES: Readonly<Record<Finding["kind"], string>> = {
  stop: "Cannot go on",
  "set aside": "Micrographs that are set aside",
  doubt: "To look at",
};

/** Writes the page of a check; returns its path. */
export async function writeCheckPage(
  project: Project,
  { micrographs, findings }: CheckResult,
  { files, program }: { readonly files: Files; readonly program: string },
): Promise<string> {
  const folder = inside(project.folder, CHECK.folder);
  const sections: ReportSection[] = [];
  for (const kind of ["stop", "set aside", "doubt"] as const) {
    const some = findings.filter((finding) => finding.kind === kind);
    if (some.length === 0) continue;
    sections.push({
      id: kind.replace(" ", "-"),
      title: TITLES[kind],
      body: await findingList(some, folder, files),
    });
  }
  const count = findings.length === 0 ? "Nothing is wrong with them." : `${findings.length} findings.`;
  const text = htmlPage(
    {
      title: `Check of ${project.settings.title}`,
      introduction: paragraph(`${micrographs.length} micrographs and the structure were looked at. ${count}`),
      footer: escapeText(program),
    },
    sections,
  );
  const path = inside(folder, "check.html");
  await files.write(path, text);
  return path;
}

/** Findings with their pictures: what it is about, what was found, what to do. */
export async function findingList(
  findings: readonly Finding[],
  folder: string,
  files: Files,
): Promise<string> {
  const items: string[] = [];
  for (const { about, found, advice, pictures } of findings) {
    const figures: string[] = [];
    for (const picture of pictures) {
      const bytes = await files.read(inside(folder, picture));
      figures.push(htmlFigure({ kind: "png", bytes, caption: picture.replace(/^.*\//, "") }));
    }
    const shown = figures.length > 0 ? htmlRow(figures, "thirds") : "";
    items.push(
      `<li><strong>${escapeText(about)}</strong>: ${escapeText(found)}.<br>${escapeText(advice)}${shown}</li>`,
    );
  }
  return `<ul>${items.join("\n")}</ul>\n`;
}
