import type { Files } from "../core/ports.js";
import { inside } from "../dataset/layout.js";
import { type Finding, groupFindings } from "../jobs/check/records.js";
import { escapeText } from "../plot/svg.js";
import type { ReportFigure, ReportFinding } from "./data.js";
import { htmlFigure, htmlRow, inline } from "./html.js";

/** Files that a finding on a page names. */
const NAMED = 20;

/** Findings with the pictures that show them. @param folder of the check @throws FileError for a picture that is gone */
export async function readFindings(
  findings: readonly Finding[],
  folder: string,
  files: Files,
): Promise<readonly ReportFinding[]> {
  const read: ReportFinding[] = [];
  for (const { about, found, advice, pictures } of groupFindings(findings, NAMED)) {
    const figures: ReportFigure[] = [];
    for (const picture of pictures) {
      const bytes = await files.read(inside(folder, picture));
      figures.push({ kind: "png", bytes, caption: picture.replace(/^.*\//, "") });
    }
    read.push({ about, found, advice, figures });
  }
  return read;
}

/** What it is about, what was found, what to do, and the pictures. */
export function findingList(findings: readonly ReportFinding[]): string {
  const items = findings.map(({ about, found, advice, figures }) => {
    const shown =
      figures.length > 0
        ? htmlRow(
            figures.map((figure) => htmlFigure(figure)),
            "thirds",
          )
        : "";
    return `<li><strong>${escapeText(about)}</strong>: ${inline(found)}.<br>${inline(advice)}${shown}</li>`;
  });
  return `<ul>${items.join("\n")}</ul>\n`;
}
