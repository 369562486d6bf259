import { readFileSync } from "node:fs";
import { createServer, request } from "node:http";
import type { AddressInfo } from "node:net";
import { basename, extname, join } from "node:path";
import { openViewer } from "../../../src/jobs/view/run.js";
import { isFolder } from "../../../src/runtime/inputs.js";
import { fencedFiles } from "../../../src/runtime/view/fence.js";
import { serveView } from "../../../src/runtime/view/server.js";

export interface Reply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: Buffer;
}

/** A running `cryogem view` of some folders or files. */
export interface Served {
  readonly url: string;
  readonly port: number;
  /** What went wrong inside, as the terminal would show it. */
  readonly warnings: readonly string[];
  /** A request as it is, with the cookie that the first page sets unless other headers are given. */
  fetch(path: string, headers?: Record<string, string>, method?: string, body?: string): Promise<Reply>;
  /** The answer to a question. */
  ask(question: string, params?: Record<string, string | number>): Promise<Reply>;
  json<T>(question: string, params?: Record<string, string | number>): Promise<T>;
  end(): Promise<void>;
}

/** Serves paths on a port that is free. */
export async function serve(paths: readonly string[], edit = false): Promise<Served> {
  const controller = new AbortController();
  const warnings: string[] = [];
  const roots = await Promise.all(
    paths.map(async (path) => ({ name: basename(path), path, isFolder: await isFolder(path) })),
  );
  const viewer = openViewer({ roots, program: "cryogem 9.9.9", edit }, await fencedFiles(roots, edit));
  const { url, port, ended } = await serveView(viewer, {
    signal: controller.signal,
    warn: (line) => warnings.push(line),
  });
  const send = (
    path: string,
    headers: Record<string, string>,
    method: string,
    body?: string,
  ): Promise<Reply> =>
    new Promise((resolve, reject) => {
      const sent = request({ host: "127.0.0.1", port, path, method, headers, agent: false }, (response) => {
        const parts: Buffer[] = [];
        response.on("data", (part: Buffer) => parts.push(part));
        response.on("end", () =>
          resolve({ status: response.statusCode!, headers: response.headers, body: Buffer.concat(parts) }),
        );
      });
      sent.on("error", reject);
      sent.end(body);
    });
  const first = await send(new URL(url).pathname + new URL(url).search, {}, "GET");
  const cookie = String(first.headers["set-cookie"]).split(";")[0]!;
  const served: Served = {
    ...{ url, port, warnings },
    fetch: (path, headers = { cookie }, method = "GET", body) => send(path, headers, method, body),
    ask: (question, params = {}) => {
      const query = new URLSearchParams();
      for (const [name, value] of Object.entries(params)) query.set(name, String(value));
      return served.fetch(`/api/${question}?${query}`);
    },
    json: async <T>(question: string, params?: Record<string, string | number>) => {
      const { status, body } = await served.ask(question, params);
      if (status !== 200) throw new Error(`${question}: ${status} ${body}`);
      return JSON.parse(body.toString()) as T;
    },
    end: async () => {
      controller.abort();
      await ended;
    },
  };
  return served;
}

/** A web server that knows nothing of this program and shows the files of a folder. */
export async function serveFolder(folder: string): Promise<{ readonly url: string; end(): void }> {
  const types: Readonly<Record<string, string>> = {
    ".html": "text/html",
    ".js": "text/javascript",
    ".css": "text/css",
    ".svg": "image/svg+xml",
  };
  const server = createServer((asked, response) => {
    const name = asked.url === "/" ? "index.html" : asked.url!.slice(1);
    response.setHeader("Content-Type", types[extname(name)] ?? "application/octet-stream");
    response.end(readFileSync(join(folder, name)));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}/`, end: () => server.close() };
}
