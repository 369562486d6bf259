import { useState } from "preact/hooks";
import type { OpenedView, TableBlock, TableView } from "../../src/jobs/view/records.js";
import { ask } from "../api.js";
import { Waiting } from "../controls.js";
import { go } from "../route.js";
import { Histogram, type Range } from "./histogram.js";
import { Rows } from "./rows.js";
import { type Columns, choiceOf, chosenRows, type Ranges } from "./values.js";

/** Histograms in which ranges choose rows, and the rows that are chosen. */
export function Distribution(props: {
  readonly view: OpenedView & TableView;
  readonly block: TableBlock;
  readonly columns: Columns;
  readonly listed: readonly string[];
  readonly drawn: readonly string[];
  readonly onListed: (names: string[]) => void;
  readonly onDrawn: (names: string[]) => void;
  readonly ranges: Ranges;
  readonly onRanges: (ranges: Ranges) => void;
}) {
  const { view, block, columns, listed, drawn, ranges, onListed, onDrawn, onRanges } = props;
  const [problem, setProblem] = useState("");
  const isChosen = choiceOf(columns, ranges);
  const rows = chosenRows(block.rows, columns, ranges);
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
    onRanges(next);
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
            <button type="button" class="quiet" onClick={() => onRanges(new Map())}>
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
