import { type ClientRequest, request as httpRequest, type IncomingHttpHeaders } from "node:http";
import { request as httpsRequest } from "node:https";
import { isIP } from "node:net";
import { WebSocket } from "ws";
import { Dialer } from "./dialer.ts";

/** Largest answer, and largest message of a WebSocket: services of crosspod send far less. */
const MAX_BYTES = 16 * 2 ** 20;

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

/** What a WebSocket handshake was answered with. */
export type Handshake =
  | { readonly ws: WebSocket; readonly milliseconds: number }
  | { readonly status: number; readonly headers: IncomingHttpHeaders };

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
  readonly #address: string;
  readonly #isNamed: boolean;
  readonly #maxConnections: number;
  readonly #dialer: Dialer;
  #connections = 0;

  constructor(url: URL, { host, maxConnections = Number.POSITIVE_INFINITY, token }: TargetOptions = {}) {
    this.url = new URL("/", url);
    this.#address = hostnameOf(url);
    this.#isNamed = host !== undefined;
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
    const version = isIP(this.#address);
    return (
      this.#address === "localhost" || this.#address === "::1" || (version === 4 && this.#address.startsWith("127."))
    );
  }

  /** The same address, with another port. */
  atPort(port: number): Target {
    const url = new URL(this.url);
    url.hostname = isIP(this.#address) === 6 ? `[${this.#address}]` : this.#address;
    url.port = `${port}`;
    return new Target(url);
  }

  /** Connections of a client's own. */
  newDialer(): Dialer {
    return new Dialer({
      isSecure: this.url.protocol === "https:",
      address: this.#isNamed ? this.#address : undefined,
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
    request.end(body);
    return await answerTo(request, start);
  }

  /** Makes a WebSocket, and says how the handshake was answered; rejects when it was not. */
  async handshake(path: string, signal: AbortSignal): Promise<Handshake> {
    const start = performance.now();
    const ws = this.webSocket(path);
    return await new Promise<Handshake>((resolve, reject) => {
      const abort = (): void => ws.terminate();
      signal.addEventListener("abort", abort, { once: true });
      ws.once("close", () => signal.removeEventListener("abort", abort));
      ws.once("open", () => resolve({ ws, milliseconds: performance.now() - start }));
      ws.once("unexpected-response", (_request, { statusCode = 0, headers }) => {
        resolve({ status: statusCode, headers });
        ws.terminate();
      });
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

const hostnameOf = ({ hostname }: URL): string => hostname.replace(/^\[(.*)\]$/, "$1");

function answerTo(request: ClientRequest, start: number): Promise<HttpReply> {
  return new Promise((resolve, reject) => {
    request.once("error", reject);
    request.once("upgrade", (_response, socket) => {
      socket.destroy();
      reject(new Error("a plain request was answered with 101"));
    });
    request.once("response", (response) => {
      const chunks: Buffer[] = [];
      let bytes = 0;
      response.on("data", (chunk: Buffer) => {
        bytes += chunk.length;
        if (bytes > MAX_BYTES) response.destroy(new Error(`an answer of more than ${MAX_BYTES / 2 ** 20} MiB`));
        else chunks.push(chunk);
      });
      response.once("error", reject);
      response.once("end", () => {
        const { statusCode = 0, headers } = response;
        const body = Buffer.concat(chunks).toString();
        resolve({ status: statusCode, headers, body, milliseconds: performance.now() - start });
      });
    });
  });
}
