import type { OpenedView } from "../src/jobs/view/records.js";
import { address } from "./api.js";

/** A picture's file as it is. */
export const PicturePage = ({ view }: { readonly view: OpenedView }) => (
  <div class="page">
    <h1>{view.name}</h1>
    <img class="whole" src={address("picture", { place: view.place })} alt={view.name} />
  </div>
);
