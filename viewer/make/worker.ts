import { type Knobs, type Made, Model } from "./model.js";

/** What the page sends: a map once, then knobs. */
export type Order = { readonly bytes: ArrayBuffer; readonly name: string } | { readonly knobs: Knobs };

/** What comes back. */
export type Reply =
  | { readonly voxelSize: number; readonly diameter: number }
  | { readonly made: Made; readonly seconds: number }
  | { readonly error: string };

let model: Promise<Model> | undefined;

async function work(order: Order): Promise<Reply> {
  if ("bytes" in order) {
    model = Model.of(new Uint8Array(order.bytes), order.name);
    const { voxelSize, diameter } = await model;
    return { voxelSize, diameter };
  }
  const began = performance.now();
  const made = (await model!).make(order.knobs);
  return { made, seconds: (performance.now() - began) / 1000 };
}

self.onmessage = ({ data }: MessageEvent<Order>): void => {
  work(data).then(
    (reply) => self.postMessage(reply),
    (error: Error) => self.postMessage({ error: error.message } satisfies Reply),
  );
};
