import type { Image } from "../array/image.js";

import { type Contrast, pngDataUri } from "./image-panel.js";
import { element, label, svgDocument } from "./svg.js";

/** A row of small pictures. */
export interface PatchRow {
  readonly title: string;
  readonly patches: readonly { readonly image: Image; readonly caption: string }[];
}

const CAPTION = 16;
const GAP = 6;

/** Rows of small square pictures of one size, all at one contrast, each with a caption below it: a standalone SVG. */
export function patchSheet(title: string, rows: readonly PatchRow[], contrast: Contrast): string {
  const side = rows[0]?.patches[0]?.image.shape[0] ?? 0;
  const widest = Math.max(0, ...rows.map(({ patches }) => patches.length));
  const height = CAPTION + side + CAPTION + GAP;
  const drawn = rows.flatMap(({ title: heading, patches }, row) => {
    const top = 24 + row * height;
    return [
      label(2, top + 12, heading, { "font-weight": "bold" }),
      ...patches.flatMap(({ image, caption }, i) => {
        const x = i * (side + GAP);
        const href = pngDataUri(image, contrast);
        return [
          element("image", { href, x, y: top + CAPTION, width: side, height: side }),
          label(x + 2, top + CAPTION + side + 12, caption, { "font-size": 10 }),
        ];
      }),
    ];
  });
  const description = rows.map(({ title: heading, patches }) => `${heading}: ${patches.length}.`).join(" ");
  return svgDocument(
    { width: Math.max(360, widest * (side + GAP)), height: 24 + rows.length * height },
    { title, description: `Patches of ${side} pixels. ${description}` },
    label(2, 16, title, { "font-weight": "bold", "font-size": 14 }),
    ...drawn,
  );
}
