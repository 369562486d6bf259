import { useEffect, useRef, useState } from "preact/hooks";
import type { OpenedView, VolumeView } from "../../src/jobs/view/records.js";
import { askBytes } from "../api.js";
import { Contrast, Group, Slider, Waiting } from "../controls.js";
import { useKept, useWork } from "../hooks.js";
import { pictureOf, rangeOf, sorted } from "../micrograph/tone.js";

const AXES = [
  { axis: 2, name: "z", title: "across z", across: "x", down: "y" },
  { axis: 1, name: "y", title: "across y", across: "x", down: "z" },
  { axis: 0, name: "x", title: "across x", across: "y", down: "z" },
] as const;

/** A map as three slices. */
export function Slices({ view }: { readonly view: OpenedView & VolumeView }) {
  const [sections, rows, columns] = view.shape;
  const counts = { x: columns, y: rows, z: sections };
  const [at, setAt] = useState({ x: columns >> 1, y: rows >> 1, z: sections >> 1 });
  const scale = useRef<Float32Array | undefined>();
  const [clip, setClip] = useKept("volume-clip", 0.1);
  const [isInverted, setInverted] = useKept("volume-invert", false);
  return (
    <div class="bench">
      <div class="slices">
        {AXES.map(({ axis, name, title, across, down }) => (
          <Slice
            key={name}
            view={view}
            axis={axis}
            at={at[name]}
            title={`${title} at ${at[name]}`}
            shape={[counts[down], counts[across]]}
            cross={[at[across], at[down]]}
            {...{ clip, isInverted, scale }}
            onPoint={(u, v) => setAt({ ...at, [across]: u, [down]: v })}
          />
        ))}
      </div>
      <aside class="panel" aria-label="Settings">
        <Group title="Slices">
          {AXES.map(({ name }) => (
            <Slider
              key={name}
              name={name}
              value={at[name]}
              {...{ from: 0, to: counts[name] - 1, step: 1 }}
              shown={placeText(at[name], counts[name], view.voxelSize)}
              onInput={(value) => setAt({ ...at, [name]: value })}
            />
          ))}
          <p class="note">A click in a slice moves the other two there.</p>
        </Group>
        <Contrast {...{ clip, setClip, isInverted, setInverted }} />
      </aside>
    </div>
  );
}

/** The number of a section, with its distance from the middle where the voxel size is known. */
function placeText(at: number, count: number, voxelSize: number | undefined): string {
  if (voxelSize === undefined) return String(at);
  return `${at} (${((at - (count >> 1)) * voxelSize).toFixed(1)} Å from the middle)`;
}

function Slice(props: {
  readonly view: OpenedView & VolumeView;
  readonly axis: number;
  readonly at: number;
  readonly title: string;
  readonly shape: readonly [rows: number, columns: number];
  /** Where the other slices cut this one. */
  readonly cross: readonly [across: number, down: number];
  readonly clip: number;
  readonly isInverted: boolean;
  /** Values that set the contrast of all slices: those of the first one that came. */
  readonly scale: { current: Float32Array | undefined };
  readonly onPoint: (across: number, down: number) => void;
}) {
  const { view, axis, at, title, shape, cross, clip, isInverted, scale, onPoint } = props;
  const [rows, columns] = shape;
  const ref = useRef<HTMLCanvasElement>(null);
  const asked = useWork(
    `${view.place} ${axis} ${at}`,
    async (signal) => new Uint16Array(await askBytes("slice", { place: view.place, axis, at }, signal)),
    true,
  );
  useEffect(() => {
    const stored = asked.value;
    if (!stored || stored.length !== rows * columns) return;
    const values = Float32Array.from(stored, (n) => view.low + view.step * n);
    scale.current ??= sorted(values);
    const range = rangeOf(scale.current, clip);
    const picture = pictureOf(values, shape, range, { clip, gamma: 1, isInverted });
    ref.current!.getContext("2d")!.putImageData(picture, 0, 0);
  }, [asked.value, clip, isInverted]);
  return (
    <figure class="slice">
      {asked.error !== undefined && <Waiting error={asked.error} />}
      <div class="cut">
        <canvas
          ref={ref}
          width={columns}
          height={rows}
          role="img"
          aria-label={title}
          onClick={(event) => {
            const { left, top, width, height } = event.currentTarget.getBoundingClientRect();
            const place = (share: number, n: number): number =>
              Math.min(n - 1, Math.max(0, Math.floor(share * n)));
            onPoint(
              place((event.clientX - left) / width, columns),
              place((event.clientY - top) / height, rows),
            );
          }}
        />
        <span class="line across" style={{ top: `${(100 * (cross[1] + 0.5)) / rows}%` }} />
        <span class="line down" style={{ left: `${(100 * (cross[0] + 0.5)) / columns}%` }} />
      </div>
      <figcaption>{title}</figcaption>
    </figure>
  );
}
