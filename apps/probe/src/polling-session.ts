import { BOARD_CLIENT_QUERY } from "@crosspod/protocol";
import type { HttpReply, Target } from "./target.ts";

/** Where a session of long polling begins: Engine.IO 4, as a client of crosspod. */
export const POLLING_PATH = `/socket.io/?${new URLSearchParams({ EIO: "4", transport: "polling", ...BOARD_CLIENT_QUERY })}`;

/** Engine.IO and socket.io packets, as they go over the wire. */
export const Packet = { close: "1", noop: "6", connect: "40", event: "42", ack: "43" } as const;

const SEPARATOR = "\u001e";

/** A session of long polling, request by request, with the cookies that a browser would keep. */
export class PollingSession {
  readonly #target: Target;
  readonly #signal: AbortSignal;
  readonly #cookies = new Map<string, string>();
  /** The `Set-Cookie` headers so far. */
  readonly cookies: string[] = [];
  #sid = "";

  private constructor(target: Target, signal: AbortSignal) {
    this.#target = target;
    this.#signal = signal;
  }

  /** Begins one; undefined when the answer is none. */
  static async open(target: Target, signal: AbortSignal): Promise<PollingSession | undefined> {
    const session = new PollingSession(target, signal);
    const { body } = await session.#request(POLLING_PATH);
    session.#sid = /"sid":"([^"]+)"/.exec(body)?.[1] ?? "";
    return session.#sid ? session : undefined;
  }

  /** Sends one packet. */
  send(packet: string): Promise<HttpReply> {
    return this.#request(this.#path, { method: "POST", body: packet, headers: { "Content-Type": "text/plain" } });
  }

  /** Waits for packets. */
  async poll(): Promise<{ readonly status: number; readonly packets: readonly string[] }> {
    const { status, body } = await this.#request(this.#path);
    return { status, packets: status === 200 ? body.split(SEPARATOR) : [] };
  }

  get #path(): string {
    return `${POLLING_PATH}&sid=${encodeURIComponent(this.#sid)}`;
  }

  async #request(path: string, request: Parameters<Target["request"]>[2] = {}): Promise<HttpReply> {
    const cookie = [...this.#cookies].map(([name, value]) => `${name}=${value}`).join("; ");
    const headers = { ...request.headers, ...(cookie && { Cookie: cookie }) };
    const reply = await this.#target.request(path, this.#signal, { ...request, headers });
    for (const header of reply.headers["set-cookie"] ?? []) this.#keep(header);
    return reply;
  }

  #keep(header: string): void {
    this.cookies.push(header);
    const [, name, value] = /^([^=;]+)=([^;]*)/.exec(header) ?? [];
    if (name !== undefined && value !== undefined && isSentBack(header)) this.#cookies.set(name.trim(), value);
  }
}

/** Whether a browser would send the cookie to `/socket.io/` again (RFC 6265, section 5.1.4). */
function isSentBack(header: string): boolean {
  const path = cookiePath(header);
  return path === undefined || "/socket.io/".startsWith(path.endsWith("/") ? path : `${path}/`);
}

/** The path of a `Set-Cookie` header; undefined where it names none. */
export const cookiePath = (header: string): string | undefined => /;\s*path=([^;]*)/i.exec(header)?.[1]?.trim();
