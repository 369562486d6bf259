import { useEffect, useRef, useState } from "preact/hooks";
import type { ImageSet } from "../../src/jobs/view/records.js";
import { Choice, Slider, Waiting } from "../controls.js";
import { useAsk, useKept, useKeys, useWork } from "../hooks.js";
import { drawPair, type Patch, type TestSettings } from "./pairs.js";
import { type Answer, answersCsv, scoreOf, verdictOf } from "./score.js";

/** The test by which a person says which of two squares is real. */
export function RealPage() {
  const sets = useAsk<readonly ImageSet[]>("sets", {});
  const [settings, setSettings] = useState<TestSettings | undefined>();
  if (!sets.value) return <Waiting error={sets.error} />;
  return (
    <div class="page real">
      <h1>Which one is real?</h1>
      {settings ? (
        <Test settings={settings} onEnd={() => setSettings(undefined)} />
      ) : (
        <Settings sets={sets.value} onStart={setSettings} />
      )}
    </div>
  );
}

function Settings(props: {
  readonly sets: readonly ImageSet[];
  readonly onStart: (settings: TestSettings) => void;
}) {
  const { sets, onStart } = props;
  const guess = (sign: RegExp, not: RegExp): string =>
    (sets.find(({ name }) => sign.test(name) && !not.test(name)) ?? sets[0])?.place ?? "";
  const [real, setReal] = useState(() =>
    guess(/real|working|raw|micrographs/i, /synthetic|simulated|clean|specimens|held/i),
  );
  const [synthetic, setSynthetic] = useState(() => guess(/synthetic|generated/i, /^$/));
  const [side, setSide] = useKept("real-side", 256);
  const [lowPass, setLowPass] = useKept("real-filter", 0);
  const [pairs, setPairs] = useKept("real-pairs", 40);
  const [seed, setSeed] = useKept("real-seed", 1);
  const choices = sets.map(({ name, place, images }) => [place, `${name} (${images.length})`] as const);
  const of = (place: string): ImageSet | undefined => sets.find((set) => set.place === place);
  if (sets.length < 2) {
    return (
      <p class="note">
        Two folders of micrographs are needed, a real and a synthetic one: name both when you start `cryogem
        view`.
      </p>
    );
  }
  return (
    <form
      class="settings"
      onSubmit={(event) => {
        event.preventDefault();
        onStart({ real: of(real)!, synthetic: of(synthetic)!, side, lowPass, pairs, seed });
      }}
    >
      <p>
        You see two squares at a time, one of a real micrograph and one of a synthetic one, both with the same
        mean and contrast. Say which one is real. Whoever guesses is right in half of the pairs; if you cannot
        do better, the synthetic micrographs look real to you.
      </p>
      <Choice name="Real" value={real} choices={choices} onChange={setReal} />
      <Choice name="Synthetic" value={synthetic} choices={choices} onChange={setSynthetic} />
      <Slider
        name="Side"
        value={side}
        {...{ from: 64, to: 1024, step: 64 }}
        shown={`${side} pixels`}
        onInput={setSide}
      />
      <Slider
        name="Low-pass"
        value={lowPass}
        {...{ from: 0, to: 60, step: 1 }}
        shown={lowPass === 0 ? "off" : `${lowPass} Å`}
        onInput={setLowPass}
      />
      <Slider
        name="Pairs"
        value={pairs}
        {...{ from: 10, to: 200, step: 10 }}
        shown={String(pairs)}
        onInput={setPairs}
      />
      <label class="choice">
        <span class="name">Seed</span>
        <input
          type="number"
          min="0"
          step="1"
          value={seed}
          onChange={(event) => setSeed(Math.max(0, Math.round(Number(event.currentTarget.value))))}
        />
      </label>
      {real === synthetic && <p class="note">Both are the same folder: choose two.</p>}
      <button type="submit" class="main" disabled={real === synthetic}>
        Start
      </button>
    </form>
  );
}

