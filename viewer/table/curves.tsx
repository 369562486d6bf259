import { useState } from "preact/hooks";
import { useSize } from "../hooks.js";
import { axisOf, extentOf, numberText } from "./axis.js";

export interface Curve {
  readonly name: string;
  readonly y: ArrayLike<number>;
}

/** Margins about a chart, pixels: left, right, top, bottom. */
const SPACE = [58, 14, 12, 40] as const;
const HEIGHT = 420;
const CLASSES = 7;

/** Curves over one axis, with a reading of all of them under the cursor. */
export function CurveChart(props: {
  readonly x: ArrayLike<number>;
  readonly curves: readonly Curve[];
  readonly xName: string;
  /** What a place on the axis is called in the reading. */
  readonly xText: (x: number) => string;
  /** Texts of the ticks; absent: the numbers. */
  readonly tickText?: (x: number) => string;
  readonly levels?: readonly number[];
  readonly isLog?: boolean;
}) {
  const { x, curves, xName, xText, tickText, levels = [], isLog = false } = props;
  const [ref, width] = useSize<HTMLDivElement>();
  const [at, setAt] = useState<number | undefined>();
  const positive = (value: number): boolean => Number.isFinite(value) && (!isLog || value > 0);
  const xs = extentOf(Array.from(x));
  const ys = extentOf([...curves.flatMap(({ y }) => Array.from(y).filter(positive)), ...levels]);
  if (!xs || !ys) return <p class="note">No numbers to draw.</p>;
  const pad = isLog ? 0 : 0.04 * (ys[1] - ys[0] || 1);
  const [left, right, top, bottom] = SPACE;
  const wide = Math.max(280, width);
  const across = axisOf(xs, [left, wide - right], Math.max(3, Math.floor(wide / 110)));
  const up = axisOf([ys[0] - pad, ys[1] + pad], [HEIGHT - bottom, top], 6, isLog);
  const move = (by: number): void =>
    setAt((old) => Math.min(x.length - 1, Math.max(0, (old ?? (by > 0 ? -1 : x.length)) + by)));
  const nearest = (place: number): number => {
    const value = across.valueAt(place);
    let best = 0;
    for (let i = 1; i < x.length; i++) if (Math.abs(x[i]! - value) < Math.abs(x[best]! - value)) best = i;
    return best;
  };
  const pathOf = (y: ArrayLike<number>): string => {
    let path = "";
    let isDown = false;
    for (let i = 0; i < y.length; i++) {
      const isDrawn = positive(y[i]!) && Number.isFinite(x[i]!);
      if (isDrawn) path += `${isDown ? "L" : "M"}${across.at(x[i]!).toFixed(1)} ${up.at(y[i]!).toFixed(1)}`;
      isDown = isDrawn;
    }
    return path;
  };
  return (
    <div class="chart" ref={ref as { current: HTMLDivElement | null }}>
      <svg
        {...{ width: wide, height: HEIGHT }}
        role="img"
        tabindex={0}
        aria-label={`${curves.map(({ name }) => name).join(", ")} over ${xName}. Left and right arrow keys read values.`}
        onPointerMove={(event) =>
          setAt(nearest(event.clientX - event.currentTarget.getBoundingClientRect().left))
        }
        onPointerLeave={() => setAt(undefined)}
        onKeyDown={(event) => {
          const by = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
          if (by === undefined) return;
          event.preventDefault();
          move(by);
        }}
      >
        {across.ticks.map(({ place, text }) => (
          <g key={text} class="tick">
            <line x1={place} x2={place} y1={top} y2={HEIGHT - bottom} />
            <text x={place} y={HEIGHT - bottom + 18} text-anchor="middle">
              {tickText ? tickText(Number(text)) : text}
            </text>
          </g>
        ))}
        {up.ticks.map(({ place, text }) => (
          <g key={text} class="tick">
            <line x1={left} x2={wide - right} y1={place} y2={place} />
            <text x={left - 8} y={place + 4} text-anchor="end">
              {text}
            </text>
          </g>
        ))}
        {levels.map((level) => (
          <line key={level} class="level" x1={left} x2={wide - right} y1={up.at(level)} y2={up.at(level)} />
        ))}
        {curves.map(({ name, y }, i) => (
          <path key={name} class={`curve c${i % CLASSES}`} d={pathOf(y)} />
        ))}
        {at !== undefined && (
          <g class="cursor">
            <line x1={across.at(x[at]!)} x2={across.at(x[at]!)} y1={top} y2={HEIGHT - bottom} />
            {curves.map(({ name, y }, i) =>
              positive(y[at]!) ? (
                <circle
                  key={name}
                  class={`c${i % CLASSES}`}
                  cx={across.at(x[at]!)}
                  cy={up.at(y[at]!)}
                  r={4}
                />
              ) : null,
            )}
          </g>
        )}
        <text class="axis-name" x={(left + wide - right) / 2} y={HEIGHT - 4} text-anchor="middle">
          {xName}
        </text>
      </svg>
      <table class="legend">
        <caption aria-live="polite">
          {at === undefined ? "Move over the chart to read it" : xText(x[at]!)}
        </caption>
        <tbody>
          {curves.map(({ name, y }, i) => (
            <tr key={name}>
              <th scope="row">
                <svg width="26" height="8" aria-hidden="true">
                  <path class={`curve c${i % CLASSES}`} d="M0 4L26 4" />
                </svg>
                {name}
              </th>
              <td>{numberText(at === undefined ? lastOf(y) : y[at]!)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

const lastOf = (values: ArrayLike<number>): number => values[values.length - 1] ?? Number.NaN;
