import { useState } from "preact/hooks";
import type { OpenedView, TableBlock, TableView } from "../../src/jobs/view/records.js";
import { ask, askColumn } from "../api.js";
import { Choice, Tabs, Toggle, Waiting } from "../controls.js";
import { useEvery, useWork } from "../hooks.js";
import { go } from "../route.js";
import { numberText } from "./axis.js";
import { CurveChart } from "./curves.js";
import { curvesOf, histogramsOf, xOf } from "./guess.js";
import { Histogram, type Range } from "./histogram.js";
import { Rows } from "./rows.js";
import { Sphere } from "./sphere.js";

/** Columns of the table that are shown at first. */
const COLUMNS = 9;
/** Seconds between two looks at a file that may grow. */
const LOOK = 2;

type Values = Float64Array | readonly string[];

/** A table: how its columns are distributed, its rows, its curves, its views. */
export function TablePage({ view: first }: { readonly view: OpenedView & TableView }) {
  const [view, setView] = useState(first);
  const [number, setNumber] = useState(() => largest(first.blocks));
  const block = view.blocks[Math.min(number, view.blocks.length - 1)];
  const curves = block ? curvesOf(block) : [];
  const hasViews = ["rlnAngleRot", "rlnAngleTilt"].every((name) =>
    block?.columns.some((column) => column.name === name),
  );
  const [tab, setTab] = useState(() => (isSeries(first) ? "curves" : "table"));
  useEvery(LOOK, () => {
    ask<OpenedView & TableView>("open", { place: view.place }).then(
      (next) => next.version !== view.version && setView(next),
      // the next look tries again, and the page says that nobody answers
      () => {},
    );
  });
  const choices: [string, string][] = [["table", "Table"]];
  if (curves.length > 0 && block && xOf(block) !== undefined) choices.push(["curves", "Curves"]);
  if (hasViews) choices.push(["views", "Views"]);
  const shown = choices.some(([name]) => name === tab) ? tab : "table";
  return (
    <div class="work">
      <div class="head">
        <h1>{view.name}</h1>
        <p class="facts-line">
          {block
            ? `${block.rows.toLocaleString("en")} rows of ${block.columns.length} columns`
            : "no table in it"}
        </p>
        {view.blocks.length > 1 && (
          <Choice
            name="Table"
            value={String(number)}
            choices={view.blocks.map((each, i) => [String(i), `${each.name || "unnamed"} (${each.rows})`])}
            onChange={(value) => setNumber(Number(value))}
          />
        )}
        {choices.length > 1 && (
          <Tabs label="What is shown" value={shown} choices={choices} onChange={setTab} />
        )}
      </div>
      {block && <BlockPage key={number} {...{ view, block, number }} tab={shown} />}
    </div>
  );
}

const largest = (blocks: readonly TableBlock[]): number =>
  Math.max(
    0,
    blocks.findIndex(({ rows }) => rows === Math.max(...blocks.map((each) => each.rows))),
  );

/** Whether a file is one of curves: steps of a training, shells of a correlation. */
const isSeries = ({ blocks }: TableView): boolean => {
  const block = blocks[largest(blocks)];
  return block !== undefined && xOf(block) !== undefined;
};

function BlockPage(props: {
  readonly view: OpenedView & TableView;
  readonly block: TableBlock;
  readonly number: number;
  readonly tab: string;
}) {
  const { view, block, number, tab } = props;
  const [listed, setListed] = useState(() => block.columns.slice(0, COLUMNS).map(({ name }) => name));
  const [drawn, setDrawn] = useState(() => histogramsOf(block));
  const [curves, setCurves] = useState(() => curvesOf(block));
  const [x, setX] = useState(() => xOf(block) ?? "");
  const wanted = {
    table: [...listed, ...drawn],
    curves: [...curves, x],
    views: ["rlnAngleRot", "rlnAngleTilt"],
  }[tab]!;
  const names = [...new Set(wanted)].filter((name) => block.columns.some((column) => column.name === name));
  const asked = useWork(
    `${view.version} ${names.join("\t")}`,
    async (signal) => {
      const values = names.map((name) => askColumn({ place: view.place, block: number, name }, signal));
      return new Map((await Promise.all(values)).map((each, i) => [names[i]!, each] as const));
    },
    true,
  );
  const columns = asked.value;
  if (!columns) return <Waiting error={asked.error} />;
  if (!names.every((name) => columns.has(name))) return <Waiting error={asked.error} />;
  if (tab === "views") {
    return (
      <div class="page">
        <Sphere
          rot={columns.get("rlnAngleRot") as Float64Array}
          tilt={columns.get("rlnAngleTilt") as Float64Array}
        />
      </div>
    );
  }
  if (tab === "curves") {
    return <CurvesPage {...{ block, columns, curves, x }} onCurves={setCurves} onX={setX} />;
  }
  return (
    <Distribution {...{ view, block, columns, listed, drawn }} onListed={setListed} onDrawn={setDrawn} />
  );
}

