import type { OpenedView, VolumeView } from "../../src/jobs/view/records.js";
import { Tabs } from "../controls.js";
import { useKept, useKeys } from "../hooks.js";
import { hashOf } from "../route.js";
import { Slices } from "./slices.js";
import { Surface } from "./surface.js";

/** A map as three slices, or as a surface. */
export function VolumePage({ view }: { readonly view: OpenedView & VolumeView }) {
  const [sections, rows, columns] = view.shape;
  const [tab, setTab] = useKept("volume-tab", "slices");
  useKeys({ s: () => setTab(tab === "slices" ? "surface" : "slices") });
  return (
    <div class="work">
      <div class="head">
        <h1>{view.name}</h1>
        <p class="facts-line">
          {columns} × {rows} × {sections} voxels
          {view.voxelSize === undefined ? "" : `, ${Number(view.voxelSize.toPrecision(4))} Å`}
        </p>
        {view.voxelSize !== undefined && <a href={hashOf(view.place, "make")}>Simulate micrographs of it</a>}
        <Tabs
          label="What is shown"
          value={tab}
          choices={[
            ["slices", "Slices"],
            ["surface", "Surface"],
          ]}
          onChange={setTab}
        />
      </div>
      {tab === "surface" ? <Surface view={view} /> : <Slices view={view} />}
    </div>
  );
}
