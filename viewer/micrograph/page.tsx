import { useEffect, useState } from "preact/hooks";
import type {
  CompanyView,
  ImageView,
  OpenedView,
  PicksView,
  ViewEntry,
} from "../../src/jobs/view/records.js";
import { ask } from "../api.js";
import { Choice, Group, Slider, Tabs, Toggle, Waiting } from "../controls.js";
import { useAsk, useKept, useKeys, useWork } from "../hooks.js";
import { Canvas } from "./canvas.js";
import { type EditedPicks, Editor } from "./editor.js";
import type { Marks } from "./marks.js";
import { Spectrum } from "./spectrum.js";

/** Picks of a file beside what the page has of it. */
interface Overlay {
  readonly place: string;
  readonly name: string;
  readonly picks: PicksView;
}

/** Least and greatest low-pass filter that the slider has, in pixels of the image. */
const FILTERS = [2, 200] as const;

/** A micrograph with what goes with it. */
export function MicrographPage(props: {
  readonly view: OpenedView & ImageView;
  readonly entries: readonly ViewEntry[];
  readonly edit: boolean;
}) {
  const { view, edit } = props;
  const { place } = view;
  const company = useAsk<CompanyView>("company", { place });
  const [tab, setTab] = useKept("tab", "image");
  const [clip, setClip] = useKept("clip", 0.5);
  const [gamma, setGamma] = useKept("gamma", 1);
  const [isInverted, setInverted] = useKept("invert", false);
  const [filter, setFilter] = useKept("filter", 0);
  const [showsLabels, setShowsLabels] = useKept("labels", true);
  const [chosen, setChosen] = useKept("chosen", "");
  const [share, setShare] = useKept("share", 0);
  const [size, setSize] = useState<number | undefined>();
  const [layer, setLayer] = useState(place);
  const [edited, setEdited] = useState<EditedPicks | undefined>();

  const layers = [{ name: "this image", place }, ...(company.value?.layers ?? [])];
  const shown = useAsk<OpenedView>("open", layer === place ? undefined : { place: layer });
  const layerView = layer === place ? view : shown.value?.what === "image" ? shown.value : undefined;

  const overlays = company.value?.overlays ?? [];
  const overlay = overlays.find(({ name }) => name === chosen) ?? overlays[0];
  const loaded = useWork<Overlay>(overlay && `${place} ${overlay.place}`, async (signal) => ({
    place: overlay!.place,
    name: overlay!.name,
    picks: await ask<PicksView>("picks", { place, labels: overlay!.place }, signal),
  }));
  const picks = loaded.value?.picks;
  const scores = (picks?.score ?? []).toSorted((a, b) => a - b);
  // the slider runs over the picks, not over the scores: every step takes as many away
  const threshold =
    share === 0 || scores.length === 0
      ? Number.NEGATIVE_INFINITY
      : scores[Math.min(scores.length - 1, Math.round(share * scores.length))]!;
  const diameter = size ?? picks?.diameter ?? Math.max(8, Math.min(...view.shape) / 20);
  const kept = picks ? picks.x.filter((_, i) => (picks.score?.[i] ?? threshold) >= threshold).length : 0;

  const next = (): void => {
    const at = layers.findIndex((each) => each.place === layer);
    setLayer(layers[(at + 1) % layers.length]!.place);
  };
  const known =
    view.pixelSize ?? company.value?.ctfs.find(({ pixelSize }) => pixelSize !== undefined)?.pixelSize;
  const unit = known ?? 1;
  const lowPass = filter === 0 ? 0 : FILTERS[0] * (FILTERS[1] / FILTERS[0]) ** ((filter - 1) / 99) * unit;
  const within = (value: number, low: number, high: number): number => Math.min(high, Math.max(low, value));
  useKeys({
    "[": () => setClip(within(clip / 1.3, 0.01, 20)),
    "]": () => setClip(within(clip * 1.3, 0.01, 20)),
    g: () => setGamma(within(gamma * 1.1, 0.2, 5)),
    h: () => setGamma(within(gamma / 1.1, 0.2, 5)),
    i: () => setInverted(!isInverted),
    f: () => setFilter(within(filter + 5, 0, 100)),
    d: () => setFilter(within(filter - 5, 0, 100)),
    l: () => setShowsLabels(!showsLabels),
    ",": () => setShare(within(share - 0.02, 0, 1)),
    ".": () => setShare(within(share + 0.02, 0, 1)),
    b: next,
    s: () => setTab(tab === "image" ? "spectrum" : "image"),
  });
  useEffect(() => setEdited(undefined), [loaded.value]);

  const marks: Marks[] = [];
  if (edited) marks.push({ ...edited, diameter, threshold: Number.NEGATIVE_INFINITY });
  else if (showsLabels && picks) marks.push({ ...picks, diameter, threshold });

  return (
    <div class="work">
      <div class="head">
        <h1>{view.name}</h1>
        <p class="facts-line">
          {view.shape[1]} × {view.shape[0]} pixels
          {known === undefined ? "" : `, ${Number(known.toPrecision(4))} Å per pixel`}
        </p>
        <Tabs
          label="What is shown"
          value={tab}
          choices={[
            ["image", "Image"],
            ["spectrum", "Spectrum"],
          ]}
          onChange={setTab}
        />
      </div>
      {tab === "spectrum" ? (
        <Spectrum view={view} ctfs={company.value?.ctfs ?? []} pixelSize={known} />
      ) : (
        <div class="bench">
          {layerView ? (
            <Canvas
              place={layer}
              view={layerView}
              field={view.shape}
              pixelSize={unit === known ? known : undefined}
              tone={{ clip, gamma, isInverted }}
              lowPass={lowPass}
              marks={marks}
              {...(edited && {
                onClick: (x: number, y: number) => setEdited(edited.clicked(x, y, diameter / 2)),
              })}
              label={`${layers.find((each) => each.place === layer)?.name ?? ""}: ${view.name}`}
            />
          ) : (
            <div class="stage">
              <Waiting
                error={shown.error ?? (shown.value ? `${shown.value.name} is no single image` : undefined)}
              />
            </div>
          )}
          <aside class="panel" aria-label="Settings">
            <Group title="Contrast">
              <Slider
                name="Clipped"
                value={Math.log10(clip)}
                {...{ from: -2, to: 1.3, step: 0.05 }}
                shown={`${Number(clip.toPrecision(2))} %`}
                hint="Share of the pixels that are black, and as many white ( [ and ] )"
                onInput={(value) => setClip(10 ** value)}
              />
              <Slider
                name="Gamma"
                value={Math.log2(gamma)}
                {...{ from: -2.3, to: 2.3, step: 0.05 }}
                shown={gamma.toFixed(2)}
                hint="Above 1 darker, below 1 brighter middle tones ( g and h )"
                onInput={(value) => setGamma(2 ** value)}
              />
              <Slider
                name="Low-pass"
                value={filter}
                {...{ from: 0, to: 100, step: 1 }}
                shown={
                  filter === 0
                    ? "off"
                    : `${Number(lowPass.toPrecision(2))} ${known === undefined ? "px" : "Å"}`
                }
                hint="Gaussian filter that leaves half the amplitude at this resolution ( f and d )"
                onInput={setFilter}
              />
              <Toggle name="Invert" on={isInverted} onChange={setInverted} hint="Protein white ( i )" />
            </Group>
            {layers.length > 1 && (
              <Group title="Layers">
                <div class="layers" role="radiogroup" aria-label="Layers">
                  {layers.map((each) => (
                    <label key={each.place} class="toggle">
                      <input
                        type="radio"
                        name="layer"
                        checked={each.place === layer}
                        onChange={() => setLayer(each.place)}
                      />
                      <span>{each.name}</span>
                    </label>
                  ))}
                </div>
                <button type="button" onClick={next}>
                  Blink (b)
                </button>
              </Group>
            )}
            <Group title="Labels">
              {overlays.length === 0 && (
                <p class="note">
                  {company.value
                    ? "No labels of this image are among what is shown."
                    : (company.error ?? "Looking…")}
                </p>
              )}
              {company.value?.problems.map((problem) => (
                <p key={problem} class="note problem-note">
                  Not read: {problem}
                </p>
              ))}
              {overlays.length > 0 && overlay && (
                <>
                  <Choice
                    name="File"
                    value={overlay.name}
                    choices={overlays.map(({ name, count, isSure }) => [
                      name,
                      `${name} (${count}${isSure ? "" : ", unsure"})`,
                    ])}
                    onChange={setChosen}
                  />
                  <Toggle name="Show" on={showsLabels} onChange={setShowsLabels} hint="( l )" />
                  {overlay.outside > 0 && (
                    <p class="note">
                      {overlay.outside} lie outside of this image: they may be of another size of it.
                    </p>
                  )}
                  {loaded.error !== undefined && <Waiting error={loaded.error} />}
                  {picks && (
                    <p class="tally" role="status">
                      {kept} of {picks.x.length} shown
                    </p>
                  )}
                  {scores.length > 0 && (
                    <Slider
                      name="Threshold"
                      value={share}
                      {...{ from: 0, to: 1, step: 0.005 }}
                      shown={share === 0 ? "all" : `score ${Number(threshold.toPrecision(3))}`}
                      hint="Labels with a lower score are left out ( , and . )"
                      onInput={setShare}
                    />
                  )}
                </>
              )}
              {(overlays.length > 0 || edited) && (
                <Slider
                  name="Circle"
                  value={Math.log10(diameter)}
                  {...{ from: 0.5, to: Math.log10(Math.max(...view.shape) / 2), step: 0.01 }}
                  shown={
                    known === undefined ? `${Math.round(diameter)} px` : `${Math.round(diameter * known)} Å`
                  }
                  onInput={(value) => setSize(10 ** value)}
                />
              )}
              {edit && (
                <Editor
                  place={place}
                  labels={loaded.value?.place}
                  picks={picks}
                  threshold={threshold}
                  edited={edited}
                  onEdit={setEdited}
                />
              )}
            </Group>
          </aside>
        </div>
      )}
    </div>
  );
}
