import { useState } from "preact/hooks";
import { useSize } from "../hooks.js";
import { numberText } from "./axis.js";

const LINE = 28;

/** A table's rows; of a million only those in sight are in the page. */
export function Rows(props: {
  readonly columns: readonly { readonly name: string; readonly values: Float64Array | readonly string[] }[];
  /** Numbers of the rows. */
  readonly rows: ArrayLike<number>;
  readonly onName: ((column: string, row: number) => void) | undefined;
}) {
  const { columns, rows, onName } = props;
  const [top, setTop] = useState(0);
  const [ref, , height] = useSize<HTMLElement>();
  const first = Math.max(0, Math.floor(top / LINE) - 5);
  const last = Math.min(rows.length, Math.ceil((top + Math.max(height, 300)) / LINE) + 5);
  const shown = Array.from({ length: Math.max(0, last - first) }, (_, i) => rows[first + i]!);
  return (
    <section
      class="rows"
      ref={ref as { current: HTMLElement | null }}
      tabIndex={0}
      aria-label="Rows"
      onScroll={(event) => setTop(event.currentTarget.scrollTop)}
    >
      <table aria-rowcount={rows.length + 1}>
        <thead>
          <tr>
            <th scope="col">row</th>
            {columns.map(({ name }) => (
              <th key={name} scope="col">
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          <tr class="gap" style={{ height: `${first * LINE}px` }} />
          {shown.map((row) => (
            <tr key={row}>
              <td class="number">{row + 1}</td>
              {columns.map(({ name, values }) => (
                <td key={name} class={typeof values[row] === "number" ? "number" : ""}>
                  {typeof values[row] === "number" ? (
                    numberText(values[row])
                  ) : onName && /micrograph|^file$|^path$/i.test(name) ? (
                    <button type="button" class="link" onClick={() => onName(String(values[row]), row)}>
                      {values[row]}
                    </button>
                  ) : (
                    values[row]
                  )}
                </td>
              ))}
            </tr>
          ))}
          <tr class="gap" style={{ height: `${(rows.length - last) * LINE}px` }} />
        </tbody>
      </table>
    </section>
  );
}
