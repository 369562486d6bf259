import { imagePanel, standardContrast } from "../plot/image-panel.js";
import { escapeText } from "../plot/svg.js";
import type { ReportData, ReportParticles } from "./data.js";
import { estimateSection } from "./estimates.js";
import { findingList } from "./findings.js";
import { htmlPage, htmlRow, htmlTable, inline, paragraph, type ReportSection } from "./html.js";
import { controlSection } from "./map/control.js";
import { mapSections } from "./map/section.js";
import { picksSection } from "./picks.js";
import { pictureSection } from "./pictures.js";
import { realismSection } from "./realism.js";
import { duration, trainingSection } from "./training.js";

/** Bytes of a report at most: it is opened in a browser and sent by mail. */
const MOST_BYTES = 20e6;

/**
 * The report of a run as one HTML page that needs no other file and no network: pictures and charts are inside. A pure
 * function: the same data give the same text. Pictures are left out, the last ones first, until the page is small enough, and the
 * page says so.
 *
 * @param most bytes of the page
 */
export function renderReport(data: ReportData, most = MOST_BYTES): string {
  let shown = data;
  for (let left = 0; ; left++) {
    const html = renderPage(shown, left, most);
    if (new TextEncoder().encode(html).length <= most) return html;
    const fewer = withoutOnePicture(shown);
    if (!fewer) return html;
    shown = fewer;
  }
}

/** Without the last picture of the longer row of those that a folder holds too; nothing where none is left. */
function withoutOnePicture(data: ReportData): ReportData | undefined {
  const { estimates, picks, trainingSamples = [], pictures, findings = [] } = data;
  const [fits, circled] = [estimates?.figures.length ?? 0, picks?.pictures.length ?? 0];
  if (estimates && fits > 0 && fits >= circled) {
    return { ...data, estimates: { ...estimates, figures: estimates.figures.slice(0, -1) } };
  }
  if (picks && circled > 0) return { ...data, picks: { ...picks, pictures: picks.pictures.slice(0, -1) } };
  const shown = findings.findLastIndex(({ figures }) => figures.length > 0);
  if (shown >= 0) {
    return { ...data, findings: findings.map((each, i) => (i === shown ? { ...each, figures: [] } : each)) };
  }
  if (trainingSamples.length > 0) return { ...data, trainingSamples: trainingSamples.slice(0, -1) };
  return pictures.length > 0 ? { ...data, pictures: [] } : undefined;
}

/** @param left pictures, or rows of them, that were left out for the size of the page */
function renderPage(data: ReportData, left: number, most: number): string {
  const { pictures, realism, particles, training, estimates, timings, commands, citations } = data;
  const sections: readonly (ReportSection | undefined)[] = [
    pictures.length > 0 ? pictureSection(pictures) : undefined,
    data.findings && data.findings.length > 0
      ? { id: "findings", title: "Set aside, and doubts", body: findingList(data.findings) }
      : undefined,
    realism && realismSection(realism),
    particles && particleSection(particles),
    training && training.length > 0 ? trainingSection(training, data.trainingSamples) : undefined,
    estimates && estimateSection(estimates),
    data.picks && picksSection(data.picks),
    ...(data.map ? mapSections(data.map) : []),
    data.control && controlSection(data.control),
    data.next && data.next.length > 0 ? nextSection(data.next) : undefined,
    timings.length > 0 ? timingSection(timings) : undefined,
    commands.length > 0 ? commandSection(commands) : undefined,
    citations.length > 0 ? citationSection(citations) : undefined,
  ];
  const size =
    left === 0
      ? []
      : [
          `This page is kept to ${Number((most / 1e6).toPrecision(2))} MB: ${left} ` +
            `${left === 1 ? "picture or row of pictures is" : "pictures or rows of pictures are"} left out. ` +
            "The folders beside it hold all of them.",
        ];
  const introduction = [...data.introduction, ...size].map(paragraph).join("");
  const footer = escapeText(`${data.program}, seed ${data.seed}.`);
  return htmlPage(
    { title: data.title, introduction, footer },
    sections.filter((section) => section !== undefined),
  );
}

function particleSection({
  synthetic,
  clean,
  count,
  counts,
  pixelSize,
  agreement,
}: ReportParticles): ReportSection {
  const [rows] = clean.shape;
  const panel = (title: string, image: ReportParticles["clean"]): string =>
    `<figure>${imagePanel({ title, image, pixelSize, contrast: standardContrast(image), zoom: rows < 200 ? 3 : 1 })}</figure>`;
  const body =
    paragraph(
      `The average of ${count} boxes cut at the labelled places, whole ones only: if the labels still fit after the ` +
        "translation, the particle looks as in the clean simulation and lies in the same place.",
    ) +
    paragraph(
      `Correlation ${agreement.correlation.toFixed(3)} (1 = the same), offset ${agreement.offset.toFixed(2)} pixels ` +
        `(${agreement.offsetX.toFixed(2)} along x, ${agreement.offsetY.toFixed(2)} along y). Expected: 0.9 or more, within 1 pixel.`,
    ) +
    paragraph(
      `Of ${counts.particles} particles, each searched around its label, ${counts.lost} are found no better than in an image without ` +
        `structure and ${counts.moved} lie more than an eighth of a diameter aside; ${counts.invented} places ` +
        "far from all labels look as much like " +
        "the average particle as half of the particles do.",
    ) +
    htmlRow([panel("synthetic", synthetic), panel("clean simulation", clean)], "exact");
  return { id: "particles", title: "Particles at their labels", body };
}

function nextSection(steps: NonNullable<ReportData["next"]>): ReportSection {
  const items = steps.map(({ text, line }) => {
    const command = line === undefined ? "" : `<pre tabindex="0"><code>${escapeText(line)}</code></pre>`;
    return `<li>${inline(text)}${command}</li>`;
  });
  return { id: "next", title: "What to do next", body: `<ol>${items.join("\n")}</ol>\n` };
}

function timingSection(timings: ReportData["timings"]): ReportSection {
  const total = timings.reduce((sum, { seconds }) => sum + seconds, 0);
  const share = (seconds: number): string => `${((100 * seconds) / (total || 1)).toFixed(0)} %`;
  const rows = [
    ...timings.map(({ stage, seconds }) => ({
      cells: [escapeText(stage), duration(seconds), share(seconds)],
    })),
    { cells: ["total", duration(total), ""], kind: "reference" as const },
  ];
  return {
    id: "timings",
    title: "Timings",
    body: htmlTable("Time of each stage", ["stage", "time", "share"], rows),
  };
}

function commandSection(commands: ReportData["commands"]): ReportSection {
  const body = commands.map(
    ({ stage, line }) =>
      `<h3>${escapeText(stage)}</h3>\n<pre tabindex="0"><code>${escapeText(line)}</code></pre>\n`,
  );
  return { id: "commands", title: "To repeat it by hand", body: body.join("") };
}

function citationSection(citations: ReportData["citations"]): ReportSection {
  const items = citations.map(({ name, text, url }) => {
    const link = url === undefined ? "" : ` <a href="${escapeText(url)}">${escapeText(url)}</a>`;
    return `<li><strong>${escapeText(name)}</strong>: ${escapeText(text)}${link}</li>`;
  });
  return { id: "citations", title: "Data and methods", body: `<ul>${items.join("\n")}</ul>\n` };
}
