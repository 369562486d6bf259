import { randomBytes } from "node:crypto";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { CryoError, OptionError } from "../../core/errors.js";
import type { Viewer } from "../../jobs/view/run.js";
import { FILE_HEADERS, Guard, HEADERS } from "./guard.js";
import { PAGES, readPage } from "./pages.js";

/** Ports that are tried where none is given. */
const PORTS = Array.from({ length: 40 }, (_, i) => 8410 + i);
/** Bytes of a request's body: picks of one micrograph are far fewer. */
const MOST_BODY = 2 ** 24;

export interface ServerOptions {
  /** Absent: 8410, or the next that is free. */
  readonly port?: number;
  /** Ends it. */
  readonly signal: AbortSignal;
  /** Told of what should not happen. */
  readonly warn: (line: string) => void;
}

export interface ViewServer {
  readonly port: number;
  /** With the token. */
  readonly url: string;
  /** Settles when it has ended and let go of its port. */
  readonly ended: Promise<void>;
}

/**
 * Serves the pages of a viewer on 127.0.0.1 until the signal ends it; connections that are open then are cut.
 *
 * @throws OptionError for a port that is taken
 */
export async function serveView(viewer: Viewer, { port, signal, warn }: ServerOptions): Promise<ViewServer> {
  const token = randomBytes(24).toString("base64url");
  const server = createServer();
  const taken = await listen(server, port === undefined ? PORTS : [port]);
  const guard = new Guard(token, `cryogem-${taken}`);
  server.on("request", (request, response) => {
    handle(viewer, guard, request, response).catch((error: unknown) => {
      warn(`${request.url?.split("?")[0]}: ${error instanceof Error ? error.stack : String(error)}`);
      if (response.headersSent) response.destroy();
      else sendJson(response, 500, { error: "this program made a mistake: its terminal says which" });
    });
  });
  const ended = new Promise<void>((resolve) => {
    const end = (): void => {
      server.close(() => resolve());
      server.closeAllConnections();
    };
    if (signal.aborted) end();
    else signal.addEventListener("abort", end, { once: true });
  });
  return { port: taken, url: `http://127.0.0.1:${taken}/?token=${token}`, ended };
}

async function listen(server: Server, ports: readonly number[]): Promise<number> {
  for (const port of ports) {
    const problem = await new Promise<NodeJS.ErrnoException | undefined>((resolve) => {
      const failed = (error: NodeJS.ErrnoException): void => resolve(error);
      server.once("error", failed);
      server.listen(port, "127.0.0.1", () => {
        server.off("error", failed);
        resolve(undefined);
      });
    });
    if (!problem) return port;
    if (problem.code !== "EADDRINUSE" && problem.code !== "EACCES") throw problem;
    if (port !== ports.at(-1)) continue;
    const found =
      problem.code === "EACCES" ? "one that only the system may use" : "one that another program uses";
    throw new OptionError("port", `found ${port}, ${found}, expected one that is free`);
  }
  throw new RangeError("no port was named");
}

async function handle(
  viewer: Viewer,
  guard: Guard,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const url = urlOf(request);
  for (const [name, value] of Object.entries(HEADERS)) response.setHeader(name, value);
  if (!url) return sendJson(response, 400, { error: "the address is none" });
  const refusal = guard.refusal(request, url);
  if (refusal !== undefined) return sendText(response, 403, `cryogem view: ${refusal}.\n`);
  const page = Object.hasOwn(PAGES, url.pathname) ? PAGES[url.pathname] : undefined;
  const question = /^\/api\/([a-z]+)$/.exec(url.pathname)?.[1];
  const method = question !== undefined && viewer.writes(question) ? "POST" : "GET";
  if (!page && question === undefined) return sendText(response, 404, "nothing is here\n");
  if (request.method !== method) {
    response.setHeader("Allow", method);
    return sendText(response, 405, `only ${method} is answered here\n`);
  }
  if (page) {
    if (url.searchParams.has("token")) response.setHeader("Set-Cookie", guard.cookieHeader());
    return send(response, 200, page[1], await readPage(page[0]));
  }
  await answer(viewer, question!, url, request, response);
}

async function answer(
  viewer: Viewer,
  question: string,
  url: URL,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  try {
    const body = request.method === "POST" ? await readJson(request) : undefined;
    const found = await viewer.answer(question, Object.fromEntries(url.searchParams), body);
    if ("json" in found) return sendJson(response, 200, found.json);
    if (found.type !== "application/octet-stream") {
      for (const [name, value] of Object.entries(FILE_HEADERS)) response.setHeader(name, value);
    }
    return send(response, 200, found.type, found.bytes);
  } catch (error) {
    if (!(error instanceof CryoError)) throw error;
    const status = { E_FILE: 404, E_USAGE: 400 }[error.code as string] ?? 422;
    return sendJson(response, status, { error: error.message });
  }
}

/** @throws OptionError for a body that is too long or no JSON */
async function readJson(request: IncomingMessage): Promise<unknown> {
  const parts: Buffer[] = [];
  let bytes = 0;
  for await (const part of request as AsyncIterable<Buffer>) {
    bytes += part.length;
    if (bytes > MOST_BODY) throw new OptionError("body", `found more than ${MOST_BODY} bytes`);
    parts.push(part);
  }
  try {
    return JSON.parse(Buffer.concat(parts).toString("utf8"));
  } catch (error) {
    throw new OptionError("body", `found no JSON: ${error instanceof Error ? error.message : ""}`);
  }
}

function urlOf(request: IncomingMessage): URL | undefined {
  const base = "http://127.0.0.1";
  return URL.canParse(request.url ?? "", base) ? new URL(request.url ?? "", base) : undefined;
}

function send(response: ServerResponse, status: number, type: string, bytes: Uint8Array): void {
  response.writeHead(status, { "Content-Type": type, "Content-Length": bytes.length });
  response.end(bytes);
}

const sendText = (response: ServerResponse, status: number, text: string): void =>
  send(response, status, "text/plain; charset=utf-8", Buffer.from(text));

const sendJson = (response: ServerResponse, status: number, value: unknown): void =>
  send(response, status, "application/json; charset=utf-8", Buffer.from(JSON.stringify(value)));
