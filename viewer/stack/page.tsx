import type { OpenedView, StackView } from "../../src/jobs/view/records.js";
import { askBytes } from "../api.js";
import { Sheet } from "./sheet.js";
import { smallImagesOf } from "./small-images.js";

/** A stack of particles or class averages. */
export function StackPage({ view }: { readonly view: OpenedView & StackView }) {
  const { place } = view;
  return (
    <div class="work">
      <div class="head">
        <h1>{view.name}</h1>
        <p class="facts-line">
          {view.count.toLocaleString("en")} images of {view.shape[1]} × {view.shape[0]} pixels
          {view.pixelSize === undefined ? "" : `, ${Number(view.pixelSize.toPrecision(4))} Å per pixel`}
        </p>
      </div>
      <Sheet
        name={place}
        count={view.count}
        load={async (first, count, side, signal) =>
          smallImagesOf(await askBytes("sections", { place, first, count, side }, signal))
        }
        captionOf={(i) => String(i + 1)}
      />
    </div>
  );
}
