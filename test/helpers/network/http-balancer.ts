import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { createServer, type IncomingMessage, request, type Server, type ServerResponse } from "node:http";
import { type AddressInfo, connect } from "node:net";
import type { Duplex } from "node:stream";

/** How a balancer works, unless it is told otherwise: it keeps nobody on one target and lets WebSockets pass. */
export interface HttpBalancerOptions {
  /**
   * Keeps a client on one target by its cookie's value, whoever made that, and gives one to a client without, as Istio.
   */
  readonly isSticky?: boolean;
  /** Name of that cookie; `io` unless another is given. */
  readonly cookieName?: string;
  /** Of that cookie; `/` unless another is given. */
  readonly cookiePath?: string;
  /** Answers every upgrade with 403, as some proxies do. */
  readonly refusesUpgrades?: boolean;
}

/** Sends each request and each WebSocket to the next port of this machine. Disposing of it cuts all connections. */
export class HttpBalancer implements AsyncDisposable {
  readonly url: string;
  /** The names that it was asked for. */
  readonly hosts = new Set<string | undefined>();
  readonly #server: Server;
  readonly #targets: Iterable<number>;
  readonly #options: HttpBalancerOptions;
  readonly #sockets = new Set<Duplex>();
  readonly #kept = new Map<string, number>();
  #requests = 0;

  private constructor(server: Server, targets: Iterable<number>, options: HttpBalancerOptions) {
    this.#server = server;
    this.#targets = targets;
    this.#options = options;
    this.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
    server.on("connection", (socket) => this.#keep(socket));
    server.on("request", (incoming, response) => this.#forward(incoming, response));
    server.on("upgrade", (incoming, socket, head) => this.#upgrade(incoming, socket, head));
  }

  /** @param targets where new sessions go; those that come or go later count. */
  static async start(targets: Iterable<number>, options: HttpBalancerOptions = {}): Promise<HttpBalancer> {
    const server = createServer().listen(0, "127.0.0.1");
    await once(server, "listening");
    return new HttpBalancer(server, targets, options);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.close();
    for (const socket of this.#sockets) socket.destroy();
    await once(this.#server, "close");
  }

  #keep(socket: Duplex): void {
    this.#sockets.add(socket);
    socket.on("error", () => socket.destroy());
    socket.once("close", () => this.#sockets.delete(socket));
  }

  #forward(incoming: IncomingMessage, response: ServerResponse): void {
    const { method, url, headers } = incoming;
    const { port, cookie } = this.#choose(incoming);
    const forwarded = request({ host: "127.0.0.1", port, method, path: url, headers, agent: false }, (reply) => {
      const cookies = [...(reply.headers["set-cookie"] ?? []), ...cookie];
      const replyHeaders = cookies.length > 0 ? { ...reply.headers, "set-cookie": cookies } : reply.headers;
      response.writeHead(reply.statusCode ?? 502, replyHeaders);
      reply.pipe(response);
    });
    forwarded.on("error", () => response.destroy());
    response.on("close", () => forwarded.destroy());
    incoming.pipe(forwarded);
  }

  #upgrade(incoming: IncomingMessage, client: Duplex, head: Buffer): void {
    if (this.#options.refusesUpgrades) {
      client.end("HTTP/1.1 403 Forbidden\r\nConnection: close\r\nContent-Length: 0\r\n\r\n");
      return;
    }
    const { rawHeaders, method, url } = incoming;
    const target = connect(this.#choose(incoming).port, "127.0.0.1");
    this.#keep(target);
    const names = rawHeaders.filter((_, index) => index % 2 === 0);
    const lines = names.map((name, index) => `${name}: ${rawHeaders[2 * index + 1]}`);
    target.write(`${[`${method} ${url} HTTP/1.1`, ...lines].join("\r\n")}\r\n\r\n`);
    target.write(head);
    target.pipe(client).pipe(target);
    for (const [socket, other] of [
      [target, client],
      [client, target],
    ] as const) {
      socket.once("close", () => other.destroy());
    }
  }

  /** Where a request goes, and what its reply sets. */
  #choose({ headers }: IncomingMessage): { port: number; cookie: string[] } {
    this.hosts.add(headers.host);
    const { isSticky, cookieName = "io", cookiePath = "/" } = this.#options;
    if (!isSticky) return { port: this.#next(), cookie: [] };
    const sent = new RegExp(`(?:^|; )${cookieName}="?([^";]*)`).exec(headers.cookie ?? "")?.[1];
    const value = sent ?? randomBytes(8).toString("hex");
    const port = this.#kept.get(value) ?? this.#next();
    this.#kept.set(value, port);
    return { port, cookie: sent === undefined ? [`${cookieName}="${value}"; Path=${cookiePath}; HttpOnly`] : [] };
  }

  #next(): number {
    const targets = [...this.#targets];
    const port = targets[this.#requests % targets.length] ?? 0;
    this.#requests += 1;
    return port;
  }
}
