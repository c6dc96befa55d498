import { once } from "node:events";
import { request as httpRequest, type IncomingHttpHeaders, type IncomingMessage } from "node:http";
import { request as httpsRequest } from "node:https";
import { WebSocket } from "ws";
import { Dialer } from "./dialer.ts";

/** Largest answer, and largest message of a WebSocket: services of crosspod send far less. */
const MAX_BYTES = 16 * 2 ** 20;

/** Names and addresses of this very machine, as a URL writes them. */
const LOOPBACK = /^(localhost|\[::1\]|127\.\d+\.\d+\.\d+)$/;

/** An answer over HTTP, whole. */
export interface HttpReply {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
  readonly milliseconds: number;
}

export interface HttpRequest {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

export interface TargetOptions {
  /** As curl's `--resolve`: connects to the URL's address, and asks it for this name. */
  readonly host?: string | undefined;
  /** Most connections that are made to it; unbounded by default. */
  readonly maxConnections?: number;
  /** Bearer token for `/api`. */
  readonly token?: string | undefined;
}

/** The probe made as many connections as it said that it would. */
export class TooManyConnectionsError extends Error {
  override readonly name = "TooManyConnectionsError";
}

/** A service at an address, and the ways to speak to it. */
export class Target {
  /** With the name that it is asked for. */
  readonly url: URL;
  /** What `/api` is to be sent: the token, if there is one. */
  readonly apiHeaders: Readonly<Record<string, string>>;
  /** Where it is, as a URL writes it: an address of IPv6 is in brackets. */
  readonly #hostname: string;
  readonly #maxConnections: number;
  readonly #dialer: Dialer;
  #connections = 0;

  constructor(url: URL, { host, maxConnections = Number.POSITIVE_INFINITY, token }: TargetOptions = {}) {
    this.url = new URL("/", url);
    this.#hostname = url.hostname;
    if (host !== undefined) this.url.hostname = host;
    this.apiHeaders = token ? { Authorization: `Bearer ${token}` } : {};
    this.#maxConnections = maxConnections;
    this.#dialer = this.newDialer();
  }

  /** Connections that were made so far. */
  get connections(): number {
    return this.#connections;
  }

  /** Whether it is this very machine. */
  get isLoopback(): boolean {
    return LOOPBACK.test(this.#hostname);
  }

  /** The same address, with another port. */
  atPort(port: number): Target {
    return new Target(new URL(`${this.url.protocol}//${this.#hostname}:${port}`));
  }

  /** Connections of a client's own. */
  newDialer(): Dialer {
    const isNamed = this.url.hostname !== this.#hostname;
    return new Dialer({
      isSecure: this.url.protocol === "https:",
      address: isNamed ? this.#hostname.replace(/^\[(.*)\]$/, "$1") : undefined,
      onConnection: () => this.#count(),
    });
  }

  /** The URL of a path, for HTTP. */
  at(path: string): URL {
    return new URL(path, this.url);
  }

  /** The URL of a path, for a WebSocket; of a whole URL, too. */
  webSocketAt(path: string): URL {
    const url = this.at(path);
    url.protocol = this.url.protocol === "https:" ? "wss:" : "ws:";
    return url;
  }

  /** Sends one request, over a connection of its own. */
  async request(
    path: string,
    signal: AbortSignal,
    { method = "GET", headers = {}, body }: HttpRequest = {},
  ): Promise<HttpReply> {
    const start = performance.now();
    const send = this.url.protocol === "https:" ? httpsRequest : httpRequest;
    const request = send(this.at(path), { method, headers: { ...headers }, agent: this.#dialer.agent, signal });
    // What breaks later breaks the response, too.
    request.on("error", () => {});
    request.once("upgrade", (_response, socket) => {
      socket.destroy();
      request.emit("error", new Error("a plain request was answered with 101"));
    });
    request.end(body);
    const [response] = (await once(request, "response")) as [IncomingMessage];
    return {
      status: response.statusCode ?? 0,
      headers: response.headers,
      body: await textOf(response),
      milliseconds: performance.now() - start,
    };
  }

  /** Asks for a WebSocket, and says how that was answered, with 101 if it was opened; rejects when it was not. */
  async handshake(path: string, signal: AbortSignal): Promise<Omit<HttpReply, "body">> {
    const start = performance.now();
    const ws = this.webSocket(path);
    signal.addEventListener("abort", () => ws.terminate(), { once: true });
    return await new Promise((resolve, reject) => {
      const answered = (status: number, headers: IncomingHttpHeaders): void => {
        resolve({ status, headers, milliseconds: performance.now() - start });
        ws.close();
      };
      ws.once("open", () => answered(101, {}));
      ws.once("unexpected-response", (_request, { statusCode = 0, headers }) => answered(statusCode, headers));
      ws.on("error", reject);
    });
  }

  /** A WebSocket that is only being made. */
  webSocket(path: string, { agent } = this.#dialer): WebSocket {
    return new WebSocket(this.webSocketAt(path), { agent, perMessageDeflate: false, maxPayload: MAX_BYTES });
  }

  #count(): void {
    if (this.#connections >= this.#maxConnections) {
      throw new TooManyConnectionsError(`more than ${this.#maxConnections} connections would have been needed`);
    }
    this.#connections += 1;
  }
}

/** The body of an answer, as text. Rejects when it is too large. */
async function textOf(response: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of response) {
    bytes += chunk.length;
    if (bytes > MAX_BYTES) throw new Error(`an answer of more than ${MAX_BYTES / 2 ** 20} MiB`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString();
}
