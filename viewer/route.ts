import { useEffect, useState } from "preact/hooks";

/** Where the pages are: a place, and what of it is shown. */
export interface Route {
  /** Empty: the start. */
  readonly place: string;
  /** A page of its own, as "real". */
  readonly page: string;
}

const parse = (hash: string): Route => {
  const [page = "", ...names] = hash.replace(/^#\/?/, "").split("/");
  return { page, place: names.map(decodeURIComponent).join("/") };
};

/** The address of a place, for links. */
export const hashOf = (place: string, page = "at"): string =>
  `#/${page}/${place.split("/").map(encodeURIComponent).join("/")}`;

export function go(place: string, page = "at"): void {
  location.hash = hashOf(place, page);
}

/** The route, as it changes. */
export function useRoute(): Route {
  const [route, setRoute] = useState(() => parse(location.hash));
  useEffect(() => {
    const changed = (): void => setRoute(parse(location.hash));
    window.addEventListener("hashchange", changed);
    return () => window.removeEventListener("hashchange", changed);
  }, []);
  return route;
}

/** The place of the folder that holds a place; undefined for what was named on the command line. */
export const placeAbove = (place: string): string | undefined =>
  place.includes("/") ? place.slice(0, place.lastIndexOf("/")) : undefined;
