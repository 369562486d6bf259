import { imagePanel, standardContrast } from "../plot/image-panel.js";
import { escapeText } from "../plot/svg.js";
import type { ReportData, ReportParticles } from "./data.js";
import { estimateSection } from "./estimates.js";
import { htmlPage, htmlRow, htmlTable, paragraph, type ReportSection } from "./html.js";
import { picksSection } from "./picks.js";
import { pictureSection } from "./pictures.js";
import { realismSection } from "./realism.js";
import { duration, trainingSection } from "./training.js";

/**
 * The report of a run as one HTML page that needs no other file and no network: pictures and charts are inside. A pure
 * function: the same data give the same text.
 */
export function renderReport(data: ReportData): string {
  const { pictures, realism, particles, training, estimates, timings, commands, citations } = data;
  const sections: readonly (ReportSection | undefined)[] = [
    pictures.length > 0 ? pictureSection(pictures) : undefined,
    realism && realismSection(realism),
    particles && particleSection(particles),
    training && training.length > 0 ? trainingSection(training, data.trainingSamples) : undefined,
    estimates && estimateSection(estimates),
    data.picks && picksSection(data.picks),
    data.next && data.next.length > 0 ? nextSection(data.next) : undefined,
    timings.length > 0 ? timingSection(timings) : undefined,
    commands.length > 0 ? commandSection(commands) : undefined,
    citations.length > 0 ? citationSection(citations) : undefined,
  ];
  const introduction = data.introduction.map(paragraph).join("");
  const footer = escapeText(`${data.program}, seed ${data.seed}.`);
  return htmlPage(
    { title: data.title, introduction, footer },
    sections.filter((section) => section !== undefined),
  );
}

function particleSection({ synthetic, clean, count, pixelSize, agreement }: ReportParticles): ReportSection {
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
    htmlRow([panel("synthetic", synthetic), panel("clean simulation", clean)], "exact");
  return { id: "particles", title: "Particles at their labels", body };
}

function nextSection(steps: NonNullable<ReportData["next"]>): ReportSection {
  const items = steps.map(({ text, line }) => {
    const command = line === undefined ? "" : `<pre tabindex="0"><code>${escapeText(line)}</code></pre>`;
    return `<li>${escapeText(text)}${command}</li>`;
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
