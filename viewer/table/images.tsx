import { useState } from "preact/hooks";
import type { OpenedView, TableBlock, TableView } from "../../src/jobs/view/records.js";
import { askBytes } from "../api.js";
import { Choice, Toggle } from "../controls.js";
import { Sheet } from "../stack/sheet.js";
import { smallImagesOf } from "../stack/small-images.js";
import { numberText } from "./axis.js";
import type { Columns } from "./values.js";

/** The images of a table's chosen rows. */
export function TableImages(props: {
  readonly view: OpenedView & TableView;
  readonly block: TableBlock;
  readonly number: number;
  readonly columns: Columns;
  /** Chosen rows, in the order of the table. */
  readonly rows: readonly number[];
  /** The column whose value stands below each image; empty for none. */
  readonly captions: string;
  readonly onCaptions: (name: string) => void;
}) {
  const { view, block, number, columns, rows, captions, onCaptions } = props;
  const [isSorted, setSorted] = useState(false);
  const values = columns.get(captions);
  const ordered =
    isSorted && values instanceof Float64Array ? rows.toSorted((a, b) => values[b]! - values[a]!) : rows;
  const captionOf = (i: number): string => {
    const row = ordered[i]!;
    const value = values?.[row];
    if (value === undefined) return String(row + 1);
    return `${row + 1}: ${typeof value === "number" ? numberText(value) : value}`;
  };
  return (
    <Sheet
      name={`${view.place} ${view.version} ${number} ${ordered.length} ${ordered[0]} ${isSorted ? captions : ""}`}
      count={ordered.length}
      load={async (first, count, side, signal) => {
        const wanted = ordered.slice(first, first + count).join(",");
        const params = { place: view.place, block: number, rows: wanted, side };
        return smallImagesOf(await askBytes("images", params, signal));
      }}
      captionOf={captionOf}
    >
      {rows.length < block.rows && (
        <p class="note">
          Of the {rows.length.toLocaleString("en")} rows that the histograms of the table choose.
        </p>
      )}
      <Choice
        name="Caption"
        value={captions}
        choices={[["", "nothing"], ...block.columns.map(({ name }) => [name, name] as const)]}
        onChange={onCaptions}
      />
      {values instanceof Float64Array && <Toggle name="Greatest first" on={isSorted} onChange={setSorted} />}
    </Sheet>
  );
}
