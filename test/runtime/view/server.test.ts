import { mkdirSync, readdirSync, symlinkSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { writeMrc } from "../../../src/io/mrc/write.js";
import type { FolderView } from "../../../src/jobs/view/records.js";
import { scratchFolder } from "../../helpers/scratch.js";
import { type Served, serve } from "../../helpers/view/server.js";

const dir = scratchFolder();
const shown = join(dir, "shown");
const secret = join(dir, "secret");
let served: Served;

const picture = (): Uint8Array =>
  writeMrc({
    data: Float32Array.from({ length: 64 }, (_, i) => i),
    shape: [1, 8, 8],
    voxelSize: 2,
    kind: "image",
  });

beforeAll(async () => {
  for (const folder of [shown, secret, join(shown, "inner")]) mkdirSync(folder);
  writeFileSync(join(shown, "a.mrc"), picture());
  writeFileSync(join(shown, ".hidden.mrc"), picture());
  writeFileSync(join(secret, "b.mrc"), picture());
  symlinkSync(secret, join(shown, "out"));
  symlinkSync(join(secret, "b.mrc"), join(shown, "b.mrc"));
  symlinkSync(join(shown, "a.mrc"), join(shown, "inner", "link.mrc"));
  symlinkSync(join(shown, "nowhere"), join(shown, "broken.mrc"));
  served = await serve([shown]);
});
afterAll(() => served.end());

describe("who is let in", () => {
  const start = "/api/start";

  test("without the cookie nobody, with the token the first page, which sets the cookie", async () => {
    expect((await served.fetch(start, {})).status).toBe(403);
    expect((await served.fetch("/", {})).status).toBe(403);
    const { pathname, search } = new URL(served.url);
    const page = await served.fetch(pathname + search, {});
    expect(page.status).toBe(200);
    expect(String(page.headers["set-cookie"])).toMatch(
      /^cryogem-\d+=\S{32}; Path=\/; HttpOnly; SameSite=Strict$/,
    );
    expect((await served.fetch(start)).status).toBe(200);
  });

  test("a wrong token, a shorter one, and a token where none is asked for are refused", async () => {
    const { search } = new URL(served.url);
    const wrong = search.slice(0, -1) + (search.endsWith("A") ? "B" : "A");
    for (const path of [`/${wrong}`, "/?token=", `/${search.slice(0, -2)}`, `${start}${search}`]) {
      expect((await served.fetch(path, {})).status, path).toBe(403);
    }
    expect((await served.fetch(start, { cookie: `cryogem-${served.port}=${"A".repeat(32)}` })).status).toBe(
      403,
    );
  });

  test("another name for this address is refused, whoever shows the cookie: it could be another site's", async () => {
    const cookie = await cookieOf();
    for (const host of [
      "evil.example",
      `evil.example:${served.port}`,
      "127.0.0.1.evil.example",
      "0.0.0.0",
      "[::2]",
    ]) {
      expect((await served.fetch(start, { cookie, host })).status, host).toBe(403);
    }
    for (const host of ["localhost:1234", "127.0.0.1:9000", "[::1]"]) {
      expect((await served.fetch(start, { cookie, host })).status, host).toBe(200);
    }
  });

  test("pages from elsewhere are refused, those of another port of this machine too", async () => {
    const cookie = await cookieOf();
    const host = `127.0.0.1:${served.port}`;
    for (const origin of ["http://evil.example", "null", "http://127.0.0.1:1", `https://${host}`]) {
      expect((await served.fetch(start, { cookie, host, origin })).status, origin).toBe(403);
    }
    expect((await served.fetch(start, { cookie, host, origin: `http://${host}` })).status).toBe(200);
    for (const site of ["cross-site", "same-site"]) {
      expect((await served.fetch(start, { cookie, "sec-fetch-site": site })).status, site).toBe(403);
    }
  });

  test("every answer forbids scripts, frames and pictures from elsewhere, refusals as well", async () => {
    for (const reply of [await served.fetch("/"), await served.fetch("/", {}), await served.ask("start")]) {
      const policy = String(reply.headers["content-security-policy"]);
      expect(policy).toContain("default-src 'none'");
      expect(policy).not.toMatch(/'unsafe-|\*|http/);
      expect(reply.headers["x-content-type-options"]).toBe("nosniff");
      expect(reply.headers["access-control-allow-origin"]).toBeUndefined();
    }
  });

  async function cookieOf(): Promise<string> {
    const { pathname, search } = new URL(served.url);
    return String((await served.fetch(pathname + search, {})).headers["set-cookie"]).split(";")[0]!;
  }
});

describe("what can be reached", () => {
  test("a folder lists what lies in it: no hidden files, no links that lead outside", async () => {
    const { entries } = await served.json<FolderView>("folder", { place: "0" });
    expect(entries!.map(({ name }) => name)).toEqual(["a.mrc", "inner"]);
    const inner = await served.json<FolderView>("folder", { place: "0/inner" });
    expect(inner.entries).toEqual([{ name: "link.mrc", place: "0/inner/link.mrc", kind: "image" }]);
    expect((await served.ask("open", { place: "0/inner/link.mrc" })).status).toBe(200);
  });

  test.each([
    ["0/../secret/b.mrc", 400],
    ["0/inner/../../secret/b.mrc", 400],
    ["0/./a.mrc", 400],
    ["0//a.mrc", 400],
    ["0/a.mrc\0.mrc", 400],
    ["1/a.mrc", 400],
    ["-1/a.mrc", 400],
    ["", 400],
    ["/etc/passwd", 400],
    ["0/out/b.mrc", 404],
    ["0/b.mrc", 404],
    ["0/broken.mrc", 404],
    ["0/%2e%2e/secret/b.mrc", 404],
    ["0/..%2fsecret/b.mrc", 404],
    ["0/none.mrc", 404],
  ])("place %j is refused with %i", async (place, status) => {
    for (const question of ["open", "picture", "facts", "folder"]) {
      const reply = await served.ask(question, { place });
      expect(reply.status, question).toBeGreaterThanOrEqual(400);
      if (question === "open") expect(reply.status).toBe(status);
      expect(reply.body.toString()).not.toContain("root:");
    }
  });

  test("paths that climb, in whatever writing, are no pages", async () => {
    for (const path of [
      "/../../etc/passwd",
      "/%2e%2e/%2e%2e/etc/passwd",
      "/..%5c..%5cetc/passwd",
      "//etc/passwd",
      "/view.js/../../package.json",
      "/constructor",
      "/api/constructor",
      "/api/__proto__",
    ]) {
      const { status } = await served.fetch(path);
      expect([400, 404], path).toContain(status);
    }
  });

  test("a file that was named alone is all that is shown of its folder", async () => {
    const alone = await serve([join(shown, "a.mrc")]);
    expect((await alone.ask("open", { place: "0" })).status).toBe(200);
    expect((await alone.ask("open", { place: "0/b.mrc" })).status).toBe(400);
    expect((await alone.ask("folder", { place: "0" })).status).toBe(404);
    await alone.end();
  });
});

test("without --edit nothing is written, with what looks like a request to", async () => {
  const body = JSON.stringify({ image: "0/a.mrc", x: [1], y: [1], score: [null] });
  const { pathname, search } = new URL(served.url);
  const cookie = String((await served.fetch(pathname + search, {})).headers["set-cookie"]).split(";")[0]!;
  const reply = await served.fetch("/api/save", { cookie }, "POST", body);
  expect(reply.status).toBe(400);
  expect((await served.fetch("/api/save")).status).toBe(405);
  expect((await served.fetch("/api/start", { cookie }, "POST", "{}")).status).toBe(405);
  expect(readdirSync(shown).sort()).toEqual([".hidden.mrc", "a.mrc", "b.mrc", "broken.mrc", "inner", "out"]);
});

test("a picture's file runs nothing, even when it is opened by itself", async () => {
  writeFileSync(
    join(shown, "x.svg"),
    '<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>',
  );
  const { status, headers } = await served.ask("picture", { place: "0/x.svg" });
  expect(status).toBe(200);
  expect(headers["content-type"]).toBe("image/svg+xml");
  expect(headers["content-security-policy"]).toMatch(/default-src 'none'.*sandbox/);
  expect((await served.ask("picture", { place: "0/a.mrc" })).status).toBe(400);
});

test("a report is a page of its own that runs and loads nothing, and may stand in a frame of these pages only", async () => {
  writeFileSync(join(shown, "report.html"), "<h1>Report</h1><script>alert(1)</script>");
  const { status, headers } = await served.ask("page", { place: "0/report.html" });
  expect(status).toBe(200);
  expect(headers["content-type"]).toBe("text/html; charset=utf-8");
  expect(headers["content-security-policy"]).toMatch(/default-src 'none'.*sandbox; frame-ancestors 'self'/);
  expect(headers["x-frame-options"]).toBe("SAMEORIGIN");
  expect((await served.ask("page", { place: "0/x.svg" })).status).toBe(400);
});

test("it ends while a connection is open, and lets go of its port", async () => {
  const other = await serve([shown]);
  const socket = connect(other.port, "127.0.0.1");
  await new Promise((resolve) => socket.once("connect", resolve));
  const closed = new Promise((resolve) => socket.once("close", resolve));
  await other.end();
  await closed;
  await expect(other.fetch("/api/start")).rejects.toThrow(/ECONNREFUSED/);
});

test("nothing went wrong inside", () => {
  expect(served.warnings).toEqual([]);
});
