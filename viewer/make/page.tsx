import { useEffect, useRef, useState } from "preact/hooks";
import type { TranslatorsView } from "../../src/jobs/view/records.js";
import { Choice, Group, Slider, Toggle, Waiting } from "../controls.js";
import { drawBar, drawMarks } from "../micrograph/marks.js";
import { paint, rangeOf, sorted } from "../micrograph/tone.js";
import { commandOf, hasSnr, type Knobs, SIDE } from "./knobs.js";
import type { Made } from "./model.js";
import { type MapFacts, type Sources, useWorker } from "./use-worker.js";
import type { Result } from "./worker.js";

/**
 * A page that simulates while its knobs are turned.
 *
 * @param maps names of the conformations among which a knob chooses; one name alone: there is no such knob
 * @param learned models whose noise can be chosen
 * @param sources where the bytes of the maps and the models come from
 */
export function MakePage({
  name,
  maps,
  learned: { translators, problems },
  sources,
}: {
  readonly name: string;
  readonly maps: readonly string[];
  readonly learned: TranslatorsView;
  readonly sources: Sources;
}) {
  const { map, result, isBusy, problem, turn } = useWorker(name, sources);
  const [knobs, setKnobs] = useState<Knobs | undefined>();
  const [shows, setShows] = useState(false);
  const [isCopied, setCopied] = useState(false);
  useEffect(() => {
    if (map && !knobs) setKnobs(firstKnobs(name, map));
  }, [map]);
  useEffect(() => {
    if (knobs) turn(knobs);
    setCopied(false);
  }, [knobs]);
  if (!map || !knobs) return <Waiting error={problem} what={`Reading ${name}…`} />;
  const set = (some: Partial<Knobs>): void => setKnobs({ ...knobs, ...some });
  const command = commandOf(knobs, map);
  const field = SIDE * knobs.pixelSize;
  const most = Math.max(4, Math.floor((0.55 * field * field) / map.diameter ** 2));
  return (
    <div class="work">
      <div class="head">
        <h1>Micrographs of {knobs.map}</h1>
        <p class="facts-line" role="status">
          {result && !(isBusy && knobs.noise === "learned") ? told(result) : "Computing…"}
        </p>
      </div>
      <div class="bench">
        <div class="making">
          {problem !== undefined && <Waiting error={problem} />}
          <Picture made={result?.made} pixelSize={knobs.pixelSize} showsLabels={shows} />
          <div class="command">
            <pre tabIndex={0}>
              <code>{command}</code>
            </pre>
            <button
              type="button"
              onClick={() => {
                navigator.clipboard.writeText(command).then(
                  () => setCopied(true),
                  () => setCopied(false),
                );
              }}
            >
              {isCopied ? "Copied" : "Copy"}
            </button>
          </div>
          <p class="note">The first micrograph of this command is this picture.</p>
        </div>
        <aside class="panel" aria-label="Knobs">
          <Group title="Specimen">
            {maps.length > 1 && (
              <Slider
                name="Conformation"
                value={maps.indexOf(knobs.map)}
                {...{ from: 0, to: maps.length - 1, step: 1 }}
                shown={`${maps.indexOf(knobs.map) + 1} of ${maps.length}`}
                onInput={(at) => set({ map: maps[at]! })}
              />
            )}
            <Slider
              name="Particles"
              value={Math.min(most, knobs.particles)}
              {...{ from: 1, to: most, step: 1 }}
              shown={String(knobs.particles)}
              onInput={(particles) => set({ particles })}
            />
            <Slider
              name="Closeness"
              value={1 - knobs.collapseRatio}
              {...{ from: 0, to: 0.8, step: 0.05 }}
              shown={knobs.collapseRatio === 1 ? "they touch at most" : `outlines × ${knobs.collapseRatio}`}
              onInput={(value) => set({ collapseRatio: Number((1 - value).toFixed(2)) })}
            />
            <Slider
              name="Clusters"
              value={knobs.clustering}
              {...{ from: 0, to: 1, step: 0.05 }}
              shown={`${Math.round(100 * knobs.clustering)} %`}
              onInput={(clustering) => set({ clustering })}
            />
            <Toggle
              name="One preferred view"
              on={knobs.isPreferred}
              onChange={(isPreferred) => set({ isPreferred })}
            />
            {knobs.isPreferred && (
              <>
                <Slider
                  name="Rot"
                  value={knobs.rot}
                  {...{ from: -180, to: 180, step: 5 }}
                  shown={`${knobs.rot}°`}
                  onInput={(rot) => set({ rot })}
                />
                <Slider
                  name="Tilt"
                  value={knobs.tilt}
                  {...{ from: 0, to: 180, step: 5 }}
                  shown={`${knobs.tilt}°`}
                  onInput={(tilt) => set({ tilt })}
                />
                <Slider
                  name="Spread"
                  value={knobs.halfAngle}
                  {...{ from: 0, to: 90, step: 5 }}
                  shown={`${knobs.halfAngle}°`}
                  onInput={(halfAngle) => set({ halfAngle })}
                />
              </>
            )}
          </Group>
          <Group title="Ice">
            <Slider
              name="Thickness"
              value={knobs.depth}
              {...{ from: 0, to: 2000, step: 50 }}
              shown={knobs.depth === 0 ? "one plane" : `${knobs.depth} Å`}
              onInput={(depth) => set({ depth })}
            />
            <Slider
              name="Gradient"
              value={knobs.iceGradient}
              {...{ from: 0, to: 0.9, step: 0.05 }}
              shown={knobs.iceGradient === 0 ? "even" : String(knobs.iceGradient)}
              onInput={(iceGradient) => set({ iceGradient })}
            />
          </Group>
          <Group title="Microscope">
            <Slider
              name="Defocus"
              value={knobs.defocus}
              {...{ from: 2000, to: 40_000, step: 250 }}
              shown={`${(knobs.defocus / 10_000).toFixed(2)} µm`}
              onInput={(defocus) => set({ defocus })}
            />
            {knobs.noise === "learned" ? (
              <p class="note">Pixel size: {Number(knobs.pixelSize.toPrecision(4))} Å, as the model has it.</p>
            ) : (
              <Slider
                name="Pixel size"
                value={knobs.pixelSize}
                {...{ from: map.voxelSize, to: 4 * map.voxelSize, step: map.voxelSize / 4 }}
                shown={`${Number(knobs.pixelSize.toPrecision(4))} Å`}
                onInput={(value) =>
                  set({ pixelSize: value === map.voxelSize ? value : Number(value.toFixed(3)) })
                }
              />
            )}
            <Slider
              name="B factor"
              value={knobs.bFactor}
              {...{ from: 0, to: 400, step: 10 }}
              shown={`${knobs.bFactor} Å²`}
              onInput={(bFactor) => set({ bFactor })}
            />
          </Group>
          <Group title="Noise">
            <Choice
              name="Kind"
              value={knobs.noise === "learned" ? `${LEARNED}${knobs.model}` : knobs.noise}
              choices={[
                ["none", "none"],
                ["white", "white"],
                ["poisson", "Poisson"],
                ...translators.map((each) => [`${LEARNED}${each.path}`, `model: ${each.name}`] as const),
              ]}
              onChange={(value) => {
                const chosen = translators.find(({ path }) => value === `${LEARNED}${path}`);
                if (!chosen) return set({ noise: value as Knobs["noise"] });
                set({ noise: "learned", model: chosen.path, pixelSize: chosen.pixelSize });
              }}
            />
            {problems.map((each) => (
              <p key={each} class="note">
                {each}
              </p>
            ))}
            {knobs.noise === "learned" && (
              <Slider
                name="Contrast"
                value={Math.log10(knobs.signal)}
                {...{ from: -2, to: 2, step: 0.02 }}
                shown={`signal × ${knobs.signal}`}
                onInput={(value) => set({ signal: Number((10 ** value).toPrecision(3)) })}
              />
            )}
            {knobs.noise === "learned" && result?.betterSignal !== undefined && (
              <p class="note">
                The particles are far stronger or weaker than those that the model knows.{" "}
                <button type="button" onClick={() => set({ signal: result.betterSignal! })}>
                  Take signal × {result.betterSignal}
                </button>
              </p>
            )}
            {hasSnr(knobs) && (
              <Slider
                name="Signal to noise"
                value={Math.log10(knobs.snr)}
                {...{ from: -2.3, to: 1, step: 0.05 }}
                shown={String(knobs.snr)}
                onInput={(value) => set({ snr: Number((10 ** value).toPrecision(2)) })}
              />
            )}
            {knobs.noise === "poisson" && (
              <Slider
                name="Dose"
                value={knobs.dose}
                {...{ from: 5, to: 100, step: 5 }}
                shown={`${knobs.dose} e/Å²`}
                onInput={(dose) => set({ dose })}
              />
            )}
          </Group>
          <Group title="Picture">
            <Toggle name="Show the labels" on={shows} onChange={setShows} />
            <button type="button" onClick={() => set({ seed: knobs.seed + 1 })}>
              Another one (seed {knobs.seed})
            </button>
          </Group>
        </aside>
      </div>
    </div>
  );
}

