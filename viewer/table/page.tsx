import { useState } from "preact/hooks";
import type { OpenedView, TableBlock, TableView } from "../../src/jobs/view/records.js";
import { ask, askColumn } from "../api.js";
import { Choice, Tabs, Waiting } from "../controls.js";
import { useEvery, useWork } from "../hooks.js";
import { CurvesPage } from "./curves-page.js";
import { Distribution } from "./distribution.js";
import { captionOf, curvesOf, histogramsOf, xOf } from "./guess.js";
import { TableImages } from "./images.js";
import { Sphere } from "./sphere.js";
import { chosenRows, type Ranges } from "./values.js";

/** Columns of the table that are shown at first. */
const COLUMNS = 9;
/** Seconds between two looks at a file that may grow. */
const LOOK = 2;

/** A table: how its columns are distributed, its rows, its curves, its views, the images of its rows. */
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
  if (block?.hasImages) choices.push(["images", "Images"]);
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
  const [captions, setCaptions] = useState(() => captionOf(block));
  const [ranges, setRanges] = useState<Ranges>(new Map());
  const wanted = {
    table: [...listed, ...drawn],
    curves: [...curves, x],
    views: ["rlnAngleRot", "rlnAngleTilt"],
    images: [captions, ...ranges.keys()],
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
  if (tab === "images") {
    const rows = chosenRows(block.rows, columns, ranges);
    return <TableImages {...{ view, block, number, columns, rows, captions }} onCaptions={setCaptions} />;
  }
  return (
    <Distribution
      {...{ view, block, columns, listed, drawn, ranges }}
      onListed={setListed}
      onDrawn={setDrawn}
      onRanges={setRanges}
    />
  );
}
