import { useEffect, useRef, useState } from "preact/hooks";
import type { Knobs, Made } from "./model.js";
import type { Order, Reply } from "./worker.js";

/** What a page knows of a map. Angstrom. */
export interface MapFacts {
  readonly voxelSize: number;
  readonly diameter: number;
}

/**
 * The worker that computes: it gets new knobs when it is done with the last, so that no queue builds up, and before them the map
 * that they are for, where it has another.
 */
export function useWorker(name: string, load: (name: string) => Promise<ArrayBuffer>) {
  const [map, setMap] = useState<MapFacts | undefined>();
  const [made, setMade] = useState<Made | undefined>();
  const [seconds, setSeconds] = useState(0);
  const [problem, setProblem] = useState<string | undefined>();
  const worker = useRef<Worker | undefined>();
  const state = useRef<{ isBusy: boolean; next?: Knobs; map?: string }>({ isBusy: false });
  const order = (what: Order): void => worker.current?.postMessage(what);
  const giveMap = async (wanted: string): Promise<void> => {
    if (state.current.map === wanted) return;
    order({ bytes: await load(wanted), name: wanted });
    state.current.map = wanted;
  };
  const start = (knobs: Knobs): void => {
    state.current = { isBusy: true, map: state.current.map };
    giveMap(knobs.map).then(() => order({ knobs }), failed);
  };
  const goOn = (): void => {
    const { next, map: known } = state.current;
    state.current = { isBusy: false, map: known };
    if (next) start(next);
  };
  const failed = (error: Error): void => {
    setProblem(error.message);
    goOn();
  };
  useEffect(() => {
    const own = new Worker("make.js", { type: "module" });
    worker.current = own;
    own.onmessage = ({ data }: MessageEvent<Reply>): void => {
      if ("error" in data) failed(new Error(data.error));
      else {
        setProblem(undefined);
        if ("voxelSize" in data) setMap(data);
        else {
          setMade(data.made);
          setSeconds(data.seconds);
          goOn();
        }
      }
    };
    giveMap(name).catch(failed);
    return () => own.terminate();
  }, []);
  const turn = (knobs: Knobs): void => {
    if (state.current.isBusy) state.current.next = knobs;
    else start(knobs);
  };
  return { map, made, seconds, problem, turn };
}
