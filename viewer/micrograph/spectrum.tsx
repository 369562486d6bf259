import { useEffect, useRef, useState } from "preact/hooks";
import type { CtfView, ImageView, OpenedView } from "../../src/jobs/view/records.js";
import { askBytes } from "../api.js";
import { Choice, Group, Slider, Toggle, Waiting } from "../controls.js";
import { useWork } from "../hooks.js";
import { type Ctf, ringFrequency } from "./rings.js";

/** Rings that are drawn: beyond them no line is told from the next. */
const MOST_RINGS = 40;
/** Standard deviations about a ring's mean that are black and white. */
const SPREAD = 2.2;

/** The power spectrum of a micrograph, with the rings of a CTF over its left half. */
export function Spectrum(props: {
  readonly view: OpenedView & ImageView;
  readonly ctfs: readonly CtfView[];
  readonly pixelSize: number | undefined;
}) {
  const { view, ctfs, pixelSize } = props;
  const asked = useWork<Float32Array>(
    view.place,
    async (signal) => new Float32Array(await askBytes("spectrum", { place: view.place }, signal)),
  );
  const [source, setSource] = useState("");
  const [shows, setShows] = useState(true);
  const [own, setOwn] = useState<Partial<Ctf>>({});
  const known = ctfs.find((each) => each.source === source) ?? ctfs[0];
  const ctf: Ctf = {
    ...{ defocusU: 15_000, defocusV: 15_000, defocusAngle: 0, phaseShift: 0 },
    ...{ voltage: 300, sphericalAberration: 2.7, amplitudeContrast: 0.1 },
    ...defined(known),
    ...own,
  };
  const [reach, setReach] = useState(1);
  const canvas = useRef<HTMLCanvasElement>(null);
  const side = asked.value ? Math.round(Math.sqrt(asked.value.length)) : 0;
  useEffect(() => {
    const to = canvas.current?.getContext("2d");
    if (!to || !asked.value) return;
    drawSpectrum(to, asked.value, side);
    if (shows && pixelSize !== undefined) drawRings(to, ctf, pixelSize);
  });
  const slider = (name: string, key: "defocusU" | "defocusV" | "defocusAngle" | "phaseShift") => {
    const isAngle = key === "defocusAngle" || key === "phaseShift";
    return (
      <Slider
        name={name}
        value={ctf[key]}
        {...(isAngle
          ? { from: key === "phaseShift" ? 0 : -90, to: key === "phaseShift" ? 180 : 180, step: 1 }
          : { from: 1000, to: 60_000, step: 20 })}
        shown={isAngle ? `${Math.round(ctf[key])}°` : `${Math.round(ctf[key])} Å`}
        onInput={(value) => setOwn({ ...own, [key]: value })}
      />
    );
  };
  return (
    <div class="bench">
      <div class="stage still">
        {!asked.value && <Waiting error={asked.error} what="Computing the spectrum…" />}
        <div class="zoomed">
          <canvas
            ref={canvas}
            width={1024}
            height={1024}
            role="img"
            aria-label={`Power spectrum of ${view.name}`}
            style={{ transform: `scale(${reach})` }}
          />
        </div>
      </div>
      <aside class="panel" aria-label="Settings">
        <Group title="Spectrum">
          <Slider
            name="Enlarge"
            value={reach}
            {...{ from: 1, to: 4, step: 0.1 }}
            shown={
              pixelSize === undefined ? `${reach.toFixed(1)} ×` : `to ${(2 * pixelSize * reach).toFixed(1)} Å`
            }
            onInput={setReach}
          />
          <p class="note">
            Logarithm of the power, less its trend with frequency. The edge is the Nyquist frequency.
          </p>
        </Group>
        <Group title="Rings of the CTF">
          {pixelSize === undefined ? (
            <p class="note">The pixel size is not known: no rings can be drawn.</p>
          ) : (
            <>
              <Toggle name="Draw the zeros" on={shows} onChange={setShows} />
              {ctfs.length > 0 && (
                <Choice
                  name="From"
                  value={known?.source ?? ""}
                  choices={ctfs.map((each) => [each.source, each.source])}
                  onChange={(value) => {
                    setSource(value);
                    setOwn({});
                  }}
                />
              )}
              {ctfs.length === 0 && (
                <p class="note">No table that is shown has the CTF of this image: set it by hand.</p>
              )}
              {slider("Defocus U", "defocusU")}
              {slider("Defocus V", "defocusV")}
              {slider("Angle", "defocusAngle")}
              {slider("Phase shift", "phaseShift")}
              <p class="note">
                {ctf.voltage} kV, Cs {ctf.sphericalAberration} mm, amplitude contrast {ctf.amplitudeContrast}
              </p>
              {Object.keys(own).length > 0 && (
                <button type="button" onClick={() => setOwn({})}>
                  Back to the table's
                </button>
              )}
            </>
          )}
        </Group>
      </aside>
    </div>
  );
}

const defined = (known: CtfView | undefined): Partial<Ctf> => {
  if (!known) return {};
  const { source: _, pixelSize: __, ...rest } = known;
  return rest;
};

function drawSpectrum(to: CanvasRenderingContext2D, values: Float32Array, side: number): void {
  const small = document.createElement("canvas");
  small.width = side;
  small.height = side;
  const pixels = new ImageData(side, side);
  values.forEach((value, i) => {
    const grey = 255 * (0.5 + value / (2 * SPREAD));
    pixels.data.set([grey, grey, grey, 255], 4 * i);
  });
  small.getContext("2d")!.putImageData(pixels, 0, 0);
  to.imageSmoothingEnabled = true;
  to.drawImage(small, 0, 0, to.canvas.width, to.canvas.height);
}

/** The zeros as lines, over the left half alone: the right half shows the bare spectrum beside them. */
function drawRings(to: CanvasRenderingContext2D, ctf: Ctf, pixelSize: number): void {
  const { width } = to.canvas;
  const scale = width * pixelSize;
  to.strokeStyle = "rgba(255, 210, 63, 0.85)";
  to.lineWidth = 1.6;
  for (let n = 1; n <= MOST_RINGS; n++) {
    to.beginPath();
    for (let i = 0; i <= 180; i++) {
      const angle = Math.PI / 2 + (Math.PI * i) / 180;
      const k = ringFrequency(ctf, angle, n) * scale;
      if (!Number.isFinite(k)) break;
      const [x, y] = [width / 2 + k * Math.cos(angle), width / 2 + k * Math.sin(angle)];
      if (i === 0) to.moveTo(x, y);
      else to.lineTo(x, y);
    }
    to.stroke();
  }
}
