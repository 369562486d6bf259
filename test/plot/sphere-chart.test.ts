import { describe, expect, test } from "vitest";
import { sphereChart } from "../../src/plot/sphere-chart.js";
import { cellCentres, cellOf } from "../../src/plot/sphere-grid.js";
import { attributesOf } from "./markup.js";

const GRID = { rows: 6, columns: 8 };

describe("sphere grid", () => {
  test("every centre falls into its own cell, whatever its length", () => {
    cellCentres(GRID).forEach(([x, y, z], cell) => {
      expect(cellOf(GRID, [3 * x, 3 * y, 3 * z])).toBe(cell);
    });
  });

  test("cells have one area: evenly spread points fall into all alike", () => {
    const counts = new Array<number>(48).fill(0);
    // points of a Fibonacci lattice, even on the sphere
    for (let i = 0; i < 48_000; i++) {
      const z = 1 - (2 * i + 1) / 48_000;
      const azimuth = i * Math.PI * (3 - Math.sqrt(5));
      const across = Math.sqrt(1 - z * z);
      counts[cellOf(GRID, [across * Math.cos(azimuth), across * Math.sin(azimuth), z])]!++;
    }
    expect(Math.min(...counts)).toBeGreaterThan(950);
    expect(Math.max(...counts)).toBeLessThan(1050);
  });
});

/** Area of a path of straight lines, by the shoelace formula. */
function areaOf(path: string): number {
  const points = path
    .slice(1, -1)
    .split("L")
    .map((point) => point.split(" ").map(Number) as [number, number]);
  return Math.abs(
    points.reduce((sum, [x, y], i) => {
      const [u, v] = points[(i + 1) % points.length]!;
      return sum + (x * v - u * y) / 2;
    }, 0),
  );
}

describe("sphereChart", () => {
  const values = Array.from({ length: 48 }, (_, cell) => cell);
  const svg = sphereChart({ title: "Views", valueLabel: "particles", grid: GRID, values });
  const paths = [...svg.matchAll(/<path d="([^"]+)" fill="([^"]+)"/g)];

  test("draws each cell once, all of about one area as Mollweide's map keeps it", () => {
    expect(paths).toHaveLength(48);
    const areas = paths.map(([, path]) => areaOf(path!));
    const whole = Math.PI * 280 * 140;
    expect(areas.reduce((sum, area) => sum + area, 0) / whole).toBeCloseTo(1, 1);
    for (const area of areas) expect((48 * area) / whole).toBeCloseTo(1, 0.7);
  });

  test("colours run from dark to light with the value; what has none is grey", () => {
    expect(paths[0]![2]).toBe("#440154");
    expect(paths[47]![2]).toBe("#fde725");
    const holes = sphereChart({
      title: "t",
      valueLabel: "v",
      grid: GRID,
      values: values.map(() => Infinity),
    });
    expect(holes.match(/fill="#ccc"/g)).toHaveLength(48);
  });

  test("the names of its places stand clear of the title and inside the picture", () => {
    const [width] = attributesOf(svg, "svg").map((each) => Number(each["width"]));
    const at = (text: string): Record<string, string> =>
      attributesOf(svg.replace(/<text([^>]*)>([^<]*)/g, '<text$1 says="$2">'), "text").find(
        (each) => each["says"] === text,
      )!;
    // letters of 12 pixels are about 6.5 wide
    expect(Number(at("rot 360°")["x"]) + 8 * 6.5).toBeLessThan(width!);
    expect(Number(at("rot 0°")["x"]) - 6 * 6.5).toBeGreaterThan(0);
    expect(Number(at("tilt 0°")["y"]) - 12).toBeGreaterThan(Number(at("Views")["y"]));
  });

  test("says in words what it shows", () => {
    expect(svg).toContain("Map of the sphere of particles, from 0 to 47.");
  });
});
