import { useEffect, useRef, useState } from "preact/hooks";
import type { TranslatorsView } from "../../src/jobs/view/records.js";
import { Group, Toggle, Waiting } from "../controls.js";
import { drawBar, drawMarks } from "../micrograph/marks.js";
import { pictureOf, rangeOf, sorted } from "../micrograph/tone.js";
import { IceGroup, MicroscopeGroup, NoiseGroup, SpecimenGroup } from "./groups.js";
import { commandOf, type Knobs, SIDE } from "./knobs.js";
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
  learned,
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
  const turning = { knobs, map, set };
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
          <SpecimenGroup {...turning} maps={maps} />
          <IceGroup {...turning} />
          <MicroscopeGroup {...turning} />
          <NoiseGroup {...turning} learned={learned} betterSignal={result?.betterSignal} />
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

/** What came out and how long it took. */
function told({ made, simulation, translation, processor }: Result): string {
  const ms = (seconds: number): string => `${Math.round(1000 * seconds)} ms`;
  const particles = `${made.x.length} of ${made.requested} particles, ${ms(simulation)}`;
  if (translation === undefined) return particles;
  return `${particles}, noise ${ms(translation)}${processor ? ` (${processor})` : ""}`;
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
    const range = rangeOf(sorted(made.data), 0.3);
    const tone = { clip: 0.3, gamma: 1, isInverted: false };
    to.putImageData(pictureOf(made.data, [SIDE, SIDE], range, tone), 0, 0);
    const frame = { left: 0, top: 0, scale: 1 };
    const marks = { x: made.x, y: made.y, diameter: made.diameter / pixelSize, threshold: 0 };
    if (showsLabels) drawMarks(to, marks, frame, 1, "#ffd23f");
    drawBar(to, pixelSize, frame, 1);
  }, [made, showsLabels]);
  return <canvas ref={ref} width={SIDE} height={SIDE} role="img" aria-label="Simulated micrograph" />;
}
