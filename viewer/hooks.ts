import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import { ask } from "./api.js";

/** What is known of an answer. */
export interface Asked<T> {
  readonly value?: T;
  readonly error?: string;
}

/** The result of work that starts anew whenever `key` changes; the old one stays until then only where `keep` says so. */
export function useWork<T>(
  key: string | undefined,
  work: (signal: AbortSignal) => Promise<T>,
  keep = false,
): Asked<T> {
  const [state, setState] = useState<{ readonly key: string | undefined } & Asked<T>>({ key: undefined });
  useEffect(() => {
    if (key === undefined) return;
    const controller = new AbortController();
    work(controller.signal).then(
      (value) => !controller.signal.aborted && setState({ key, value }),
      (error: Error) => !controller.signal.aborted && setState({ key, error: error.message }),
    );
    return () => controller.abort();
  }, [key]);
  return state.key === key || keep ? state : {};
}

/** The answer to a question; undefined parameters: none is asked yet. */
export const useAsk = <T>(
  question: string,
  params: Readonly<Record<string, string | number>> | undefined,
): Asked<T> =>
  useWork<T>(params && `${question} ${JSON.stringify(params)}`, (signal) => ask(question, params, signal));

/** The size of an element, as it changes. */
export function useSize<E extends Element>(): [
  ref: { readonly current: E | null },
  width: number,
  height: number,
] {
  const ref = useRef<E>(null);
  const [size, setSize] = useState<readonly [number, number]>([0, 0]);
  useLayoutEffect(() => {
    const element = ref.current;
    if (!element) return;
    const observer = new ResizeObserver(([entry]) => {
      const { width, height } = entry!.contentRect;
      setSize([width, height]);
    });
    observer.observe(element);
    return () => observer.disconnect();
  }, []);
  return [ref, ...size];
}

/** Does something every `seconds` while the page is seen. */
export function useEvery(seconds: number, work: () => void): void {
  const latest = useRef(work);
  latest.current = work;
  useEffect(() => {
    const timer = setInterval(() => {
      if (document.visibilityState === "visible") latest.current();
    }, 1000 * seconds);
    return () => clearInterval(timer);
  }, [seconds]);
}

const isTyping = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement &&
  target.matches("input:not([type=range]):not([type=checkbox]), select, textarea");

/** Keys of the page, by their names; not while somebody types. */
export function useKeys(keys: Readonly<Record<string, () => void>>): void {
  const latest = useRef(keys);
  latest.current = keys;
  useEffect(() => {
    const pressed = (event: KeyboardEvent): void => {
      if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
      const work = latest.current[event.key];
      if (!work) return;
      event.preventDefault();
      work();
    };
    window.addEventListener("keydown", pressed);
    return () => window.removeEventListener("keydown", pressed);
  }, []);
}

type Kept<T> = T extends boolean ? boolean : T extends number ? number : string;

/** A value that stays when the page is left. */
export function useKept<T extends string | number | boolean>(
  name: string,
  first: T,
): [Kept<T>, (value: Kept<T>) => void] {
  const [value, setValue] = useState<Kept<T>>(() => {
    const kept = sessionStorage.getItem(`cryogem.${name}`);
    return kept === null ? (first as unknown as Kept<T>) : JSON.parse(kept);
  });
  return [
    value,
    (next) => {
      sessionStorage.setItem(`cryogem.${name}`, JSON.stringify(next));
      setValue(next);
    },
  ];
}
