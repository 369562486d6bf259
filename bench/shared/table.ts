import { readFileSync } from "node:fs";
import { cpus, loadavg, totalmem } from "node:os";

/** Prints the machine, then a table: what every bench ends with. Cells are padded; the first column is aligned left. */
export function printTable(title: string, header: readonly string[], rows: readonly (readonly string[])[]) {
  const all = [header, ...rows];
  const widths = header.map((_, i) => Math.max(...all.map((row) => row[i]!.length)));
  const line = (row: readonly string[]): string =>
    `| ${row.map((cell, i) => (i === 0 ? cell.padEnd(widths[i]!) : cell.padStart(widths[i]!))).join(" | ")} |`;
  console.log(`\n${title}\n${machine()}\n`);
  console.log(
    [line(header), `|${widths.map((n) => "-".repeat(n + 2)).join("|")}|`, ...rows.map(line)].join("\n"),
  );
}

/** Rows as they come, on standard error: a long bench that is stopped has told what it knew. */
export function progress(rows: readonly (readonly string[])[]): void {
  for (const row of rows) console.error(row.filter((cell) => cell !== "").join("  "));
}

/** Date, processor, memory, node and the load of the last minute: above 2 on two cores other work was running. */
export function machine(): string {
  const model = cpus()[0]?.model ?? "unknown processor";
  const ort = JSON.parse(
    readFileSync(new URL("../../node_modules/onnxruntime-node/package.json", import.meta.url), "utf8"),
  ).version;
  const memory = Math.round(totalmem() / 2 ** 30);
  return (
    `${new Date().toISOString().slice(0, 10)}, ${model}, ${cpus().length} cores, ${memory} GB, ` +
    `node ${process.versions.node}, onnxruntime-node ${ort}, load ${loadavg()[0]!.toFixed(1)}`
  );
}

const quantile = (values: readonly number[], fraction: number): number => {
  const sorted = [...values].sort((a, b) => a - b);
  const place = fraction * (sorted.length - 1);
  const below = Math.floor(place);
  return sorted[below]! + (place - below) * ((sorted[below + 1] ?? sorted[below]!) - sorted[below]!);
};

export const median = (values: readonly number[]): number => quantile(values, 0.5);

/** "median (quartile-quartile)". */
export function spread(values: readonly number[], digits = 0): string {
  const [low, middle, high] = [0.25, 0.5, 0.75].map((q) => quantile(values, q).toFixed(digits));
  return `${middle} (${low}-${high})`;
}
