/**
 * A Fourier shell correlation as the EMDB takes it with a deposition: XML of the schema emdb_fsc, points of spatial frequency in
 * 1/angstrom and correlation. As relion_postprocess writes it.
 */
export function fscXml(
  title: string,
  { frequencies, correlation }: { readonly frequencies: Float64Array; readonly correlation: Float64Array },
): string {
  const points = Array.from(
    frequencies,
    (frequency, s) =>
      `  <coordinate>\n    <x>${Number(frequency.toPrecision(7))}</x>\n    ` +
      `<y>${Number(correlation[s]!.toPrecision(7))}</y>\n  </coordinate>\n`,
  );
  return `<fsc title="${escaped(title)}" xaxis="Resolution (A-1)" yaxis="Correlation Coefficient">\n${points.join("")}</fsc>\n`;
}

const escaped = (text: string): string =>
  text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll('"', "&quot;");
