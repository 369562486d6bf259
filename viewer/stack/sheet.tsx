import type { ComponentChildren } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { Contrast, Group, Slider, Waiting } from "../controls.js";
import { useKept, useSize, useWork } from "../hooks.js";
import { pictureOf, rangeOf, sorted } from "../micrograph/tone.js";
import type { SmallImage } from "./small-images.js";

/** Images that are fetched together. */
const PAGE = 100;

/** Small images side by side, page by page. */
export function Sheet(props: {
  /** Changes with the images. */
  readonly name: string;
  readonly count: number;
  /** Some images, each at most `side` pixels across. */
  readonly load: (
    first: number,
    count: number,
    side: number,
    signal: AbortSignal,
  ) => Promise<readonly SmallImage[]>;
  readonly captionOf: (number: number) => string;
  /** Further settings. */
  readonly children?: ComponentChildren;
}) {
  const { name, count: all, load, captionOf, children } = props;
  const [page, setPage] = useState(0);
  const [side, setSide] = useKept("stack-side", 96);
  const [clip, setClip] = useKept("stack-clip", 0.5);
  const [isInverted, setInverted] = useKept("stack-invert", false);
  const [ref, width] = useSize<HTMLElement>();
  const pages = Math.max(1, Math.ceil(all / PAGE));
  const shown = Math.min(page, pages - 1);
  const first = shown * PAGE;
  const count = Math.min(PAGE, all - first);
  const ratio = window.devicePixelRatio || 1;
  const fetched = Math.min(256, 2 ** Math.ceil(Math.log2(side * ratio)));
  const asked = useWork(`${name} ${first} ${count} ${fetched}`, async (signal) =>
    count === 0 ? [] : load(first, count, fetched, signal),
  );
  const columns = Math.max(1, Math.floor((width + 4) / (side + 4)));
  return (
    <div class="bench">
      <section class="scroll" ref={ref as { current: HTMLElement | null }} tabIndex={0} aria-label="Images">
        {!asked.value && <Waiting error={asked.error} />}
        <div class="grid" style={{ gridTemplateColumns: `repeat(${columns}, ${side}px)` }}>
          {asked.value?.map((image, i) => (
            <Thumb
              key={first + i}
              image={image}
              caption={captionOf(first + i)}
              {...{ side, clip, isInverted }}
            />
          ))}
        </div>
      </section>
      <aside class="panel" aria-label="Settings">
        <Group title="Images">
          {children}
          {pages > 1 && (
            <>
              <Slider
                name="Page"
                value={shown}
                {...{ from: 0, to: pages - 1, step: 1 }}
                shown={`${first + 1} to ${first + count}`}
                onInput={setPage}
              />
              <div class="row">
                <button type="button" disabled={shown === 0} onClick={() => setPage(shown - 1)}>
                  Before
                </button>
                <button type="button" disabled={shown === pages - 1} onClick={() => setPage(shown + 1)}>
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
        <Contrast {...{ clip, setClip, isInverted, setInverted }}>
          <p class="note">Each image has its own contrast.</p>
        </Contrast>
      </aside>
    </div>
  );
}

function Thumb(props: {
  readonly image: SmallImage;
  readonly caption: string;
  readonly side: number;
  readonly clip: number;
  readonly isInverted: boolean;
}) {
  const { image, caption, side, clip, isInverted } = props;
  const ref = useRef<HTMLCanvasElement>(null);
  const [rows, columns] = image.shape;
  useEffect(() => {
    const range = rangeOf(sorted(image.values), clip);
    const picture = pictureOf(image.values, image.shape, range, { clip, gamma: 1, isInverted });
    ref.current!.getContext("2d")!.putImageData(picture, 0, 0);
  }, [image, clip, isInverted]);
  return (
    <figure>
      <canvas
        ref={ref}
        width={columns}
        height={rows}
        style={{ width: `${side}px` }}
        role="img"
        aria-label={`image ${caption}`}
      />
      <figcaption>{caption}</figcaption>
    </figure>
  );
}
