import { choiceOption, choicesOption } from "./option.js";

/** Further forms of a dataset's labels. */
export const datasetLabels = choicesOption(
  { topaz: "", box: "", cbox: "", coco: "", cs: "" },
  { value: "list", help: "further forms of the labels, into labels/", role: "machine" },
);

/** How micrographs are stored. */
export const storageMode = choiceOption(
  { float32: "", float16: "RELION 4 and newer", uint8: "" },
  { value: "type", help: "numbers of the micrographs", fallback: "float32" },
);
