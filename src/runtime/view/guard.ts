import { timingSafeEqual } from "node:crypto";
import type { IncomingMessage } from "node:http";

/** Names by which a browser on this machine, or at the other end of a tunnel of ssh, calls it; any port, as tunnels choose theirs. */
const HOST = /^(127\.0\.0\.1|localhost|\[::1\])(:\d{1,5})?$/i;

/** What every answer carries: nothing is loaded from elsewhere, run from a text, framed by other pages or kept by a proxy. */
export const HEADERS = {
  "Content-Security-Policy": [
    "default-src 'none'",
    // the library's Fourier transforms are WebAssembly
    "script-src 'self' 'wasm-unsafe-eval'",
    "style-src 'self'",
    "img-src 'self' blob:",
    "frame-src 'self'",
    "connect-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join("; "),
  "X-Content-Type-Options": "nosniff",
  "X-Frame-Options": "DENY",
  "Referrer-Policy": "no-referrer",
  "Cross-Origin-Resource-Policy": "same-origin",
  "Cross-Origin-Opener-Policy": "same-origin",
  // with the line above, browsers let these pages compute on several threads
  "Cross-Origin-Embedder-Policy": "require-corp",
  "Cache-Control": "no-store",
} as const;

/**
 * For a file that is sent as it is, which may be an SVG or a page of anyone: it runs nothing, loads nothing and knows nothing of these
 * pages, even when it is opened by itself.
 */
const FILE_POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; sandbox";

/** What such an answer carries in place of the general headers. A report is shown in a frame of these pages. */
export const FILE_HEADERS = {
  "Content-Security-Policy": `${FILE_POLICY}; frame-ancestors 'self'`,
  "X-Frame-Options": "SAMEORIGIN",
} as const;

/** Lets in who shows the token, from this machine's pages only. */
export class Guard {
  /** @param token secret of this run @param cookie name of the cookie that holds it from the first page on */
  constructor(
    private readonly token: string,
    private readonly cookie: string,
  ) {}

  /** Why a request is refused; undefined where it may pass. @param url with the token, on the first page */
  refusal(request: IncomingMessage, url: URL): string | undefined {
    const { host, origin, "sec-fetch-site": site } = request.headers;
    // another name for this address is what a page elsewhere gives it, to be taken for one of its own
    if (host === undefined || !HOST.test(host)) return "this address is for 127.0.0.1 and localhost only";
    if (origin !== undefined && origin !== `http://${host}`) return "a page from elsewhere asked";
    const shown = url.pathname === "/" ? url.searchParams.get("token") : null;
    if (shown !== null) return this.isToken(shown) ? undefined : "the token in the address is not right";
    if (site !== undefined && site !== "same-origin" && site !== "none") return "a page from elsewhere asked";
    const kept = this.cookieOf(request);
    return kept !== undefined && this.isToken(kept)
      ? undefined
      : "open the address that `cryogem view` printed, with its token";
  }

  /** The header that lets the first page ask for the rest. */
  cookieHeader(): string {
    return `${this.cookie}=${this.token}; Path=/; HttpOnly; SameSite=Strict`;
  }

  private isToken(text: string): boolean {
    const [given, wanted] = [Buffer.from(text), Buffer.from(this.token)];
    return given.length === wanted.length && timingSafeEqual(given, wanted);
  }

  private cookieOf(request: IncomingMessage): string | undefined {
    for (const part of (request.headers.cookie ?? "").split(/;\s*/)) {
      if (part.startsWith(`${this.cookie}=`)) return part.slice(this.cookie.length + 1);
    }
    return undefined;
  }
}
