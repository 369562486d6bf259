import { useEffect, useRef, useState } from "preact/hooks";
import type { ImageView } from "../../src/jobs/view/records.js";
import { useKeys, useSize } from "../hooks.js";
import { Layer } from "./layer.js";
import { drawBar, drawMarks, type Frame, type Marks } from "./marks.js";
import type { Tone } from "./tone.js";

export const MARK_COLOURS = ["#ffd23f", "#5ee6c5", "#ff8fb1"] as const;

export interface CanvasProps {
  /** Changes with the image. */
  readonly place: string;
  readonly view: ImageView;
  /** Rows and columns of the field, of which the image may be a coarser or a finer picture. */
  readonly field: readonly [rows: number, columns: number];
  /** Angstrom to a pixel of the field. */
  readonly pixelSize: number | undefined;
  readonly tone: Tone;
  /** Angstrom; 0 for none. */
  readonly lowPass: number;
  readonly marks: readonly Marks[];
  /** Where somebody clicks, in pixels of the field from the centre of the first. */
  readonly onClick?: (x: number, y: number) => void;
  readonly label: string;
}

/** Where one looks: the middle of the canvas, in pixels of the field, and pixels of the screen to one of the field. */
interface Look {
  readonly x: number;
  readonly y: number;
  readonly zoom: number;
}

/** A micrograph to move about in. */
export function Canvas(props: CanvasProps) {
  const { place, view, field, pixelSize, tone, lowPass, marks, onClick, label } = props;
  const [box, width, height] = useSize<HTMLDivElement>();
  const canvas = useRef<HTMLCanvasElement>(null);
  const [look, setLook] = useState<Look | undefined>();
  const [, redraw] = useState(0);
  const [problem, setProblem] = useState("");
  const [reading, setReading] = useState("");
  const drag = useRef<{ x: number; y: number; moved: boolean } | undefined>();
  // layers that are blinked are kept, so that none has to be painted again
  const layers = useRef(new Map<string, Layer>());
  const known = layers.current.get(place);
  const layer = known?.view === view ? known : new Layer(place, view, () => redraw((n) => n + 1), setProblem);
  layers.current.set(place, layer);
  const ratio = window.devicePixelRatio || 1;
  const [rows, columns] = field;
  const whole: Look = { x: columns / 2, y: rows / 2, zoom: Math.min(width / columns, height / rows) };
  const now = look ?? whole;

  const zoomTo = (zoom: number, atX = width / 2, atY = height / 2): void => {
    const next = Math.min(32, Math.max(whole.zoom / 2, zoom));
    const [x, y] = [now.x + (atX - width / 2) / now.zoom, now.y + (atY - height / 2) / now.zoom];
    setLook({ zoom: next, x: x - (atX - width / 2) / next, y: y - (atY - height / 2) / next });
  };
  const moveBy = (x: number, y: number): void =>
    setLook({
      zoom: now.zoom,
      x: Math.min(columns, Math.max(0, now.x + x / now.zoom)),
      y: Math.min(rows, Math.max(0, now.y + y / now.zoom)),
    });
  useKeys({
    "+": () => zoomTo(now.zoom * 1.4),
    "=": () => zoomTo(now.zoom * 1.4),
    "-": () => zoomTo(now.zoom / 1.4),
    "0": () => setLook(undefined),
    "1": () => zoomTo(1 / ratio),
  });

  useEffect(() => {
    const to = canvas.current?.getContext("2d");
    if (!to || width === 0 || height === 0) return;
    canvas.current!.width = Math.round(width * ratio);
    canvas.current!.height = Math.round(height * ratio);
    const scale = now.zoom * ratio;
    const frame: Frame = {
      scale,
      left: (width * ratio) / 2 - now.x * scale,
      top: (height * ratio) / 2 - now.y * scale,
    };
    layer.draw(to, frame, columns, { tone, lowPass, pixelSize });
    for (const [i, each] of marks.entries()) {
      drawMarks(to, each, frame, ratio, MARK_COLOURS[i % MARK_COLOURS.length]!);
    }
    if (pixelSize !== undefined) drawBar(to, pixelSize, frame, ratio);
  });

  const placeOf = (event: MouseEvent): readonly [x: number, y: number] => {
    const { left, top } = canvas.current!.getBoundingClientRect();
    return [
      now.x + (event.clientX - left - width / 2) / now.zoom - 0.5,
      now.y + (event.clientY - top - height / 2) / now.zoom - 0.5,
    ];
  };
  const read = (event: MouseEvent): void => {
    const [x, y] = placeOf(event).map(Math.round) as [number, number];
    const inside = x >= 0 && y >= 0 && x < columns && y < rows;
    const value = inside ? layer.valueAt(x, y, columns) : undefined;
    setReading(
      inside ? `x ${x}  y ${y}${value === undefined ? "" : `  value ${Number(value.toPrecision(5))}`}` : "",
    );
  };

  return (
    <div class="stage" ref={box as { current: HTMLDivElement | null }}>
      <canvas
        ref={canvas}
        tabIndex={0}
        role="img"
        aria-label={label}
        class={onClick ? "editing" : ""}
        onPointerDown={(event) => {
          drag.current = { x: event.clientX, y: event.clientY, moved: false };
          event.currentTarget.setPointerCapture(event.pointerId);
        }}
        onPointerMove={(event) => {
          read(event);
          const from = drag.current;
          if (!from) return;
          const [x, y] = [from.x - event.clientX, from.y - event.clientY];
          if (!from.moved && Math.hypot(x, y) < 4) return;
          drag.current = { x: event.clientX, y: event.clientY, moved: true };
          moveBy(x, y);
        }}
        onPointerUp={(event) => {
          const isClick = drag.current?.moved === false;
          drag.current = undefined;
          if (isClick) onClick?.(...placeOf(event));
        }}
        onPointerLeave={() => setReading("")}
        onDblClick={() => !onClick && setLook(undefined)}
        onWheel={(event) => {
          event.preventDefault();
          const { left, top } = event.currentTarget.getBoundingClientRect();
          zoomTo(now.zoom * Math.exp(-event.deltaY / 400), event.clientX - left, event.clientY - top);
        }}
        onKeyDown={(event) => {
          const moves: Record<string, readonly [number, number]> = {
            ArrowLeft: [-60, 0],
            ArrowRight: [60, 0],
            ArrowUp: [0, -60],
            ArrowDown: [0, 60],
          };
          const by = moves[event.key];
          if (!by) return;
          event.preventDefault();
          moveBy(...by);
        }}
      />
      <p class="reading">{reading || `${(100 * now.zoom * ratio).toFixed(now.zoom < 0.1 ? 1 : 0)} %`}</p>
      {problem !== "" && (
        <p class="problem" role="alert">
          {problem}
        </p>
      )}
    </div>
  );
}