function Test({ settings, onEnd }: { readonly settings: TestSettings; readonly onEnd: () => void }) {
  const [answers, setAnswers] = useState<readonly Answer[]>([]);
  const i = answers.length;
  const isOver = i >= settings.pairs;
  const asked = useWork(isOver ? undefined : `${i}`, (signal) => drawPair(settings, i, signal));
  const pair = asked.value;
  const began = useRef(0);
  useEffect(() => {
    if (!pair) return;
    began.current = performance.now();
    // the next pair is drawn while this one is looked at, so that its images are at hand; what fails now fails again, and is told,
    // when its turn comes
    const controller = new AbortController();
    if (i + 1 < settings.pairs) drawPair(settings, i + 1, controller.signal).catch(() => undefined);
    return () => controller.abort();
  }, [pair]);
  const choose = (chosen: "left" | "right"): void => {
    if (!pair) return;
    const seconds = (performance.now() - began.current) / 1000;
    setAnswers([
      ...answers,
      { real: pair.real, synthetic: pair.synthetic, side: pair.side, chosen, seconds },
    ]);
  };
  useKeys({ ArrowLeft: () => choose("left"), ArrowRight: () => choose("right") });
  if (isOver) return <Result {...{ settings, answers, onEnd }} />;
  if (!pair) return <Waiting error={asked.error} />;
  const [left, right] = pair.side === "left" ? [pair.real, pair.synthetic] : [pair.synthetic, pair.real];
  return (
    <>
      <p class="tally" role="status">
        Pair {i + 1} of {settings.pairs}. Choose the real one, by a click or with the arrow keys.
      </p>
      <div class="pair">
        <Square key={`left ${i}`} patch={left} name="left" onChoose={() => choose("left")} />
        <Square key={`right ${i}`} patch={right} name="right" onChoose={() => choose("right")} />
      </div>
      <div class="row">
        <button type="button" onClick={onEnd}>
          Stop
        </button>
      </div>
    </>
  );
}

function Square(props: { readonly patch: Patch; readonly name: string; readonly onChoose: () => void }) {
  const { patch, name, onChoose } = props;
  const ref = useRef<HTMLCanvasElement>(null);
  const side = patch.pixels.width;
  useEffect(() => {
    ref.current!.getContext("2d")!.putImageData(patch.pixels, 0, 0);
  }, [patch]);
  return (
    <button type="button" class="square" onClick={onChoose} aria-label={`the ${name} one is real`}>
      <canvas ref={ref} width={side} height={side} />
    </button>
  );
}

function Result(props: {
  readonly settings: TestSettings;
  readonly answers: readonly Answer[];
  readonly onEnd: () => void;
}) {
  const { settings, answers, onEnd } = props;
  const score = scoreOf(answers.filter(({ side, chosen }) => side === chosen).length, answers.length);
  const per = (share: number): string => `${(100 * share).toFixed(0)} %`;
  const { real, synthetic, side, lowPass, seed } = settings;
  const shared = {
    real_set: real.name,
    synthetic_set: synthetic.name,
    patch_pixels: side,
    low_pass_angstrom: lowPass,
    seed,
  };
  const [low, high] = score.interval;
  return (
    <>
      <p class="score" role="status">
        <strong>
          {score.right} of {score.pairs} right: {per(score.share)}
        </strong>
        , 95 % interval {per(low)} to {per(high)}.
      </p>
      <svg
        class="scale"
        viewBox="0 0 400 46"
        role="img"
        aria-label={`${per(score.share)}, from ${per(low)} to ${per(high)}, on a scale from 0 to 100 %`}
      >
        <line x1="10" x2="390" y1="16" y2="16" />
        <line class="guess" x1="200" x2="200" y1="6" y2="26" />
        <line class="interval" x1={10 + 380 * low} x2={10 + 380 * high} y1="16" y2="16" />
        <circle cx={10 + 380 * score.share} cy="16" r="6" />
        <text x="10" y="42">
          0 %
        </text>
        <text x="200" y="42" text-anchor="middle">
          guessing
        </text>
        <text x="390" y="42" text-anchor="end">
          100 %
        </text>
      </svg>
      <p>{verdictOf(score)}</p>
      <div class="row">
        <button
          type="button"
          class="main"
          onClick={() => download("which-one-is-real.csv", answersCsv(answers, shared))}
        >
          Save as CSV
        </button>
        <button type="button" onClick={onEnd}>
          Again
        </button>
      </div>
    </>
  );
}

function download(name: string, text: string): void {
  const url = URL.createObjectURL(new Blob([text], { type: "text/csv" }));
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  link.click();
  URL.revokeObjectURL(url);
}
