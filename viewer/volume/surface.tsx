import { useEffect, useRef, useState } from "preact/hooks";
import { axisRotation, matrixToEuler, multiplyRotations, type RotationMatrix } from "../../src/index.js";
import type { OpenedView, VolumeView } from "../../src/jobs/view/records.js";
import { askBytes } from "../api.js";
import { Group, Slider, Waiting } from "../controls.js";
import { useKeys, useSize, useWork } from "../hooks.js";
import { barLength, lengthText } from "../micrograph/marks.js";
import { Caster, type Voxels } from "./caster.js";
import { distributionOf } from "./levels.js";

/** Share of the box inside the surface at first: most particles fill a little more of theirs. */
const FIRST_SHARE = 0.05;
/** Milliseconds that a picture may take while the map is turned: what a slow card cannot draw in time is drawn coarser. */
const WHILE_TURNED = 60;
/** Milliseconds without a change after which a coarse picture is drawn as fine as the screen is. */
const REST = 250;
/** Degrees that an arrow key turns. */
const KEY_TURN = 10;
/** Degrees to a pixel of a drag. */
const DRAG_TURN = 0.5;

const UPRIGHT: RotationMatrix = [1, 0, 0, 0, 1, 0, 0, 0, 1];

interface Loaded extends Voxels {
  readonly distribution: ReturnType<typeof distributionOf>;
}

/** How the user sees the map. */
interface Look {
  readonly turn: RotationMatrix;
  /** 1: the side of the box that is seen at first fits. */
  readonly zoom: number;
  /** Voxels. */
  readonly middle: readonly [x: number, y: number];
}

const FIRST_LOOK: Look = { turn: UPRIGHT, zoom: 1, middle: [0, 0] };

/** A map as a surface of one value, to be turned. */
export function Surface({ view }: { readonly view: OpenedView & VolumeView }) {
  const loaded = useWork<Loaded>(view.place, async (signal) => {
    const data = new Uint16Array(await askBytes("volume", { place: view.place }, signal));
    const shape = view.shape.map((count) => Math.floor(count / view.binning)) as [number, number, number];
    return { data, shape, distribution: distributionOf(data) };
  });
  const [chosen, setLevel] = useState<number | undefined>();
  const [look, setLook] = useState(FIRST_LOOK);
  if (!loaded.value) return <Waiting error={loaded.error} what="Reading the whole map…" />;
  const { distribution } = loaded.value;
  const level = chosen ?? distribution.levelOf(FIRST_SHARE);
  return (
    <div class="bench">
      <Stage {...{ view, look, level }} voxels={loaded.value} onLook={setLook} />
      <Settings {...{ view, look, level, distribution }} onLevel={setLevel} onLook={setLook} />
    </div>
  );
}

function Settings(props: {
  readonly view: VolumeView;
  readonly look: Look;
  readonly level: number;
  readonly distribution: Loaded["distribution"];
  readonly onLevel: (level: number) => void;
  readonly onLook: (look: Look) => void;
}) {
  const { view, look, level, distribution, onLevel, onLook } = props;
  const { mean, most, shareAbove } = distribution;
  const step = (most - mean) / 200;
  const within = (value: number): number => Math.min(most, Math.max(mean, value));
  useKeys({
    ",": () => onLevel(within(level - step)),
    ".": () => onLevel(within(level + step)),
    "0": () => onLook(FIRST_LOOK),
  });
  const { rot, tilt, psi } = matrixToEuler(look.turn);
  return (
    <aside class="panel" aria-label="Settings">
      <Group title="Surface">
        <Slider
          name="Threshold"
          value={level}
          {...{ from: mean, to: most, step: step / 5 }}
          shown={String(Number((view.low + view.step * level).toPrecision(3)))}
          hint="Value of the map at the surface ( , and . )"
          onInput={onLevel}
        />
        <p class="note" role="status">
          {Number((100 * shareAbove(level)).toPrecision(2))} % of the box lie inside.
        </p>
        {view.binning > 1 && (
          <p class="note">
            Drawn from means of {view.binning} × {view.binning} × {view.binning} voxels, as the map is large.
          </p>
        )}
      </Group>
      <Group title="View">
        <p class="note" role="status">
          rot {degrees(rot)}, tilt {degrees(tilt)}, psi {degrees(psi)}: as a particle with these angles is
          seen.
        </p>
        <button type="button" onClick={() => onLook(FIRST_LOOK)}>
          Turn back (0)
        </button>
        <p class="note">
          Drag to turn, with Shift to move; the wheel, + and − zoom. The arrow keys turn too.
        </p>
      </Group>
    </aside>
  );
}

const degrees = (angle: number): string => `${Math.round(angle) + 0}°`;

/** A rotation about the screen's axes after one that there was: by degrees to the right and down. */
export function turned(turn: RotationMatrix, right: number, down: number): RotationMatrix {
  // y points down and z away: what is in front moves to the right when the map turns about y by a negative angle
  const aboutY = axisRotation([0, 1, 0], -right);
  const aboutX = axisRotation([1, 0, 0], down);
  return multiplyRotations(aboutX, multiplyRotations(aboutY, turn));
}

