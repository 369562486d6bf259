import type { ComponentChildren } from "preact";

/** A slider with its name and its value. */
export function Slider(props: {
  readonly name: string;
  readonly value: number;
  readonly from: number;
  readonly to: number;
  readonly step: number;
  readonly shown: string;
  readonly onInput: (value: number) => void;
  readonly hint?: string;
}) {
  const { name, value, from, to, step, shown, onInput, hint } = props;
  return (
    <label class="slider" title={hint}>
      <span class="name">{name}</span>
      <span class="value">{shown}</span>
      <input
        type="range"
        {...{ min: from, max: to, step, value }}
        aria-valuetext={shown}
        onInput={(event) => onInput(Number(event.currentTarget.value))}
      />
    </label>
  );
}

/** Something that is on or off. */
export function Toggle(props: {
  readonly name: string;
  readonly on: boolean;
  readonly onChange: (on: boolean) => void;
  readonly hint?: string;
}) {
  return (
    <label class="toggle" title={props.hint}>
      <input
        type="checkbox"
        checked={props.on}
        onChange={(event) => props.onChange(event.currentTarget.checked)}
      />
      <span>{props.name}</span>
    </label>
  );
}

/** One of some words. */
export function Choice(props: {
  readonly name: string;
  readonly value: string;
  readonly choices: readonly (readonly [value: string, name: string])[];
  readonly onChange: (value: string) => void;
}) {
  return (
    <label class="choice">
      <span class="name">{props.name}</span>
      <select value={props.value} onChange={(event) => props.onChange(event.currentTarget.value)}>
        {props.choices.map(([value, name]) => (
          <option key={value} value={value}>
            {name}
          </option>
        ))}
      </select>
    </label>
  );
}

/** Buttons of which one is pressed. */
export function Tabs(props: {
  readonly label: string;
  readonly value: string;
  readonly choices: readonly (readonly [value: string, name: string])[];
  readonly onChange: (value: string) => void;
}) {
  return (
    <fieldset class="tabs">
      <legend class="unseen">{props.label}</legend>
      {props.choices.map(([value, name]) => (
        <button
          key={value}
          type="button"
          aria-pressed={props.value === value}
          onClick={() => props.onChange(value)}
        >
          {name}
        </button>
      ))}
    </fieldset>
  );
}

/** A group of controls under a heading. */
export const Group = ({
  title,
  children,
}: {
  readonly title: string;
  readonly children: ComponentChildren;
}) => (
  <section class="group">
    <h2>{title}</h2>
    {children}
  </section>
);

/** How values become grey, where the share of clipped pixels and the sign are all that is set. */
export const Contrast = (props: {
  /** Per cent of the pixels that are black, and as many that are white. */
  readonly clip: number;
  readonly setClip: (clip: number) => void;
  readonly isInverted: boolean;
  readonly setInverted: (isInverted: boolean) => void;
  readonly children?: ComponentChildren;
}) => (
  <Group title="Contrast">
    <Slider
      name="Clipped"
      value={Math.log10(props.clip)}
      {...{ from: -2, to: 1.3, step: 0.05 }}
      shown={`${Number(props.clip.toPrecision(2))} %`}
      onInput={(value) => props.setClip(10 ** value)}
    />
    <Toggle name="Invert" on={props.isInverted} onChange={props.setInverted} />
    {props.children}
  </Group>
);

/** What is said while something is fetched, or where it could not be. */
export function Waiting({ error, what = "Reading…" }: { readonly error?: string; readonly what?: string }) {
  return error === undefined ? (
    <p class="waiting" role="status">
      {what}
    </p>
  ) : (
    <p class="problem" role="alert">
      {error}
    </p>
  );
}

/** Names and values. */
export const FactList = ({ facts }: { readonly facts: Readonly<Record<string, string | number>> }) => (
  <dl class="facts">
    {Object.entries(facts).map(([name, value]) => (
      <div key={name}>
        <dt>{name}</dt>
        <dd>{value}</dd>
      </div>
    ))}
  </dl>
);
