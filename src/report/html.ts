import { pngUri } from "../plot/data-uri.js";
import { escapeText } from "../plot/svg.js";
import type { ReportFigure } from "./data.js";

/** A section of the report: markup under a heading, reachable from the table of contents. */
export interface ReportSection {
  readonly id: string;
  readonly title: string;
  readonly body: string;
}

const STYLE = `
:root { color-scheme: light; }
body { font: 16px/1.5 Helvetica, Arial, sans-serif; color: #222; background: #fff; margin: 0 auto; max-width: 1280px; padding: 1rem 1.5rem 4rem; }
h1 { line-height: 1.2; } h2 { margin-top: 3rem; border-bottom: 1px solid #bbb; } h3 { margin-top: 2rem; }
nav ul { list-style: none; padding: 0; display: flex; flex-wrap: wrap; gap: .3rem 1.2rem; }
a { color: #0059a8; }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; font-size: .9rem; margin: 1rem 0; }
caption { text-align: left; padding-bottom: .4rem; color: #444; max-width: calc(100vw - 3rem); }
th, td { padding: .25rem .7rem; border-bottom: 1px solid #ddd; text-align: right; vertical-align: top; }
th:first-child, td:first-child { text-align: left; }
thead th { border-bottom: 2px solid #888; vertical-align: bottom; }
tr.reference td, tr.reference th { color: #555; font-style: italic; }
td, th[scope="row"] { white-space: nowrap; }
@media (min-width: 700px) { th[scope="row"] { position: sticky; left: 0; background: #fff; } }
@media (max-width: 699px) { th[scope="row"] { white-space: normal; } }
td strong { color: #004f8f; }
.row { display: flex; flex-wrap: wrap; gap: 12px; align-items: flex-start; }
.row.thirds, .row.halves { display: grid; }
.row.thirds { grid-template-columns: repeat(auto-fill, minmax(min(100%, 360px), 1fr)); }
.row.halves { grid-template-columns: repeat(auto-fill, minmax(min(100%, 540px), 1fr)); }
.row.thirds svg, .row.thirds img, .row.halves svg, .row.halves img { width: 100%; height: auto; }
.row.exact figure { max-width: 100%; } .row.exact svg { max-width: 100%; height: auto; }
figure { margin: 0; } figcaption { font-size: .85rem; color: #444; }
pre { background: #f4f4f4; padding: .7rem 1rem; max-height: 12rem; overflow: auto; white-space: pre-wrap; overflow-wrap: anywhere; font-size: .85rem; }
details { margin: .8rem 0; } summary { cursor: pointer; font-weight: bold; }
.wide svg, .wide img { max-width: 100%; height: auto; }
footer { margin-top: 4rem; color: #555; font-size: .85rem; }
@media print { nav { display: none; } pre { max-height: none; } h2 { break-after: avoid; } figure { break-inside: avoid; } }
`;

/** A whole page out of its sections; nothing in it is loaded from elsewhere. */
export function htmlPage(
  {
    title,
    introduction,
    footer,
  }: { readonly title: string; readonly introduction: string; readonly footer: string },
  sections: readonly ReportSection[],
): string {
  const contents = sections
    .map(({ id, title }) => `<li><a href="#${id}">${escapeText(title)}</a></li>`)
    .join("");
  const body = sections.map(
    ({ id, title, body }) => `<section id="${id}"><h2>${escapeText(title)}</h2>\n${body}</section>\n`,
  );
  return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeText(title)}</title>
<style>${STYLE}</style>
</head>
<body>
<header><h1>${escapeText(title)}</h1>
${introduction}
<nav aria-label="Contents"><ul>${contents}</ul></nav></header>
<main>
${body.join("")}</main>
<footer>${footer}</footer>
</body>
</html>
`;
}

/** Text as markup: what stands between backticks is set as code. */
export const inline = (text: string): string => escapeText(text).replace(/`([^`]+)`/g, "<code>$1</code>");

/** A paragraph of text. */
export const paragraph = (text: string): string => `<p>${inline(text)}</p>\n`;

/** A table; cells are markup. The first cell of a row is its heading. */
export function htmlTable(
  caption: string,
  header: readonly string[],
  rows: readonly { readonly cells: readonly string[]; readonly kind?: "reference" }[],
): string {
  const head = header.map((cell) => `<th scope="col">${cell}</th>`).join("");
  const body = rows.map(({ cells: [first, ...rest], kind }) => {
    const cells = rest.map((cell) => `<td>${cell}</td>`).join("");
    return `<tr${kind ? ` class="${kind}"` : ""}><th scope="row">${first ?? ""}</th>${cells}</tr>\n`;
  });
  return (
    `<div class="scroll" role="region" tabindex="0" aria-label="${escapeText(caption)}"><table>` +
    `<caption>${escapeText(caption)}</caption>\n<thead><tr>${head}</tr></thead>\n<tbody>\n${body.join("")}</tbody></table></div>\n`
  );
}

/** A figure with its caption; charts are SVG in place, pictures are data URIs. */
export function htmlFigure(figure: ReportFigure): string {
  const caption = escapeText(figure.caption);
  const picture =
    figure.kind === "svg" ? figure.markup : `<img src="${pngUri(figure.bytes)}" alt="${caption}">`;
  return `<figure>${picture}${caption && `<figcaption>${caption}</figcaption>`}</figure>\n`;
}

/** Figures at the width of the page, one below the other. */
export const htmlWide = (...figures: readonly ReportFigure[]): string =>
  `<div class="wide">${figures.map((figure) => htmlFigure(figure)).join("")}</div>`;

/** Figures side by side: two or three to the width of a screen, or each at its own size. */
export const htmlRow = (figures: readonly string[], size: "halves" | "thirds" | "exact"): string =>
  `<div class="row ${size}">${figures.join("")}</div>\n`;