function Distribution(props: {
  readonly view: OpenedView & TableView;
  readonly block: TableBlock;
  readonly columns: ReadonlyMap<string, Values>;
  readonly listed: readonly string[];
  readonly drawn: readonly string[];
  readonly onListed: (names: string[]) => void;
  readonly onDrawn: (names: string[]) => void;
}) {
  const { view, block, columns, listed, drawn, onListed, onDrawn } = props;
  const [ranges, setRanges] = useState<ReadonlyMap<string, Range>>(new Map());
  const [problem, setProblem] = useState("");
  const tests = [...ranges].flatMap(([name, [low, high]]) => {
    const values = columns.get(name);
    return values instanceof Float64Array
      ? [(row: number) => values[row]! >= low && values[row]! <= high]
      : [];
  });
  const isChosen = (row: number): boolean => tests.every((test) => test(row));
  const rows = Array.from({ length: block.rows }, (_, row) => row).filter(isChosen);
  const open = (name: string): void => {
    ask<{ place: string }>("micrograph", { place: view.place, name }).then(
      ({ place }) => go(place),
      (error: Error) => setProblem(error.message),
    );
  };
  const setRange = (name: string, range: Range | undefined): void => {
    const next = new Map(ranges);
    if (range) next.set(name, range);
    else next.delete(name);
    setRanges(next);
  };
  return (
    <div class="distribution">
      <div class="histograms">
        {drawn.map((name) => {
          const values = columns.get(name);
          return values instanceof Float64Array ? (
            <Histogram
              key={name}
              {...{ name, values, isChosen, range: ranges.get(name) }}
              onRange={(range) => setRange(name, range)}
            />
          ) : null;
        })}
      </div>
      <div class="between">
        <p role="status">
          {rows.length === block.rows
            ? `All ${block.rows.toLocaleString("en")} rows`
            : `${rows.length.toLocaleString("en")} of ${block.rows.toLocaleString("en")} rows chosen`}
          {ranges.size > 0 && (
            <button type="button" class="quiet" onClick={() => setRanges(new Map())}>
              Choose all
            </button>
          )}
        </p>
        <ColumnChoice {...{ block, listed, drawn, onListed, onDrawn }} />
      </div>
      {problem !== "" && <Waiting error={problem} />}
      <Rows
        columns={listed.map((name) => ({ name, values: columns.get(name)! }))}
        rows={rows}
        onName={(name) => open(name)}
      />
    </div>
  );
}

function ColumnChoice(props: {
  readonly block: TableBlock;
  readonly listed: readonly string[];
  readonly drawn: readonly string[];
  readonly onListed: (names: string[]) => void;
  readonly onDrawn: (names: string[]) => void;
}) {
  const { block, listed, drawn, onListed, onDrawn } = props;
  const changed = (names: readonly string[], name: string, on: boolean): string[] =>
    on
      ? block.columns.map((each) => each.name).filter((each) => each === name || names.includes(each))
      : names.filter((each) => each !== name);
  return (
    <details class="columns">
      <summary>Columns</summary>
      <table>
        <thead>
          <tr>
            <th scope="col">column</th>
            <th scope="col">table</th>
            <th scope="col">histogram</th>
          </tr>
        </thead>
        <tbody>
          {block.columns.map(({ name, type }) => (
            <tr key={name}>
              <th scope="row">{name}</th>
              <td>
                <input
                  type="checkbox"
                  aria-label={`${name} in the table`}
                  checked={listed.includes(name)}
                  onChange={(event) => onListed(changed(listed, name, event.currentTarget.checked))}
                />
              </td>
              <td>
                {type === "number" && (
                  <input
                    type="checkbox"
                    aria-label={`${name} as a histogram`}
                    checked={drawn.includes(name)}
                    onChange={(event) => onDrawn(changed(drawn, name, event.currentTarget.checked))}
                  />
                )}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </details>
  );
}

function CurvesPage(props: {
  readonly block: TableBlock;
  readonly columns: ReadonlyMap<string, Values>;
  readonly curves: readonly string[];
  readonly x: string;
  readonly onCurves: (names: string[]) => void;
  readonly onX: (name: string) => void;
}) {
  const { block, columns, curves, x, onCurves, onX } = props;
  const [isLog, setLog] = useState(false);
  const rows = Float64Array.from({ length: block.rows }, (_, row) => row + 1);
  const values = x === "" ? rows : (columns.get(x) as Float64Array);
  const isFrequency = /^rlnResolution$|frequency_per_angstrom/i.test(x);
  const isCorrelation = curves.some((name) => /fsc|fouriershell|masked|corrected/i.test(name));
  const numeric = block.columns.filter(({ type }) => type === "number").map(({ name }) => name);
  return (
    <div class="bench">
      <div class="scroll">
        <CurveChart
          x={values}
          curves={curves
            .filter((name) => name !== x)
            .map((name) => ({ name, y: columns.get(name) as Float64Array }))}
          xName={isFrequency ? "resolution, Å" : x || "row"}
          xText={(value) => (isFrequency ? resolutionText(value) : `${x || "row"} ${numberText(value)}`)}
          {...(isFrequency && { tickText: (value: number) => (value === 0 ? "∞" : (1 / value).toFixed(1)) })}
          {...(isCorrelation && { levels: [0.143, 0.5] })}
          isLog={isLog}
        />
      </div>
      <aside class="panel" aria-label="Settings">
        <Choice
          name="Along"
          value={x}
          choices={[["", "row"], ...numeric.map((name) => [name, name] as const)]}
          onChange={onX}
        />
        <Toggle name="Logarithmic" on={isLog} onChange={setLog} />
        <fieldset class="list">
          <legend>Curves</legend>
          {numeric
            .filter((name) => name !== x)
            .map((name) => (
              <Toggle
                key={name}
                name={name}
                on={curves.includes(name)}
                onChange={(on) => onCurves(on ? [...curves, name] : curves.filter((each) => each !== name))}
              />
            ))}
        </fieldset>
        {isCorrelation && <p class="note">The levels are 0.143 and 0.5.</p>}
      </aside>
    </div>
  );
}

const resolutionText = (frequency: number): string =>
  frequency === 0 ? "zero frequency" : `${(1 / frequency).toFixed(2)} Å (${frequency.toFixed(4)} 1/Å)`;
