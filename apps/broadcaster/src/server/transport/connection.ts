import type { Duplex } from "node:stream";
import {
  CLIENT_MESSAGE_WINDOW_SECONDS,
  CLOSE_TEXTS,
  CloseCode,
  encodeFeedMessage,
  FeedParameter,
  LEAVING,
  MAX_CLIENT_MESSAGES,
  STATE_REQUEST,
} from "@crosspod/protocol";
import type { RawData, WebSocket } from "ws";
import type { Feed } from "../feed/feed.ts";
import { textFrame } from "../feed/frame.ts";
import type { Hub } from "../feed/hub.ts";
import type { Subscriber, Transport } from "../feed/subscriber.ts";

/** How many pings in a row may stay unanswered: one can wait for long behind data in the network's buffers. */
const MAX_MISSED_PINGS = 2;

const LEAVING_FRAME = textFrame(encodeFeedMessage(LEAVING));

/** What a client asked for in the query of its handshake [B7] [B9]. */
export type FeedRequest = ReturnType<typeof parseFeedRequest>;

/** Reads what a client asked for; what cannot be read counts as not asked for, and is no reason to refuse it. */
export function parseFeedRequest(queryText: string) {
  const query = new URLSearchParams(queryText);
  const after = query.get(FeedParameter.after) ?? "";
  return {
    hello: query.get(FeedParameter.hello) === "1",
    /** The epoch and the revision that it has seen; revision 0 when it has seen nothing. */
    epoch: query.get(FeedParameter.epoch) ?? "",
    after: /^\d{1,15}$/.test(after) ? Number(after) : 0,
  };
}

export const CLOSE_REASONS = [
  "client-closed",
  "drained",
  "slow-consumer",
  "ping-timeout",
  "protocol-violation",
] as const;

/** Why a connection ended, as the metrics count it. */
export type CloseReason = (typeof CLOSE_REASONS)[number];

/**
 * One WebSocket client of the feed. Ready frames go to its socket past ws, which does the handshake, the control frames
 * and what the client sends. Both write whole frames only and compression is off, so they mix.
 */
export class Connection implements Transport {
  readonly wantsState: boolean;
  /** Resolves with the reason when the connection has ended. */
  readonly closed: Promise<CloseReason>;
  readonly #ws: WebSocket;
  readonly #socket: Duplex;
  readonly #feed: Feed;
  readonly #hub: Hub;
  readonly #subscriber: Subscriber;
  #missedPings = 0;
  #messages = 0;
  #windowStart = 0;
  #closeReason: CloseReason = "client-closed";

  constructor(ws: WebSocket, socket: Duplex, hub: Hub, feed: Feed, request: FeedRequest) {
    this.#ws = ws;
    this.#socket = socket;
    this.#feed = feed;
    this.#hub = hub;
    this.wantsState = request.hello;
    ws.on("message", (data, isBinary) => this.#heard(data, isBinary));
    ws.on("ping", () => this.#count());
    ws.on("pong", () => {
      this.#missedPings = 0;
    });
    // ws answers a broken or too long message with the right close code, and then says so here.
    ws.on("error", () => {
      this.#closeReason = "protocol-violation";
    });
    const known = request.epoch === hub.epoch && request.after <= hub.revision ? request.after : 0;
    this.#subscriber = hub.subscribe(this, known);
    socket.on("drain", () => hub.drained(this.#subscriber));
    this.closed = new Promise((resolve) => {
      ws.once("close", () => {
        hub.unsubscribe(this.#subscriber);
        resolve(this.#closeReason);
      });
    });
  }

  helloFrame(): Buffer | undefined {
    return this.wantsState ? this.#feed.helloFrame() : undefined;
  }

  write(frames: Buffer): boolean {
    return this.#socket.write(frames) || this.#socket.writableLength === 0;
  }

  /** Asks whether the client is still there; ends the connection when it has missed too many such questions [B12]. */
  ping(): void {
    if (this.#ws.readyState !== this.#ws.OPEN) return;
    // Behind what it has not read yet a ping cannot reach it; that is for the limit of slow consumers.
    if (this.#subscriber.fullSince === undefined) this.#missedPings += 1;
    if (this.#missedPings > MAX_MISSED_PINGS) {
      this.#closeReason = "ping-timeout";
      this.#ws.terminate();
      return;
    }
    this.#ws.ping();
  }

  /** Asks the client to connect again, elsewhere [B12]; in words, too, for a proxy can put off a close for seconds. */
  drain(): void {
    if (this.#ws.readyState === this.#ws.OPEN && this.wantsState) this.write(LEAVING_FRAME);
    this.#close(CloseCode.serviceRestart, "drained");
  }

  /** Gives up on a client that does not read [B10]. */
  evict(): void {
    this.#close(CloseCode.slowConsumer, "slow-consumer");
  }

  terminate(): void {
    this.#ws.terminate();
  }

  #heard(data: RawData, isBinary: boolean): void {
    if (isBinary) return this.#close(CloseCode.unsupportedData, "protocol-violation");
    this.#count();
    if (this.wantsState && data.toString() === STATE_REQUEST) this.#hub.send(this.#subscriber, this.#feed.stateFrame());
  }

  /** Counts a message or ping of the client. */
  #count(): void {
    const now = performance.now();
    if (now - this.#windowStart > CLIENT_MESSAGE_WINDOW_SECONDS * 1_000) {
      this.#windowStart = now;
      this.#messages = 0;
    }
    this.#messages += 1;
    if (this.#messages > MAX_CLIENT_MESSAGES) this.#close(CloseCode.policyViolation, "protocol-violation");
  }

  #close(code: keyof typeof CLOSE_TEXTS, reason: CloseReason): void {
    if (this.#ws.readyState !== this.#ws.OPEN) return;
    this.#closeReason = reason;
    this.#hub.unsubscribe(this.#subscriber);
    this.#ws.close(code, CLOSE_TEXTS[code]);
  }
}