/** Before the path of a model among the kinds of noise. */
const LEARNED = "learned:";

/** What came out and how long it took. */
function told({ made, simulation, translation }: Result): string {
  const ms = (seconds: number): string => `${Math.round(1000 * seconds)} ms`;
  const particles = `${made.x.length} of ${made.requested} particles, ${ms(simulation)}`;
  return translation === undefined ? particles : `${particles}, noise ${ms(translation)}`;
}

function firstKnobs(map: string, { voxelSize, diameter }: MapFacts): Knobs {
  const field = SIDE * voxelSize;
  return {
    ...{
      map,
      pixelSize: voxelSize,
      particles: Math.max(1, Math.round((0.15 * field * field) / diameter ** 2)),
    },
    ...{ collapseRatio: 1, clustering: 0, defocus: 15_000, depth: 0, bFactor: 0, iceGradient: 0 },
    ...{ isPreferred: false, rot: 0, tilt: 0, halfAngle: 20 },
    ...{ noise: "white", snr: 0.1, dose: 40, model: "", signal: 1, seed: 1 },
  };
}

function Picture(props: {
  readonly made: Made | undefined;
  readonly pixelSize: number;
  readonly showsLabels: boolean;
}) {
  const { made, pixelSize, showsLabels } = props;
  const ref = useRef<HTMLCanvasElement>(null);
  useEffect(() => {
    if (!made) return;
    const to = ref.current!.getContext("2d")!;
    const pixels = new ImageData(SIDE, SIDE);
    const range = rangeOf(sorted(made.data), 0.3);
    paint(made.data, range, { clip: 0.3, gamma: 1, isInverted: false }, new Uint32Array(pixels.data.buffer));
    to.putImageData(pixels, 0, 0);
    const frame = { left: 0, top: 0, scale: 1 };
    const marks = { x: made.x, y: made.y, diameter: made.diameter / pixelSize, threshold: 0 };
    if (showsLabels) drawMarks(to, marks, frame, 1, "#ffd23f");
    drawBar(to, pixelSize, frame, 1);
  }, [made, showsLabels]);
  return <canvas ref={ref} width={SIDE} height={SIDE} role="img" aria-label="Simulated micrograph" />;
}
