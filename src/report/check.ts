import type { Files } from "../core/ports.js";
import { inside } from "../dataset/layout.js";
import { CHECK, type CheckResult, type Finding } from "../jobs/check/records.js";
import type { Project } from "../jobs/project/file.js";
import { escapeText } from "../plot/svg.js";
import { findingList, readFindings } from "./findings.js";
import { htmlPage, paragraph, type ReportSection } from "./html.js";

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
  let total = 0;
  for (const kind of ["stop", "set aside", "doubt"] as const) {
    const some = await readFindings(
      findings.filter((finding) => finding.kind === kind),
      folder,
      files,
    );
    if (some.length === 0) continue;
    total += some.length;
    sections.push({
      id: kind.replace(" ", "-"),
      title: TITLES[kind],
      body: findingList(some),
    });
  }
  const count = total === 0 ? "Nothing is wrong with them." : `Findings: ${total}.`;
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
