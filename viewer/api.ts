import type { Refusal } from "../src/jobs/view/records.js";

type Params = Readonly<Record<string, string | number>>;

/** An answer that says in its own words why there is none. */
export class RefusedError extends Error {}
/** No answer at all: the program has ended, or the tunnel to it is cut. */
export class ConnectionError extends Error {}

/** Told whether the program answers. */
const listeners = new Set<(isConnected: boolean) => void>();

export function onConnection(listener: (isConnected: boolean) => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** The address of a question. */
export const address = (question: string, params: Params = {}): string =>
  `/api/${question}?${new URLSearchParams(Object.entries(params).map(([name, value]) => [name, String(value)]))}`;

async function request(url: string, init: RequestInit): Promise<Response> {
  let response: Response;
  try {
    response = await fetch(url, init);
  } catch (error) {
    if (error instanceof DOMException && error.name === "AbortError") throw error;
    for (const listener of listeners) listener(false);
    throw new ConnectionError("cryogem view does not answer", { cause: error });
  }
  for (const listener of listeners) listener(true);
  if (response.ok) return response;
  const isJson = response.headers.get("content-type")?.startsWith("application/json");
  throw new RefusedError(isJson ? ((await response.json()) as Refusal).error : await response.text());
}

/** A record. @throws RefusedError, ConnectionError, AbortError */
export async function ask<T>(question: string, params: Params = {}, signal?: AbortSignal): Promise<T> {
  return (await request(address(question, params), signal ? { signal } : {})).json() as Promise<T>;
}

/** Numbers as bytes, little endian. */
export async function askBytes(question: string, params: Params, signal?: AbortSignal): Promise<ArrayBuffer> {
  return (await request(address(question, params), signal ? { signal } : {})).arrayBuffer();
}

/** A column of a table: numbers, or texts. */
export async function askColumn(
  params: Params,
  signal?: AbortSignal,
): Promise<Float64Array | readonly string[]> {
  const response = await request(address("column", params), signal ? { signal } : {});
  const isText = response.headers.get("content-type")?.startsWith("application/json");
  return isText ? ((await response.json()) as string[]) : new Float64Array(await response.arrayBuffer());
}

/** Sends what shall be written. */
export async function send<T>(question: string, body: unknown): Promise<T> {
  const init = {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(body),
  };
  return (await request(address(question), init)).json() as Promise<T>;
}
