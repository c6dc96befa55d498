import { BOARD_CLIENT_QUERY, SOCKET_PATH } from "@crosspod/protocol";
import { CookieJar, cookieHeader } from "./cookie-jar.ts";
import type { HttpReply, HttpRequest, Target } from "./target.ts";

/** Where a session of long polling begins: Engine.IO 4, as a client of crosspod. */
export const POLLING_PATH = `${SOCKET_PATH}?${new URLSearchParams({ EIO: "4", transport: "polling", ...BOARD_CLIENT_QUERY })}`;

/** Engine.IO and socket.io packets, as they go over the wire. */
export const Packet = { close: "1", noop: "6", connect: "40", event: "42", ack: "43" } as const;

const SEPARATOR = "\u001e";

/** A session of long polling, request by request, with the cookies that a browser would keep. */
export class PollingSession {
  /** How its packets and polls were answered. */
  readonly statuses: number[] = [];
  readonly jar = new CookieJar();
  readonly #target: Target;
  readonly #signal: AbortSignal;
  #sid = "";

  private constructor(target: Target, signal: AbortSignal) {
    this.#target = target;
    this.#signal = signal;
  }

  /** Begins one as a browser does, with a page; undefined when the answer is none. */
  static async open(target: Target, page: string, signal: AbortSignal): Promise<PollingSession | undefined> {
    const session = new PollingSession(target, signal);
    await session.#request(page);
    const { body } = await session.#request(POLLING_PATH);
    session.#sid = /"sid":"([^"]+)"/.exec(body)?.[1] ?? "";
    return session.#sid ? session : undefined;
  }

  /** Sends one packet, without the cookies of a name if one is given; resolves with whether the session took it. */
  async send(packet: string, withoutCookie?: string): Promise<boolean> {
    const request = { method: "POST", body: packet, headers: { "Content-Type": "text/plain" } };
    const { status } = await this.#request(this.#path, request, withoutCookie);
    this.statuses.push(status);
    return status === 200;
  }

  /** Sends one packet and waits for others; none when it was not taken: that poll would be kept waiting. */
  async ask(packet: string): Promise<readonly string[]> {
    if (!(await this.send(packet))) return [];
    const { status, body } = await this.#request(this.#path);
    this.statuses.push(status);
    return status === 200 ? body.split(SEPARATOR) : [];
  }

  get #path(): string {
    return `${POLLING_PATH}&sid=${encodeURIComponent(this.#sid)}`;
  }

  async #request(path: string, request: HttpRequest = {}, withoutCookie?: string): Promise<HttpReply> {
    const { pathname } = this.#target.at(path);
    const cookie = cookieHeader(this.jar.for(pathname).filter(({ name }) => name !== withoutCookie));
    const headers = { ...request.headers, ...(cookie !== undefined && { Cookie: cookie }) };
    const reply = await this.#target.request(path, this.#signal, { ...request, headers });
    // What comes in return for a cookie that was held back is for a browser that has none.
    if (withoutCookie === undefined) {
      for (const header of reply.headers["set-cookie"] ?? []) this.jar.keep(header, pathname);
    }
    return reply;
  }
}
