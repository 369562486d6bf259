import { useEffect, useRef, useState } from "preact/hooks";
import type { Knobs } from "./knobs.js";
import type { Order, Reply, Result } from "./worker.js";

/** What a page knows of a map. Angstrom. */
export interface MapFacts {
  readonly voxelSize: number;
  readonly diameter: number;
}

/** Where the bytes of maps and of models come from. */
export interface Sources {
  /** @param name of the map */
  readonly map: (name: string) => Promise<ArrayBuffer>;
  /** @param path of the model, as in the command */
  readonly translator: (path: string) => Promise<ArrayBuffer>;
}

/** What the worker was given, by name, and what it shall do next. */
interface State {
  isBusy: boolean;
  next?: Knobs;
  map?: string;
  translator?: string;
}

/**
 * The worker that computes: it gets new knobs when it is done with the last, so that no queue builds up, and before them the map
 * and the translator that they are for, where it has others.
 *
 * @param name of the map to begin with
 */
export function useWorker(name: string, sources: Sources) {
  const [map, setMap] = useState<MapFacts | undefined>();
  const [result, setResult] = useState<Result | undefined>();
  const [isBusy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string | undefined>();
  const worker = useRef<Worker | undefined>();
  const state = useRef<State>({ isBusy: false }).current;
  const order = (what: Order): void => worker.current?.postMessage(what);

  const giveMap = async (wanted: string): Promise<void> => {
    if (state.map === wanted) return;
    order({ map: await sources.map(wanted), name: wanted });
    state.map = wanted;
  };
  const giveTranslator = async (wanted: string): Promise<void> => {
    if (state.translator === wanted) return;
    order({ translator: await sources.translator(wanted), name: wanted });
    state.translator = wanted;
  };
  const start = async (knobs: Knobs): Promise<void> => {
    state.isBusy = true;
    setBusy(true);
    try {
      await giveMap(knobs.map);
      if (knobs.noise === "learned") await giveTranslator(knobs.model);
      order({ knobs });
    } catch (error) {
      failed((error as Error).message);
    }
  };
  const goOn = (): void => {
    const { next } = state;
    state.isBusy = false;
    state.next = undefined;
    if (next) void start(next);
    else setBusy(false);
  };
  const failed = (message: string): void => {
    setProblem(message);
    goOn();
  };
  const take = (reply: Reply): void => {
    if ("error" in reply) failed(reply.error);
    else {
      setProblem(undefined);
      if ("voxelSize" in reply) setMap(reply);
      else {
        setResult(reply);
        goOn();
      }
    }
  };

  useEffect(() => {
    const own = new Worker("make.js", { type: "module" });
    worker.current = own;
    own.onmessage = ({ data }: MessageEvent<Reply>): void => take(data);
    giveMap(name).catch((error: Error) => setProblem(error.message));
    return () => own.terminate();
  }, []);
  const turn = (knobs: Knobs): void => {
    if (state.isBusy) state.next = knobs;
    else void start(knobs);
  };
  return { map, result, isBusy, problem, turn };
}
