import { useEffect, useRef } from "preact/hooks";

const KEYS: readonly (readonly [string, string])[] = [
  ["j, k", "next and previous file"],
  ["arrows", "move through the list, over the image that has the focus, or turn the surface that has it"],
  ["+, −", "zoom in and out"],
  ["0, 1", "whole image; one pixel of the image on one of the screen"],
  ["[, ]", "less and more contrast"],
  ["g, h", "darker and brighter middle tones"],
  ["i", "invert"],
  ["f, d", "stronger and weaker low-pass filter"],
  ["l", "labels on and off"],
  [", .", "lower and higher threshold of the labels, or of a map's surface"],
  ["b", "blink: the next layer, as physics, synthetic, mask"],
  ["s", "spectrum and image; surface and slices of a map"],
  ["e", "correct picks, where `--edit` was given"],
  ["?", "this page"],
];

/** The keys. */
export function Help({ onClose }: { readonly onClose: () => void }) {
  const ref = useRef<HTMLDialogElement>(null);
  useEffect(() => ref.current?.showModal(), []);
  return (
    <dialog ref={ref} class="help" aria-labelledby="help-title" onClose={onClose}>
      <h1 id="help-title">Keys</h1>
      <dl>
        {KEYS.map(([key, what]) => (
          <div key={key}>
            <dt>
              <kbd>{key}</kbd>
            </dt>
            <dd>{what}</dd>
          </div>
        ))}
      </dl>
      <p>Drag to move over an image, turn the wheel to zoom. What these pages show stays on this machine.</p>
      <button type="button" onClick={() => ref.current?.close()}>
        Close
      </button>
    </dialog>
  );
}
