import { useEffect, useRef, useState } from "preact/hooks";
import type { OpenedView, StackView } from "../src/jobs/view/records.js";
import { askBytes } from "./api.js";
import { Group, Slider, Toggle, Waiting } from "./controls.js";
import { useKept, useSize, useWork } from "./hooks.js";
import { paint, rangeOf, sorted } from "./micrograph/tone.js";

/** Images that are fetched together. */
const PAGE = 100;

interface Section {
  readonly side: readonly [rows: number, columns: number];
  readonly values: Float32Array;
}

/** Particles or class averages side by side. */
export function StackPage({ view }: { readonly view: OpenedView & StackView }) {
  const [page, setPage] = useState(0);
  const [side, setSide] = useKept("stack-side", 96);
  const [clip, setClip] = useKept("stack-clip", 0.5);
  const [isInverted, setInverted] = useKept("stack-invert", false);
  const [ref, width] = useSize<HTMLElement>();
  const pages = Math.ceil(view.count / PAGE);
  const first = page * PAGE;
  const count = Math.min(PAGE, view.count - first);
  const ratio = window.devicePixelRatio || 1;
  const fetched = Math.min(256, 2 ** Math.ceil(Math.log2(side * ratio)));
  const asked = useWork(`${view.place} ${first} ${fetched}`, async (signal) => {
    const params = { place: view.place, first, count, side: fetched };
    return sectionsOf(await askBytes("sections", params, signal), count, view.shape, fetched);
  });
  const columns = Math.max(1, Math.floor((width + 4) / (side + 4)));
  return (
    <div class="work">
      <div class="head">
        <h1>{view.name}</h1>
        <p class="facts-line">
          {view.count.toLocaleString("en")} images of {view.shape[1]} × {view.shape[0]} pixels
          {view.pixelSize === undefined ? "" : `, ${Number(view.pixelSize.toPrecision(4))} Å per pixel`}
        </p>
      </div>
      <div class="bench">
        <section class="scroll" ref={ref as { current: HTMLElement | null }} tabIndex={0} aria-label="Images">
          {!asked.value && <Waiting error={asked.error} />}
          <div class="grid" style={{ gridTemplateColumns: `repeat(${columns}, ${side}px)` }}>
            {asked.value?.map((section, i) => (
              <Thumb
                key={first + i}
                section={section}
                number={first + i + 1}
                side={side}
                {...{ clip, isInverted }}
              />
            ))}
          </div>
        </section>
        <aside class="panel" aria-label="Settings">
          <Group title="Images">
            {pages > 1 && (
              <>
                <Slider
                  name="Page"
                  value={page}
                  {...{ from: 0, to: pages - 1, step: 1 }}
                  shown={`${first + 1} to ${first + count}`}
                  onInput={setPage}
                />
                <div class="row">
                  <button type="button" disabled={page === 0} onClick={() => setPage(page - 1)}>
                    Before
                  </button>
                  <button type="button" disabled={page === pages - 1} onClick={() => setPage(page + 1)}>
                    Next
                  </button>
                </div>
              </>
            )}
            <Slider
              name="Size"
              value={side}
              {...{ from: 32, to: 256, step: 8 }}
              shown={`${side} px`}
              onInput={setSide}
            />
          </Group>
          <Group title="Contrast">
            <Slider
              name="Clipped"
              value={Math.log10(clip)}
              {...{ from: -2, to: 1.3, step: 0.05 }}
              shown={`${Number(clip.toPrecision(2))} %`}
              onInput={(value) => setClip(10 ** value)}
            />
            <Toggle name="Invert" on={isInverted} onChange={setInverted} />
            <p class="note">Each image has its own contrast.</p>
          </Group>
        </aside>
      </div>
    </div>
  );
}

function sectionsOf(
  bytes: ArrayBuffer,
  count: number,
  [rows, columns]: readonly [number, number],
  side: number,
): readonly Section[] {
  const factor = Math.max(1, Math.ceil(Math.max(rows, columns) / side));
  const shape = [Math.floor(rows / factor), Math.floor(columns / factor)] as const;
  const size = shape[0] * shape[1];
  const view = new DataView(bytes);
  return Array.from({ length: count }, (_, i) => {
    const at = i * (8 + 2 * size);
    const [low, step] = [view.getFloat32(at, true), view.getFloat32(at + 4, true)];
    const values = Float32Array.from(
      { length: size },
      (__, j) => low + step * view.getUint16(at + 8 + 2 * j, true),
    );
    return { side: shape, values };
  });
}

function Thumb(props: {
  readonly section: Section;
  readonly number: number;
  readonly side: number;
  readonly clip: number;
  readonly isInverted: boolean;
}) {
  const { section, number, side, clip, isInverted } = props;
  const ref = useRef<HTMLCanvasElement>(null);
  const [rows, columns] = section.side;
  useEffect(() => {
    const pixels = new ImageData(columns, rows);
    const range = rangeOf(sorted(section.values), clip);
    paint(section.values, range, { clip, gamma: 1, isInverted }, new Uint32Array(pixels.data.buffer));
    ref.current!.getContext("2d")!.putImageData(pixels, 0, 0);
  }, [section, clip, isInverted]);
  return (
    <figure>
      <canvas
        ref={ref}
        width={columns}
        height={rows}
        style={{ width: `${side}px` }}
        role="img"
        aria-label={`image ${number}`}
      />
      <figcaption>{number}</figcaption>
    </figure>
  );
}
