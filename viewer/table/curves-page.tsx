import { useState } from "preact/hooks";
import type { TableBlock } from "../../src/jobs/view/records.js";
import { Choice, Toggle } from "../controls.js";
import { numberText } from "./axis.js";
import { CurveChart } from "./curves.js";
import type { Columns } from "./values.js";

/** Columns of a table as curves along one of them. */
export function CurvesPage(props: {
  readonly block: TableBlock;
  readonly columns: Columns;
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
