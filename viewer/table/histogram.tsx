import { useRef, useState } from "preact/hooks";
import { axisOf, extentOf, numberText } from "./axis.js";

export type Range = readonly [low: number, high: number];

const WIDTH = 300;
const HEIGHT = 132;
const SPACE = [6, 6, 6, 22] as const;
const BARS = 48;
/** The fields in which the ends of the range are typed. */
const ENDS = [
  ["from", 0],
  ["to", 1],
] as const;

/** How values are distributed: all of them, and those of the rows that are chosen. Drag over it to choose. */
export function Histogram(props: {
  readonly name: string;
  readonly values: Float64Array;
  readonly isChosen: (row: number) => boolean;
  readonly range: Range | undefined;
  readonly onRange: (range: Range | undefined) => void;
}) {
  const { name, values, isChosen, range, onRange } = props;
  const drag = useRef<number | undefined>();
  const [dragged, setDragged] = useState<Range | undefined>();
  const extent = extentOf(values);
  if (!extent) return null;
  const [left, right, top, bottom] = SPACE;
  const [low, high] = extent[0] === extent[1] ? [extent[0] - 0.5, extent[1] + 0.5] : extent;
  const across = axisOf([low, high], [left, WIDTH - right], 4);
  const { all, chosen } = countsOf(values, isChosen, [low, high]);
  const most = Math.max(1, ...all);
  const up = (count: number): number => HEIGHT - bottom - (count / most) * (HEIGHT - top - bottom);
  const bar = (WIDTH - left - right) / BARS;
  const shown = dragged ?? range;
  const valueAt = (event: PointerEvent): number => {
    const box = (event.currentTarget as Element).getBoundingClientRect();
    return Math.min(high, Math.max(low, across.valueAt(((event.clientX - box.left) / box.width) * WIDTH)));
  };
  const typed = (which: 0 | 1, text: string): void => {
    const value = Number(text);
    const next: [number, number] = [...(range ?? [low, high])];
    next[which] = value;
    onRange(text === "" || Number.isNaN(value) ? undefined : next);
  };
  const columns = (counts: Float64Array, kind: string) =>
    Array.from(counts, (count, i) =>
      count > 0 ? (
        <rect
          key={`${kind}${i}`}
          class={kind}
          x={left + i * bar}
          y={up(count)}
          width={Math.max(1, bar - 1)}
          height={HEIGHT - bottom - up(count)}
        />
      ) : null,
    );
  return (
    <figure class="histogram">
      <figcaption>{name}</figcaption>
      <svg
        viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
        role="img"
        aria-label={`Distribution of ${name}, ${numberText(extent[0])} to ${numberText(extent[1])}`}
        onPointerDown={(event) => {
          drag.current = valueAt(event);
          event.currentTarget.setPointerCapture(event.pointerId);
        }}
        onPointerMove={(event) => {
          if (drag.current === undefined) return;
          const value = valueAt(event);
          setDragged([Math.min(drag.current, value), Math.max(drag.current, value)]);
        }}
        onPointerUp={() => {
          drag.current = undefined;
          // a click without a drag takes the choice away
          onRange(dragged && dragged[1] > dragged[0] ? dragged : undefined);
          setDragged(undefined);
        }}
      >
        {shown && (
          <rect
            class="range"
            x={across.at(Math.max(low, shown[0]))}
            y={top}
            width={Math.max(1, across.at(Math.min(high, shown[1])) - across.at(Math.max(low, shown[0])))}
            height={HEIGHT - top - bottom}
          />
        )}
        {columns(all, "all")}
        {columns(chosen, "chosen")}
        {across.ticks.map(({ place, text }) => (
          <text key={text} x={place} y={HEIGHT - 6} text-anchor="middle">
            {text}
          </text>
        ))}
      </svg>
      <div class="row">
        {ENDS.map(([word, end]) => (
          <label key={word}>
            <span class="unseen">
              {name}, {word}
            </span>
            <input
              type="number"
              step="any"
              placeholder={word}
              value={range ? numberText(range[end]) : ""}
              onChange={(event) => typed(end, event.currentTarget.value)}
            />
          </label>
        ))}
        {range && (
          <button type="button" class="quiet" onClick={() => onRange(undefined)}>
            All
          </button>
        )}
      </div>
    </figure>
  );
}

function countsOf(values: Float64Array, isChosen: (row: number) => boolean, [low, high]: Range) {
  const [all, chosen] = [new Float64Array(BARS), new Float64Array(BARS)];
  for (let row = 0; row < values.length; row++) {
    const value = values[row]!;
    if (!Number.isFinite(value)) continue;
    const at = Math.min(BARS - 1, Math.floor(((value - low) / (high - low)) * BARS));
    all[at]!++;
    if (isChosen(row)) chosen[at]!++;
  }
  return { all, chosen };
}
