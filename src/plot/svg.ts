type Attributes = Readonly<Record<string, string | number | undefined>>;

/** Characters that no XML document may hold: most control characters, halves of surrogate pairs, two others. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for
const NOT_XML = /[\0-\x08\x0b\x0c\x0e-\x1f\x7f\ufffe\uffff]|\p{Surrogate}/gu;

/** Text made safe for SVG and HTML, in element content and in quoted attributes; what XML cannot hold is shown as a symbol. */
export function escapeText(text: string): string {
  return text
    .replace(NOT_XML, symbolOf)
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;");
}

/** The picture of a control character, as ␛ for escape; of anything else the replacement character. */
function symbolOf(character: string): string {
  const code = character.charCodeAt(0);
  return code === 0x7f ? "\u2421" : code < 0x20 ? String.fromCharCode(0x2400 + code) : "\ufffd";
}

/** An SVG element as text. Children are markup; text content goes through `escapeText` first. */
export function element(name: string, attributes: Attributes, ...children: readonly string[]): string {
  const written = Object.entries(attributes)
    .filter(([, value]) => value !== undefined && value !== "")
    .map(
      ([key, value]) => ` ${key}="${typeof value === "number" ? round(value) : escapeText(String(value))}"`,
    )
    .join("");
  return children.length === 0 ? `<${name}${written}/>` : `<${name}${written}>${children.join("")}</${name}>`;
}

/** A text element at (x, y) in pixels. */
export const label = (x: number, y: number, text: string, attributes: Attributes = {}): string =>
  element("text", { x, y, ...attributes }, escapeText(text));

/**
 * A standalone SVG document: white ground, its own font, a title and a description that screen readers speak.
 * Width and height in pixels.
 */
export function svgDocument(
  size: { readonly width: number; readonly height: number },
  about: { readonly title: string; readonly description: string },
  ...children: readonly string[]
): string {
  const { width, height } = size;
  return element(
    "svg",
    {
      xmlns: "http://www.w3.org/2000/svg",
      viewBox: `0 0 ${round(width)} ${round(height)}`,
      width,
      height,
      role: "img",
      "aria-label": about.title,
      "font-family": "Helvetica, Arial, sans-serif",
      "font-size": 12,
      fill: "#222",
    },
    element("title", {}, escapeText(about.title)),
    element("desc", {}, escapeText(about.description)),
    element("rect", { width, height, fill: "#fff" }),
    ...children,
  );
}

/** Hundredths of a pixel: finer digits only make the file larger. */
const round = (value: number): string => String(Math.round(value * 100) / 100);

/** An identifier for an element out of a title: figures that share one HTML page must not share ids. */
export function elementId(title: string): string {
  let state = 0x811c9dc5;
  for (let i = 0; i < title.length; i++) state = Math.imul(state ^ title.charCodeAt(i), 0x01000193);
  return `id${(state >>> 0).toString(36)}`;
}
