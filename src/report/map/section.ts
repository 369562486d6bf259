import { fourierResample } from "../../array/fft/resample.js";
import { gaussianBlur } from "../../array/filter.js";
import type { Image } from "../../array/image.js";
import { mean, standardDeviation } from "../../array/statistics.js";
import { patchSheet } from "../../plot/patch-sheet.js";
import { escapeText } from "../../plot/svg.js";
import type { ReportMap } from "../data.js";
import { htmlFigure, htmlRow, htmlTable, htmlWide, paragraph, type ReportSection } from "../html.js";

/** Pixels on the screen: particle images and sections of maps are shown this wide. */
const SIDE = 160;
/** Particle images in a row of the page. */
const COLUMNS = 8;
/** Angstrom: as the micrographs are blurred, so that the eye finds particles in the noise. */
const BLUR = 10;

/** The sections of a report from particles to a map. */
export const mapSections = (map: ReportMap): readonly ReportSection[] => [
  particlesSection(map),
  refinementSection(map),
  resolutionSection(map),
];

function particlesSection({ particles, images, pixelSize, averages }: ReportMap): ReportSection {
  const row = (title: string, shown: readonly Image[]) => ({
    title,
    patches: shown.map((image) => ({ image: standardised(image), caption: "" })),
  });
  const some = images.slice(0, COLUMNS);
  const sheet = patchSheet(
    `${some.length} of ${particles} particles`,
    [
      row("as they were cut out", some),
      row(
        `the same, blurred by a Gaussian of ${BLUR} Å`,
        some.map((image) => gaussianBlur(image, BLUR / pixelSize)),
      ),
    ],
    { black: -3, white: 3 },
  );
  const body =
    paragraph(
      `${particles} particles were cut out at the picks, ${pixelSize.toFixed(2)} Å per pixel, protein white, ` +
        "with the CTFs of their micrographs. " +
        "In the blurred row a particle stands in the middle of most images; where it does not, look at the picks above.",
    ) +
    htmlWide({ kind: "svg", markup: sheet, caption: "" }) +
    (averages ? `<h3>Averages by views</h3>\n${htmlWide(averages)}` : "");
  return { id: "cut-out", title: "Particles cut out", body };
}

function refinementSection({ refinement, structure, encoder }: ReportMap): ReportSection {
  const { symmetry, initialLowPass, iterations, hasConverged, figures } = refinement;
  const end = hasConverged
    ? "until nothing improved any more"
    : "as many as were allowed: it had not come to rest";
  const body =
    paragraph(
      `${iterations} iterations, ${end}, with the symmetry ${symmetry}. The two halves of the particles share ` +
        "nothing but the first reference, " +
        `${structure} without any detail finer than ${initialLowPass} Å, and how far they are compared.` +
        (encoder
          ? ` Both began with orientations that one network proposed; it had learned from projections of ${structure}.`
          : ""),
    ) +
    htmlRow(
      [...(encoder ? [encoder] : []), ...figures].map((figure) => htmlFigure(figure)),
      "halves",
    );
  return { id: "refinement", title: "Refinement", body };
}

function resolutionSection({
  resolutions,
  curves,
  structure,
  slices,
  heights,
  refinement,
}: ReportMap): ReportSection {
  const rows = resolutions.map(({ of, resolution, lastShell }) => ({
    cells: [escapeText(of), angstrom(resolution), angstrom(lastShell)],
  }));
  const body =
    paragraph(
      `The correlation with ${structure} is no independent truth: particles were picked by a network that was ` +
        "taught with it, and the refinement began " +
        `from it at ${refinement.initialLowPass} Å. What correlates beyond ${refinement.initialLowPass} Å was ` +
        `not given to the refinement. The control named under "What to do next" tells ` +
        "what the same steps make of noise.",
    ) +
    htmlTable("Resolution of the map", ["curve and threshold", "crossing", "last shell above"], rows) +
    htmlRow(
      curves.map((figure) => htmlFigure(figure)),
      "halves",
    ) +
    `<h3>Sections of the map beside the model</h3>\n` +
    paragraph(
      `At ${heights.map((height) => height.toFixed(0)).join(", ")} Å above the centre, each in its own standard ` +
        "deviations, protein white.",
    ) +
    htmlWide({ kind: "svg", markup: sliceSheet(slices, heights), caption: "" });
  return { id: "map", title: "The map and its resolution", body };
}

const angstrom = (value: number): string => (Number.isFinite(value) ? `${value.toFixed(2)} Å` : "none");

function sliceSheet(slices: ReportMap["slices"], heights: readonly number[]): string {
  const rows = slices.map(({ name, images }) => ({
    title: name,
    patches: images.map((image, i) => ({
      image: standardised(image),
      caption: `${heights[i]!.toFixed(0)} Å`,
    })),
  }));
  return patchSheet("Sections of maps", rows, { black: -1.5, white: 4 });
}

/** In deviations from the mean, and as large as it is shown. */
function standardised(image: Image): Image {
  const { data, shape } = fourierResample(image, [SIDE, SIDE]);
  const [middle, deviation] = [mean(data), standardDeviation(data)];
  return { data: data.map((value) => (value - middle) / (deviation || 1)), shape };
}
