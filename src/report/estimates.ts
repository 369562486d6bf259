import { hasRings, type MicrographEstimate } from "../jobs/estimate/records.js";
import { escapeText } from "../plot/svg.js";
import type { ReportEstimates, ReportFigure } from "./data.js";
import { htmlFigure, htmlRow, htmlTable, paragraph, type ReportSection } from "./html.js";

/** A file's name without folder and ending. */
export const stemOf = (path: string): string => path.replace(/^.*[\\/]/, "").replace(/\.[^.]+$/, "");

/** CTF, ice and particle count of each micrograph, with the pictures that let a person judge them. */
export function estimateSection({ micrographs, figures, overall }: ReportEstimates): ReportSection {
  const left = micrographs.length - figures.length;
  const rest = left > 0 ? ` The folder of the estimates holds the pictures of ${left} more.` : "";
  const body =
    paragraph(
      "Judge the fits by eye: the fitted rings must lie on those of the spectrum, and the ice map must follow the broad " +
        `changes of brightness, not the particles.${caution(micrographs)}${rest}`,
    ) +
    estimateTable(micrographs) +
    htmlRow(
      overall.map((figure) => htmlFigure(figure)),
      "halves",
    ) +
    figures.map(({ name, figures }, i) => details(name, figures, i === 0)).join("");
  return { id: "estimates", title: "Estimated from the real micrographs", body };
}

/** What to say of micrographs without rings: of fits that is a guess, of the CTFs of a table it may be one. */
function caution(micrographs: readonly MicrographEstimate[]): string {
  const weak = micrographs.filter((micrograph) => !hasRings(micrograph));
  const given = weak.filter(({ ctfFrom }) => ctfFrom === "table").length;
  const guessed = weak.length - given;
  return (
    (guessed > 0 ? ` No rings to speak of in ${guessed} of them: that defocus is a guess.` : "") +
    (given > 0
      ? ` The CTFs are those of the given table; in ${given} of the micrographs their rings are not seen at this sampling.`
      : "")
  );
}

/** The pictures of one micrograph; those of the first are open, the others a click away. */
function details(name: string, figures: readonly ReportFigure[], open: boolean): string {
  const row = htmlRow(
    figures.map((figure) => htmlFigure(figure)),
    "halves",
  );
  return `<details${open ? " open" : ""}><summary>${escapeText(name)}</summary>\n${row}</details>\n`;
}

function estimateTable(micrographs: readonly MicrographEstimate[]): string {
  const rows = micrographs.map((micrograph) => ({
    cells: [
      escapeText(stemOf(micrograph.file)),
      micrograph.defocusU.toFixed(0),
      micrograph.defocusV.toFixed(0),
      micrograph.defocusAngle.toFixed(1),
      micrograph.score.toFixed(3),
      micrograph.evidence.toFixed(0),
      micrograph.resolution?.toFixed(1) ?? "–",
      `${micrograph.ice.mean.toFixed(2)}, ${micrograph.ice.lowest.toFixed(2)}`,
      micrograph.particles === null ? "–" : String(micrograph.particles),
    ],
  }));
  const header = [
    "micrograph",
    "defocus U, Å",
    "defocus V, Å",
    "angle, °",
    "fit score",
    "evidence of rings",
    "rings seen to, Å",
    "ice, mean and least",
    "particles",
  ];
  return htmlTable("CTF, ice and particle count of each real micrograph; underfocus positive", header, rows);
}
