import type { TranslatorsView } from "../../src/jobs/view/records.js";
import { Choice, Group, Slider, Toggle } from "../controls.js";
import { hasSnr, type Knobs, SIDE } from "./knobs.js";
import type { MapFacts } from "./use-worker.js";

interface Turning {
  readonly knobs: Knobs;
  readonly map: MapFacts;
  readonly set: (some: Partial<Knobs>) => void;
}

/** Share of the field that particles cover where the slider of their number ends. */
const FULL = 0.55;

/** @param props.maps among which a knob chooses; one alone: there is no such knob */
export function SpecimenGroup(props: Turning & { readonly maps: readonly string[] }) {
  const { knobs, map, set, maps } = props;
  const field = SIDE * knobs.pixelSize;
  const most = Math.max(4, Math.floor((FULL * field * field) / map.diameter ** 2));
  return (
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
  );
}

export function IceGroup({ knobs, set }: Turning) {
  return (
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
  );
}

export function MicroscopeGroup({ knobs, map, set }: Turning) {
  return (
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
          onInput={(value) => set({ pixelSize: value === map.voxelSize ? value : Number(value.toFixed(3)) })}
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
  );
}

/** Before the path of a model among the kinds of noise. */
const LEARNED = "learned:";

/** @param props.learned models whose noise can be chosen */
export function NoiseGroup(
  props: Turning & { readonly learned: TranslatorsView; readonly betterSignal: number | undefined },
) {
  const { knobs, set, learned, betterSignal } = props;
  const { translators, problems } = learned;
  return (
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
      {knobs.noise === "learned" && betterSignal !== undefined && (
        <p class="note">
          The particles are far stronger or weaker than those that the model knows.{" "}
          <button type="button" onClick={() => set({ signal: betterSignal })}>
            Take signal × {betterSignal}
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
  );
}