function Stage(props: {
  readonly view: OpenedView & VolumeView;
  readonly voxels: Voxels;
  readonly look: Look;
  readonly level: number;
  readonly onLook: (look: Look) => void;
}) {
  const { view, voxels, look, level, onLook } = props;
  const { turn, zoom, middle } = look;
  const [box, width, height] = useSize<HTMLDivElement>();
  const canvas = useRef<HTMLCanvasElement>(null);
  const caster = useRef<Caster | undefined>();
  /** Milliseconds to a pixel, of the last picture. */
  const pace = useRef(0);
  const drawing = useRef<Promise<void>>(Promise.resolve());
  const drag = useRef<{ readonly x: number; readonly y: number } | undefined>();
  const [problem, setProblem] = useState("");
  const fit = Math.min(width, height) / Math.max(...voxels.shape);
  const scale = fit * zoom;

  useEffect(() => {
    const lost = (event: Event): void => {
      event.preventDefault();
      setProblem("The browser has taken the memory of the graphics card away: load the page again.");
    };
    const drawnOn = canvas.current!;
    try {
      caster.current = Caster.of(drawnOn, voxels);
      if (!caster.current) {
        setProblem(
          "This browser has no WebGL 2, which draws the surface. The slices show the map without it.",
        );
        return;
      }
    } catch (error) {
      setProblem((error as Error).message);
      return;
    }
    drawnOn.addEventListener("webglcontextlost", lost);
    return () => {
      drawnOn.removeEventListener("webglcontextlost", lost);
      caster.current?.free();
      caster.current = undefined;
    };
  }, [voxels]);

  useEffect(() => {
    if (width === 0 || height === 0 || problem !== "") return;
    let isOver = false;
    let timer: ReturnType<typeof setTimeout> | undefined;
    /** @param share of the screen's pixels along either side */
    const draw = async (share: number): Promise<void> => {
      // one picture at a time: what was turned meanwhile is drawn in one
      await drawing.current;
      if (isOver || !caster.current) return;
      const ratio = (window.devicePixelRatio || 1) * share;
      const to = canvas.current!;
      to.width = Math.max(1, Math.round(width * ratio));
      to.height = Math.max(1, Math.round(height * ratio));
      drawing.current = caster.current.draw({ level, turn, middle, scale: scale * ratio }).then((took) => {
        pace.current = took / (to.width * to.height);
      });
    };
    const pixels = width * height * (window.devicePixelRatio || 1) ** 2;
    const share = Math.min(1, Math.sqrt(WHILE_TURNED / Math.max(1e-9, pace.current * pixels)));
    void draw(Math.max(0.15, share));
    if (share < 1) timer = setTimeout(() => void draw(1), REST);
    return () => {
      isOver = true;
      clearTimeout(timer);
    };
  }, [voxels, width, height, level, look, problem]);

  const zoomBy = (factor: number): void =>
    onLook({ ...look, zoom: Math.min(20, Math.max(0.3, zoom * factor)) });
  useKeys({ "+": () => zoomBy(1.25), "=": () => zoomBy(1.25), "-": () => zoomBy(0.8) });
  const voxelSize = view.voxelSize === undefined ? undefined : view.voxelSize * view.binning;
  const bar = voxelSize === undefined || scale === 0 ? undefined : barLength(width, voxelSize / scale);
  return (
    <div class="stage" ref={box as { current: HTMLDivElement | null }}>
      <canvas
        ref={canvas}
        tabIndex={0}
        role="img"
        aria-label={`surface of ${view.name}`}
        onPointerDown={(event) => {
          drag.current = { x: event.clientX, y: event.clientY };
          event.currentTarget.setPointerCapture(event.pointerId);
        }}
        onPointerMove={(event) => {
          const from = drag.current;
          if (!from) return;
          const [right, down] = [event.clientX - from.x, event.clientY - from.y];
          drag.current = { x: event.clientX, y: event.clientY };
          if (event.shiftKey)
            onLook({ ...look, middle: [middle[0] - right / scale, middle[1] - down / scale] });
          else onLook({ ...look, turn: turned(turn, DRAG_TURN * right, DRAG_TURN * down) });
        }}
        onPointerUp={() => {
          drag.current = undefined;
        }}
        onWheel={(event) => {
          event.preventDefault();
          zoomBy(Math.exp(-event.deltaY / 400));
        }}
        onKeyDown={(event) => {
          const turns: Record<string, readonly [number, number]> = {
            ArrowLeft: [-KEY_TURN, 0],
            ArrowRight: [KEY_TURN, 0],
            ArrowUp: [0, -KEY_TURN],
            ArrowDown: [0, KEY_TURN],
          };
          const by = turns[event.key];
          if (!by) return;
          event.preventDefault();
          onLook({ ...look, turn: turned(turn, ...by) });
        }}
      />
      {bar !== undefined && problem === "" && (
        <p class="bar" style={{ width: `${(bar / voxelSize!) * scale}px` }}>
          {lengthText(bar)}
        </p>
      )}
      {problem !== "" && (
        <p class="problem" role="alert">
          {problem}
        </p>
      )}
    </div>
  );
}
